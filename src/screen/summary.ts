/** The end of a run as people read it. */
import type { Summary, TemporaryNamesLeft } from '../model.js';
import { printable } from '../text/printable.js';
import { elsewhereLines, failureLines, isElsewhere } from './failures.js';
import { nextStep } from './next-step.js';
import { count, duration } from './plain.js';

/** What happened, and if it went wrong why, before anything else; where it is written, and the one thing to do next. */
export function renderSummary(summary: Summary): string {
  const { statuses, attempts, throttled, warnings, stopped } = summary;
  const counts = Object.entries(statuses).filter(([, rows]) => rows > 0);
  const failed = statuses.failed + statuses.invalid + statuses.conflict + statuses.mismatch;
  const share = attempts === 0 ? '' : ` (${((100 * throttled) / attempts).toFixed(1)} %)`;
  const isNowhere = isElsewhere(summary);
  const lines = [
    ...(isNowhere ? elsewhereLines(summary.networkId) : stoppedLines(stopped)),
    `${counted(summary.rows, 'row')}: ${counts.map(([status, rows]) => `${count(rows)} ${status}`).join(', ')}`,
    ...(isNowhere ? stoppedLines(stopped).slice(0, 1) : []),
    ...failureLines(summary.failures ?? [], failed, !isNowhere),
    ...(warnings > 0 ? [`  ${counted(warnings, 'warning')} about the input`] : []),
    ...temporaryNames(summary),
    `${counted(attempts, 'request')}, ${count(throttled)} throttled${share}, ${summary.rowsPerSecond} rows/s, ${duration(secondsOf(summary))}`,
    ...people(summary),
    `report: ${summary.report}`,
    ...nextStep(summary),
  ];
  // Line by line: a line end in a path must not make a line of its own.
  return lines.map((line) => `${printable(line)}\n`).join('');
}

const stoppedLines = (stopped: Summary['stopped']): string[] =>
  stopped ? [`stopped: ${stopped.message}`, `  ${stopped.hint}`] : [];

/** Of work; a summary of an earlier version knows only when it began and ended. */
const secondsOf = ({ workedMs, startedAt, finishedAt }: Summary): number =>
  (workedMs ?? Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;

const counted = (number: number, what: string): string =>
  `${count(number)} ${what}${number === 1 ? '' : 's'}`;

/** Whose usernames are not what anybody wanted, as a line; none if there are none. */
export function temporaryNames({
  temporaryNames: left,
}: {
  readonly temporaryNames?: TemporaryNamesLeft;
}): string[] {
  if (left === undefined) return [];
  const who = left.count === 1 ? '1 user has or may have' : `${count(left.count)} users have or may have`;
  const more = left.count > left.rows.length ? ` and ${count(left.count - left.rows.length)} more` : '';
  return [`${who} a temporary username: ${left.count === 1 ? 'row' : 'rows'} ${left.rows.join(', ')}${more}`];
}

/** Who is in the input alone, and who is in the network alone. */
function people({ missing, unlisted }: Summary): string[] {
  const lines: string[] = [];
  if (missing?.file) {
    const rows = missing.count === 1 ? '1 row is of a user' : `${count(missing.count)} rows are of users`;
    lines.push(`${rows} who ${missing.count === 1 ? 'is' : 'are'} not in the network: ${missing.file}`);
  }
  if (unlisted?.count) {
    const users =
      unlisted.count === 1 ? '1 user of the network is' : `${count(unlisted.count)} users of the network are`;
    lines.push(`${users} in no row: ${unlisted.file}`);
  }
  return lines;
}
