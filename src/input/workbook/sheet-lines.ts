/** A sheet of a workbook as CSV with commas. */
import { isBlank } from '../../text/blank.js';
import { Archive, type Bytes } from './archive.js';
import { readFormats } from './cell-formats.js';
import { rowNumber } from './cell-text.js';
import { SharedStrings } from './shared-strings.js';
import { SheetCells, type SheetEvents } from './sheet-cells.js';
import { emptySheet, hiddenRow, mergedCells, noSuchSheet, tooLargePart } from './workbook-errors.js';
import { readParts, type Sheet, type WorkbookParts } from './workbook-parts.js';
import { parseXml } from './xml.js';

export interface SheetOptions {
  /** The sheet's name, in any case. Default: the first sheet that is not hidden. */
  readonly sheet?: string | undefined;
  /** Rows above the header. Default: 0. */
  readonly skipRows?: number | undefined;
}

/** Bytes of the sheet's part: some 5 million cells take 400 MiB. */
const MOST = 2 * 1024 ** 3;
/** Bytes of its rows: a text that many cells share may be much longer than what stands in each cell. */
const MOST_WRITTEN = 2 * 1024 ** 3;
/** Characters given out at once. */
const BLOCK = 64 * 1024;

/**
 * The sheet's rows, one behind the other: the line of a row is its number in the sheet, as long as no cell has a line
 * end in it. Every row has at least as many cells as the header.
 *
 * @param onLine told of the sheet's row for each line of the CSV
 * @throws InputError if there is no such sheet, or the workbook cannot be read or is not one
 */
export async function* toCsv(
  bytes: Bytes,
  options: SheetOptions,
  onLine: (row: number) => void,
): AsyncGenerator<Buffer, void, undefined> {
  const archive = await Archive.open(bytes);
  const parts = await readParts(archive);
  const path = pathOf(parts, options.sheet);
  const lines = new CsvLines(options.skipRows ?? 0, onLine);
  const context = {
    ...{ is1904: parts.is1904, isUncalculated: parts.isUncalculated },
    strings: await SharedStrings.read(archive, parts.sharedStrings),
    formats: await readFormats(archive, parts.styles),
  };
  for await (const _ of parseXml(archive.part(path, MOST), new SheetCells(context, lines)))
    if (lines.length >= BLOCK) yield lines.take();
  if (lines.isEmpty) throw emptySheet(parts.sheets.length);
  yield lines.take();
}

function pathOf({ sheets }: WorkbookParts, name: string | undefined): string {
  const isMeant = (sheet: Sheet) =>
    name === undefined ? !sheet.isHidden : folded(sheet.name) === folded(name);
  const sheet = sheets.filter(({ path }) => path !== undefined).find(isMeant);
  if (sheet?.path !== undefined) return sheet.path;
  if (name === undefined) throw emptySheet(sheets.length);
  throw noSuchSheet(sheets.map((one) => one.name));
}

const folded = (name: string): string => name.normalize('NFC').toLowerCase();

class CsvLines implements SheetEvents {
  readonly #skip: number;
  readonly #onLine: (row: number) => void;
  #text = '';
  #written = 0;
  /** The sheet's row that was written last. */
  #row = 0;
  #header: { readonly row: number; readonly width: number } | undefined;

  constructor(skip: number, onLine: (row: number) => void) {
    this.#skip = skip;
    this.#onLine = onLine;
  }

  get length(): number {
    return this.#text.length;
  }

  get isEmpty(): boolean {
    return this.#row === 0;
  }

  take(): Buffer {
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    this.#written += bytes.length;
    if (this.#written > MOST_WRITTEN) throw tooLargePart('more than 2 GiB of text');
    return bytes;
  }

  row(row: number, cells: readonly string[], isHidden: boolean): void {
    const width = cells.findLastIndex((cell) => !isBlank(cell)) + 1;
    // Rows that were formatted and never filled in.
    if (width === 0) return;
    if (row > this.#skip) {
      if (isHidden) throw hiddenRow(row);
      this.#header ??= { row, width };
    }
    // The rows between keep their lines, so that this one has its own.
    for (let blank = this.#row + 1; blank < row; blank += 1) this.#write('', blank);
    this.#row = row;
    const padded = Array.from(
      { length: Math.max(width, this.#header?.width ?? 0) },
      (_, at) => cells[at] ?? '',
    );
    this.#write(padded.map(quoted).join(','), row);
  }

  merged(range: string): void {
    const [from = '', to = from] = range.split(':');
    const header = this.#header?.row ?? Number.POSITIVE_INFINITY;
    const [first, last] = [rowNumber(from), rowNumber(to)];
    // Titles above the header; and what lies below the last row has no values.
    if (first === undefined || last === undefined) return;
    if (last >= header && first <= this.#row && from !== to) throw mergedCells(`${from}:${to}`, first);
  }

  #write(line: string, row: number): void {
    this.#text += `${line}\n`;
    this.#onLine(row);
    if (!line.includes('\n') && !line.includes('\r')) return;
    for (const _ of line.matchAll(/\r\n|[\r\n]/g)) this.#onLine(row);
  }
}

const quoted = (cell: string): string => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
