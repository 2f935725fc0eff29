/** What a run came to before it was stopped or killed, as its report tells. */

import type { ReportFormat } from '../../report/line.js';
import { damaged, readLines } from '../../report/read.js';
import { count, emptyTally, type Tally } from '../../report/summary.js';
import { succeeded } from '../../row-status.js';
import { RowSet } from './row-set.js';

export interface Past {
  readonly tally: Tally;
  /** Rows that have their outcome. */
  readonly ended: RowSet;
  /** Those of them that did not succeed. */
  readonly failed: RowSet;
  /** Bytes of the report that stay; undefined if there is none. What follows them is to be done again. */
  readonly keep: number | undefined;
}

/** Of a run that has just started. */
export const noPast = (): Past => ({
  tally: emptyTally(),
  ended: new RowSet(0),
  failed: new RowSet(0),
  keep: undefined,
});

/**
 * Reads a report back. Its unprocessed rows, which are its last lines, count as rows without a line.
 *
 * @param rows data rows of the run's input
 * @param onFailed is told of every user one of whose rows has failed
 * @throws RunFolderError if the report cannot be read, or a line of it is not one that this run can have written
 */
export async function readPast(
  path: string,
  format: ReportFormat,
  rows: number,
  onFailed?: (userId: string) => void,
): Promise<Past> {
  const tally = emptyTally();
  const ended = new RowSet(rows);
  const failed = new RowSet(rows);
  let keep = 0;
  let unprocessed = false;
  for await (const lines of readLines(path, format)) {
    for (const { outcome, line, end } of lines) {
      const { row, status } = outcome;
      if (status === 'unprocessed') {
        unprocessed = true;
        continue;
      }
      if (unprocessed || row > rows || ended.has(row)) throw damaged(path, line);
      ended.add(row);
      if (!succeeded(outcome)) {
        failed.add(row);
        if (outcome.userId !== undefined) onFailed?.(outcome.userId);
      }
      count(tally, outcome);
      keep = end;
    }
  }
  return { tally, ended, failed, keep };
}
