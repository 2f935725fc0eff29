/** Which parts of the archive are the workbook's, as its own relationships tell it. */
import type { Archive } from './archive.js';
import { damagedWorkbook, noWorkbook, type OtherArchive } from './workbook-errors.js';
import { readXml } from './xml.js';

export interface Sheet {
  readonly name: string;
  readonly isHidden: boolean;
  /** Of its part; undefined for a sheet that has no cells, such as a chart. */
  readonly path: string | undefined;
}

export interface WorkbookParts {
  /** As they stand in the workbook. */
  readonly sheets: readonly Sheet[];
  readonly sharedStrings: string | undefined;
  readonly styles: string | undefined;
  /** Whether days are counted from 1904 on. */
  readonly is1904: boolean;
  /** Whether the results of formulas are not to be relied on: whoever opens the file is to work them out. */
  readonly isUncalculated: boolean;
}

/** Bytes of the parts that say what there is. */
const MOST = 16 * 1024 ** 2;

interface Relationship {
  readonly id: string;
  /** The last word of its type, which is the same for both kinds of .xlsx, transitional and strict. */
  readonly type: string;
  /** Path of a part. */
  readonly target: string;
}

/** @throws InputError if it is no workbook */
export async function readParts(archive: Archive): Promise<WorkbookParts> {
  const path = (await relationshipsOf(archive, '')).find(({ type }) => type === 'officeDocument')?.target;
  if (path === undefined || !archive.has(path)) throw noWorkbook(await kindOf(archive));
  if (/\.bin$/i.test(path)) throw noWorkbook('xlsb');
  const related = await relationshipsOf(archive, path);
  const targetOf = (type: string) => related.find((one) => one.type === type)?.target;
  const sheets: Sheet[] = [];
  const flags = { isWorkbook: false, is1904: false, isUncalculated: false };
  await readXml(archive.part(path, MOST), {
    open: (name, attributes) => {
      if (name === 'workbook') flags.isWorkbook = true;
      if (name === 'workbookPr') flags.is1904 ||= isTrue(attributes.date1904);
      if (name === 'calcPr') flags.isUncalculated ||= isTrue(attributes.fullCalcOnLoad);
      if (name === 'sheet') sheets.push(sheetOf(attributes, related));
    },
    close: () => {},
  });
  if (!flags.isWorkbook) throw noWorkbook('zip');
  return {
    ...{ sheets, sharedStrings: targetOf('sharedStrings'), styles: targetOf('styles') },
    ...{ is1904: flags.is1904, isUncalculated: flags.isUncalculated },
  };
}

function sheetOf(attributes: Readonly<Record<string, string>>, related: readonly Relationship[]): Sheet {
  const { name = '', state = 'visible' } = attributes;
  const id = Object.entries(attributes).find(([key]) => /^[^:]+:id$/.test(key))?.[1];
  const one = related.find((relationship) => relationship.id === id);
  if (one === undefined) throw damagedWorkbook('a sheet has no part');
  return { name, isHidden: state !== 'visible', path: one.type === 'worksheet' ? one.target : undefined };
}

/** @param part its path, or nothing for the archive as a whole */
async function relationshipsOf(archive: Archive, part: string): Promise<Relationship[]> {
  const slash = part.lastIndexOf('/') + 1;
  const folder = part.slice(0, slash);
  const path = `${folder}_rels/${part.slice(slash)}.rels`;
  const found: Relationship[] = [];
  if (!archive.has(path)) return found;
  await readXml(archive.part(path, MOST), {
    open: (name, { Id: id = '', Type: type = '', Target: target = '', TargetMode: mode }) => {
      // An external one is an address somewhere else.
      if (name !== 'Relationship' || mode === 'External') return;
      found.push({ id, type: type.slice(type.lastIndexOf('/') + 1), target: resolved(folder, target) });
    },
    close: () => {},
  });
  return found;
}

/** The path of a part in the archive. */
const resolved = (folder: string, target: string): string =>
  new URL(target, `zip:///${folder}`).pathname.slice(1);

async function kindOf(archive: Archive): Promise<OtherArchive> {
  const names = [...archive.names];
  if (names.some((name) => name.endsWith('.iwa'))) return 'numbers';
  if (!archive.has('mimetype')) return 'zip';
  let type = '';
  for await (const chunk of archive.part('mimetype', MOST)) type += chunk.toString('latin1');
  return type.includes('opendocument.spreadsheet') ? 'ods' : 'zip';
}

/** As XML Schema writes it. */
export const isTrue = (text: string | undefined): boolean => text === '1' || text === 'true';
