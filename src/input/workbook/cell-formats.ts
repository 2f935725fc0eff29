/** The number format of each style of cells. */
import type { Archive } from './archive.js';
import { general, type NumberFormat, numberFormat } from './number-format.js';
import { tooLargePart } from './workbook-errors.js';
import { readXml } from './xml.js';

/** Bytes of the part. */
const MOST = 64 * 1024 ** 2;
/** Excel itself holds no more. */
const MOST_STYLES = 65_536;

/** By the number of the style that a cell names. */
export type CellFormats = readonly NumberFormat[];

/** @throws InputError if the part cannot be read or is too large */
export async function readFormats(archive: Archive, path: string | undefined): Promise<CellFormats> {
  if (path === undefined || !archive.has(path)) return [general];
  const codes = new Map<number, string>();
  const ids: number[] = [];
  let inCells = false;
  await readXml(archive.part(path, MOST), {
    open: (name, { numFmtId = '0', formatCode = '' }) => {
      if (name === 'cellXfs') inCells = true;
      else if (name === 'numFmt') codes.set(Number(numFmtId), formatCode);
      else if (name === 'xf' && inCells) ids.push(Number(numFmtId));
      if (ids.length + codes.size > 2 * MOST_STYLES) throw tooLargePart('more than 65,536 styles');
    },
    close: (name) => {
      if (name === 'cellXfs') inCells = false;
    },
  });
  const formats = new Map<number, NumberFormat>();
  return ids.map((id) => {
    const format = formats.get(id) ?? numberFormat(id, codes.get(id));
    formats.set(id, format);
    return format;
  });
}
