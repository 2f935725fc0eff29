/** An export as rows in a file, or wherever the command sends them. */
import { stringify } from 'csv-stringify/sync';
import type { Format } from '../input/source/format.js';
import { isFormula } from '../report/line.js';
import type { ExportHandle, ExportSummary } from './export.js';
import type { ExportedUser } from './exported-user.js';
import { type Output, writeOutput } from './output-file.js';

const columns = ['networkId', 'userId', 'firstName', 'lastName', 'username', 'securityGroupIds'] as const;
/** Users whose lines are written at once. */
const AT_ONCE = 100;

/** What an export came to, and what its lines are like. */
export interface WrittenExport extends ExportSummary {
  readonly format: Format;
  /** Values that a spreadsheet would run as formulas. They are counted in JSONL as well. */
  readonly formulas: number;
}

/**
 * Writes the users that an export gives out.
 *
 * @param start starts the export; called once it is known that `out` can be written
 * @throws UsageError if the file exists, RunFolderError if it cannot be written; what the export's loop throws; what
 *   `out` throws if it is a function
 */
export async function writeExport(
  start: () => ExportHandle,
  out: Output,
  format: Format,
): Promise<WrittenExport> {
  const written = { networkId: '', users: 0, bots: 0, nameless: 0, format, formulas: 0 };
  await writeOutput(out, async (take) => {
    const users = start();
    // Along with the first users: if there are none to be had, nothing of an export stands on standard output.
    let lines = headingOf(format);
    let pending = 0;
    for await (const user of users) {
      lines += userLine(user, format);
      written.formulas += formulasIn(user);
      pending += 1;
      if (pending < AT_ONCE) continue;
      await take(lines);
      [lines, pending] = ['', 0];
    }
    if (lines !== '') await take(lines);
    Object.assign(written, await users.summary);
  });
  return written;
}

/** What stands before the first line: CSV's header. */
export const headingOf = (format: Format): string => (format === 'csv' ? `${columns.join(',')}\n` : '');

/** The line of a user, with its line end. Values stand in it exactly as they are. */
export function userLine(user: ExportedUser, format: Format): string {
  if (format === 'jsonl') return `${JSON.stringify(user)}\n`;
  return stringify([
    columns.map((column) => (column === 'securityGroupIds' ? user[column]?.join(';') : user[column])),
  ]);
}

const formulasIn = ({ firstName, lastName, username, securityGroupIds }: ExportedUser): number =>
  [firstName, lastName, username, securityGroupIds?.[0]].filter(
    (value) => value !== undefined && isFormula(value),
  ).length;
