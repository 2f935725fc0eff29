/** The format of an input, as its name tells it. */
import { extname } from 'node:path';
import { UsageError } from '../../errors.js';

/** How rows are read. */
export type Format = 'csv' | 'jsonl';

/** How a file is written: a list in JSON is read as JSONL, a workbook as CSV. */
export type FileFormat = Format | 'json' | 'xlsx';

export const fileFormats = ['csv', 'jsonl', 'json', 'xlsx'] as const satisfies readonly FileFormat[];

/** The format of the rows that are read from, and copied from, a file of this one. */
export const rowFormat = (format: FileFormat): Format => ROWS[format];

const ROWS: Readonly<Record<FileFormat, Format>> = { csv: 'csv', jsonl: 'jsonl', json: 'jsonl', xlsx: 'csv' };

export interface FormatOptions {
  /** Overrules the name. */
  readonly format?: FileFormat | undefined;
}

const formats: Readonly<Record<string, FileFormat>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
  '.xlsx': 'xlsx',
  '.xlsm': 'xlsx',
};

const asWorkbook = 'Save it as .xlsx or as "CSV UTF-8" and give that file.';
const hints: Readonly<Record<string, string>> = {
  '.xls': asWorkbook,
  '.xlsb': asWorkbook,
  '.ods': asWorkbook,
  '.numbers': 'Export it as Excel (.xlsx) or CSV in UTF-8 and give that file.',
  '.zip': 'Unpack it and give the file that is in it.',
};

const giveFormat =
  'Name the file .csv, .tsv, .jsonl, .ndjson, .json or .xlsx, or give `format`: csv, jsonl, json or xlsx.';

/** The name without the ending of a compressed file, which is told by its first bytes. */
export const unpackedName = (name: string): string => name.replace(/(?<=.)\.gz$/i, '');

/** @throws UsageError if neither the option nor the name tells the format */
export function formatOf(path: string, { format }: FormatOptions): FileFormat {
  if (format !== undefined) return format;
  const extension = extname(unpackedName(path)).toLowerCase();
  const known = formats[extension];
  if (known !== undefined) return known;
  const hint = hints[extension];
  if (hint !== undefined) throw new UsageError(`a ${extension} file cannot be read`, hint);
  throw new UsageError("the input's name does not tell its format", giveFormat);
}

/** The format of standard input, which has no name. @throws UsageError if the option does not tell it */
export function formatOfStdin({ format }: FormatOptions): FileFormat {
  if (format !== undefined) return format;
  throw new UsageError(
    'standard input has no name that tells its format',
    'Give `format`: csv, jsonl, json or xlsx.',
  );
}

/** The delimiter that the name tells, if it tells one. */
export function delimiterOf(path: string): string | undefined {
  return extname(unpackedName(path)).toLowerCase() === '.tsv' ? '\t' : undefined;
}
