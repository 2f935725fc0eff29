/** Where rows go that are to be an input again: a new file, or whoever takes the lines. */
import { extname } from 'node:path';
import { createFile } from '../disk.js';
import { UsageError } from '../errors.js';
import type { Format } from '../input/source/format.js';

/**
 * The file to make, which must not exist; mode 0600, and there is nothing at its place before all is in it. Or what
 * takes the lines, some at a time; the next come when it has resolved.
 */
export type Output = string | ((lines: string) => Promise<void>);

const formats: Readonly<Record<string, Format>> = { '.csv': 'csv', '.jsonl': 'jsonl', '.ndjson': 'jsonl' };

/** The format: the given one, else the one that the file's name tells, else CSV. @throws UsageError if the name tells none */
export function formatOfOutput(out: Output, format: Format | undefined): Format {
  if (typeof out === 'function') return format ?? 'csv';
  const extension = extname(out).toLowerCase();
  // As an input its cells would be looked for between tabs.
  const isTabbed = extension === '.tsv' && format !== 'jsonl';
  const known = isTabbed ? undefined : (format ?? formats[extension]);
  if (known !== undefined) return known;
  throw new UsageError(
    'the name of the file to write does not tell a format that can be written',
    'Name the file .csv, .jsonl or .ndjson, or give `format`: csv or jsonl.',
  );
}

/**
 * Writes what `fill` gives.
 *
 * @throws UsageError if the file exists, RunFolderError if it cannot be written; else what `fill` throws
 */
export async function writeOutput(
  out: Output,
  fill: (take: (lines: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  if (typeof out === 'function') return fill(out);
  return createFile(out, (file) => fill((lines) => file.appendFile(lines)));
}
