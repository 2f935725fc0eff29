/** Workbooks as a program writes them, part by part, so that a test can make each part wrong. */
import { type Zippable, zipSync } from 'fflate';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"';

export interface MadeSheet {
  readonly name?: string;
  readonly state?: 'hidden' | 'veryHidden';
  /** What stands in `sheetData`. */
  readonly rows: string;
  /** What stands behind it. */
  readonly behind?: string;
}

export interface MadeWorkbook {
  readonly sheets: readonly MadeSheet[];
  /** The texts that cells share, as the content of each `si`. */
  readonly strings?: readonly string[];
  /** Formats of numbers by the style of a cell: style 1 has the first. A number stands for one that is built in. */
  readonly formats?: readonly (string | number)[];
  readonly is1904?: boolean;
  readonly isUncalculated?: boolean;
  /** In place of the parts of these names; undefined takes a part out. */
  readonly parts?: Readonly<Record<string, string | Uint8Array | undefined>>;
}

export function workbook({ sheets, strings, formats = [], parts = {}, ...flags }: MadeWorkbook): Buffer {
  const all: Record<string, string | Uint8Array | undefined> = {
    '[Content_Types].xml': `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    '_rels/.rels': relationships([['rId1', 'officeDocument', 'xl/workbook.xml']]),
    'xl/workbook.xml': workbookPart(sheets, flags),
    'xl/_rels/workbook.xml.rels': relationships([
      ...sheets.map(
        (_, index) => [`rId${index + 1}`, 'worksheet', `worksheets/sheet${index + 1}.xml`] as const,
      ),
      ['strings', 'sharedStrings', '/xl/sharedStrings.xml'],
      ['styles', 'styles', 'styles.xml'],
    ]),
    'xl/styles.xml': stylesPart(formats),
    ...(strings && { 'xl/sharedStrings.xml': `${XML}<sst ${MAIN}>${strings.map(item).join('')}</sst>` }),
    ...Object.fromEntries(
      sheets.map(({ rows, behind = '' }, index) => [
        `xl/worksheets/sheet${index + 1}.xml`,
        `${XML}<worksheet ${MAIN}><sheetData>${rows}</sheetData>${behind}</worksheet>`,
      ]),
    ),
    ...parts,
  };
  return zipped(all);
}

export function zipped(parts: Readonly<Record<string, string | Uint8Array | undefined>>): Buffer {
  const files: Zippable = {};
  for (const [name, part] of Object.entries(parts))
    if (part !== undefined) files[name] = typeof part === 'string' ? Buffer.from(part) : part;
  return Buffer.from(zipSync(files, { level: 1 }));
}

/** Rows of texts: the first at `from`. */
export const textRows = (rows: readonly (readonly string[])[], from = 1): string =>
  rows
    .map((cells, index) => {
      const row = from + index;
      return `<row r="${row}">${cells.map((text, at) => textCell(`${letter(at)}${row}`, text)).join('')}</row>`;
    })
    .join('');

export const textCell = (address: string, text: string): string =>
  `<c r="${address}" t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`;

/** A to Z. */
export const letter = (index: number): string => String.fromCharCode(65 + index);

export const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/_x[0-9A-Fa-f]{4}_/g, '_x005F$&')
    .replaceAll('\r', '_x000D_');

const item = (content: string): string => `<si>${content}</si>`;

const relationships = (all: readonly (readonly [string, string, string])[]): string =>
  `${XML}<Relationships ${PACKAGE}>${all
    .map(([id, type, target]) => `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${target}"/>`)
    .join('')}</Relationships>`;

function workbookPart(
  sheets: readonly MadeSheet[],
  { is1904 = false, isUncalculated = false }: Pick<MadeWorkbook, 'is1904' | 'isUncalculated'>,
): string {
  const listed = sheets.map(({ name, state }, index) => {
    const hidden = state === undefined ? '' : ` state="${state}"`;
    return `<sheet name="${escaped(name ?? `Sheet${index + 1}`)}" sheetId="${index + 1}"${hidden} r:id="rId${index + 1}"/>`;
  });
  const properties = is1904 ? '<workbookPr date1904="1"/>' : '<workbookPr/>';
  const calculation = isUncalculated ? '<calcPr fullCalcOnLoad="1"/>' : '';
  return `${XML}<workbook ${MAIN} xmlns:r="${OFFICE}">${properties}<sheets>${listed.join('')}</sheets>${calculation}</workbook>`;
}

function stylesPart(formats: readonly (string | number)[]): string {
  const ids = formats.map((format, index) => (typeof format === 'number' ? format : 164 + index));
  const own = formats.flatMap((format, index) =>
    typeof format === 'number'
      ? []
      : [`<numFmt numFmtId="${164 + index}" formatCode="${escaped(format).replaceAll('"', '&quot;')}"/>`],
  );
  const styles = [0, ...ids].map((id) => `<xf numFmtId="${id}"/>`);
  return `${XML}<styleSheet ${MAIN}><numFmts>${own.join('')}</numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs>${styles.join('')}</cellXfs></styleSheet>`;
}
