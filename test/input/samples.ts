/** Inputs from text, read in chunks of any size, and files that are gone when the test ends. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { WickrBulkError } from '../../src/errors.js';
import type { InputOptions } from '../../src/input/options/input-options.js';
import { RowReader, type SourceFormat } from '../../src/input/rows/row-reader.js';
import { openSource } from '../../src/input/source/open-source.js';
import type { Source } from '../../src/input/source/source.js';
import type { Command, Row } from '../../src/model.js';

export const csv: SourceFormat = { format: 'csv' };
export const jsonl: SourceFormat = { format: 'jsonl' };

/** The network that `read` assumes. */
export const NETWORK = '12345678';

export interface Reading {
  readonly rows: readonly Row[];
  readonly error: WickrBulkError | undefined;
  readonly reader: RowReader;
}

/** Reads a whole input. `chunk`: bytes a chunk, or where the cuts are. Default: all in one. */
export function read(
  kind: SourceFormat,
  input: string | Buffer,
  options: InputOptions = { networkId: NETWORK },
  chunk: number | readonly number[] = Number.POSITIVE_INFINITY,
): Reading {
  const bytes = Buffer.from(input);
  const reader = new RowReader(kind, options);
  const cuts = typeof chunk === 'number' ? [] : [...chunk].sort((a, b) => a - b);
  if (typeof chunk === 'number') for (let at = chunk; at < bytes.length; at += chunk) cuts.push(at);
  const rows: Row[] = [];
  let start = 0;
  for (const cut of [...cuts, bytes.length]) {
    rows.push(...reader.push(bytes.subarray(start, cut)));
    start = Math.max(start, cut);
  }
  rows.push(...reader.end());
  return { rows, error: reader.error, reader };
}

export function commands({ rows, error }: Reading): Command[] {
  if (error !== undefined) throw error;
  return rows.map((row) => {
    if ('command' in row) return row.command;
    if (!('problems' in row)) throw new Error(`row ${row.row} is no command`);
    throw new Error(
      row.problems.map(({ line, column, reason }) => `${line} ${column}: ${reason}`).join('\n'),
    );
  });
}

/** Every problem as `line column: reason`. */
export function problems({ rows }: Reading): string[] {
  return rows.flatMap((row) => ('problems' in row ? row.problems : [])).map(tell);
}

export function warnings({ rows }: Reading): string[] {
  return rows.flatMap((row) => row.warnings ?? []).map(tell);
}

const tell = (problem: { line: number; column?: string; reason: string }) =>
  `${problem.line}${problem.column === undefined ? '' : ` ${problem.column}`}: ${problem.reason}`;

/** A new folder. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'wickr-bulk-input-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A source of a real file, closed when the test ends. */
export async function fileSource(name: string, content: string | Buffer): Promise<Source> {
  const path = join(await folder(), name);
  await writeFile(path, content);
  const source = await openSource(path);
  onTestFinished(() => source.close());
  return source;
}
