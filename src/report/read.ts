import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parse } from 'csv-parse';
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

const csvCells = (path: string): AsyncIterable<string[]> =>
  createReadStream(path).pipe(parse({ relax_column_count: true }));

async function* jsonlCells(path: string): AsyncGenerator<unknown[]> {
  let number = 0;
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number += 1;
    yield columns.map((name) => parseObject(line, path, number)[name]);
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
