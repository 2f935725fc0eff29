/** The format of an input, as its name tells it. */
import { extname } from 'node:path';
import { UsageError } from '../../errors.js';

export type Format = 'csv' | 'jsonl';

export interface FormatOptions {
  /** Overrules the name. */
  readonly format?: Format | undefined;
}

const formats: Readonly<Record<string, Format>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
};

const asCsv = 'Save it as "CSV UTF-8" and give that file.';
const unpack = 'Unpack it and give the file that is in it.';
const hints: Readonly<Record<string, string>> = {
  '.xlsx': asCsv,
  '.xlsm': asCsv,
  '.xls': asCsv,
  '.ods': asCsv,
  '.numbers': asCsv,
  '.gz': unpack,
  '.zip': unpack,
  '.json':
    'Give it as .jsonl with one object a line, such as `jq -c ".[]" users.json > users.jsonl` makes of a list.',
};

const giveFormat = 'Name the file .csv, .tsv, .jsonl or .ndjson, or give `format` csv or `format` jsonl.';

/** @throws UsageError if neither the option nor the name tells the format */
export function formatOf(path: string, { format }: FormatOptions): Format {
  if (format !== undefined) return format;
  const extension = extname(path).toLowerCase();
  const known = formats[extension];
  if (known !== undefined) return known;
  const hint = hints[extension];
  if (hint !== undefined) throw new UsageError(`a ${extension} file cannot be read`, hint);
  throw new UsageError("the input's name does not tell its format", giveFormat);
}

/** The format of standard input, which has no name. @throws UsageError if the option does not tell it */
export function formatOfStdin({ format }: FormatOptions): Format {
  if (format !== undefined) return format;
  throw new UsageError(
    'standard input has no name that tells its format',
    'Give `format` csv or `format` jsonl.',
  );
}

/** The delimiter that the name tells, if it tells one. */
export function delimiterOf(path: string): string | undefined {
  return extname(path).toLowerCase() === '.tsv' ? '\t' : undefined;
}
