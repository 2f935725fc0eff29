/** The format of an input, as its name tells it. */
import { extname } from 'node:path';
import { UsageError } from '../../errors.js';

/** How rows are read. */
export type Format = 'csv' | 'jsonl';

/** How a file is written: a list in JSON is read as JSONL, a workbook as CSV. */
export type FileFormat = Format | 'json';

export const fileFormats = ['csv', 'jsonl', 'json'] as const satisfies readonly FileFormat[];

/** The format of the rows that are read from, and copied from, a file of this one. */
export const rowFormat = (format: FileFormat): Format => (format === 'json' ? 'jsonl' : format);

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
};

const asCsv = 'Save it as "CSV UTF-8" and give that file.';
const hints: Readonly<Record<string, string>> = {
  '.xlsx': asCsv,
  '.xlsm': asCsv,
  '.xls': asCsv,
  '.ods': asCsv,
  '.numbers': asCsv,
  '.zip': 'Unpack it and give the file that is in it.',
};

const giveFormat =
  'Name the file .csv, .tsv, .jsonl, .ndjson or .json, or give `format`: csv, jsonl or json.';

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
    'Give `format`: csv, jsonl or json.',
  );
}

/** The delimiter that the name tells, if it tells one. */
export function delimiterOf(path: string): string | undefined {
  return extname(unpackedName(path)).toLowerCase() === '.tsv' ? '\t' : undefined;
}
