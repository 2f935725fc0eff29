import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { RunFolderError } from '../errors.js';
import type { Outcome } from '../model.js';
import { columns, heading, parseCells, type ReportFormat, unguard } from './line.js';

/**
 * The outcomes of a report, in the order in which they were written. The file is streamed.
 *
 * @throws RunFolderError where the file cannot be read or a line of it is no report line
 */
export async function* readReport(path: string, format: ReportFormat): AsyncGenerator<Outcome> {
  let line = 0;
  for await (const cells of format === 'csv' ? csvCells(path) : jsonlCells(path)) {
    line += 1;
    if (format === 'csv' && line === 1) {
      if (`${cells.join(',')}\n` !== heading('csv')) throw damaged(path, line);
      continue;
    }
    const outcome = parseCells(format === 'csv' ? cells.map((cell) => unguard(String(cell))) : cells);
    if (!outcome) throw damaged(path, line);
    yield outcome;
  }
}

async function* csvCells(path: string): AsyncGenerator<string[]> {
  try {
    yield* pipeline(createReadStream(path), parse({ relax_column_count: true }), () => {});
  } catch (cause) {
    throw cause instanceof CsvError ? damaged(path, Number(cause.lines), cause) : unreadable(path, cause);
  }
}

async function* jsonlCells(path: string): AsyncGenerator<unknown[]> {
  const file = await open(path).catch((cause: unknown) => Promise.reject(unreadable(path, cause)));
  let number = 0;
  for await (const line of file.readLines()) {
    number += 1;
    const record = parseObject(line, path, number);
    yield columns.map((name) => record[name]);
  }
}

function parseObject(line: string, path: string, number: number): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch (cause) {
    throw damaged(path, number, cause);
  }
}

const damaged = (path: string, line: number, cause?: unknown) =>
  new RunFolderError(
    `${path}, line ${line}: not a line of a wickr-bulk report`,
    'The report was changed by another program; put back the original from a backup.',
    { cause },
  );

const unreadable = (path: string, cause: unknown) =>
  new RunFolderError(
    `${path} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
    'Name the report in the folder of a run.',
    { cause },
  );
