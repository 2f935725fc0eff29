/** The end of a run as people read it. */
import type { Status, Summary, TemporaryNamesLeft } from '../model.js';
import { notThrough } from '../row-status.js';
import { count } from '../text/count.js';
import { type Paint, type Style, uncoloured } from '../text/paint.js';
import { printable } from '../text/printable.js';
import { elsewhereLines, failureLines, isElsewhere } from './failures.js';
import { nextStep } from './next-step.js';
import { duration } from './plain.js';

/** How a result is shown: on a terminal its counts are a table, and there may be colours anywhere. */
export interface ResultLook {
  readonly paint: Paint;
  readonly isTerminal: boolean;
}

export const plainLook: ResultLook = { paint: uncoloured, isTerminal: false };

/** A line, and what paints it once nothing but its text is in it. */
type Line = string | readonly [text: string, painted: (text: string) => string];

/** What happened, and if it went wrong why, before anything else; where it is written, and the one thing to do next. */
export function renderSummary(
  summary: Summary,
  look: ResultLook = plainLook,
  next = nextStep(summary),
): string {
  const { statuses, attempts, throttled, warnings, stopped } = summary;
  const share = attempts === 0 ? '' : ` (${((100 * throttled) / attempts).toFixed(1)} %)`;
  const isNowhere = isElsewhere(summary);
  const red = (text: string) => look.paint('red', text);
  const [cause = '', ...hint] = isNowhere ? elsewhereLines(summary.networkId) : stoppedLines(stopped);
  const lines: Line[] = [
    ...(cause === '' ? [] : [[cause, red] as const]),
    ...hint,
    ...countLines(counted(summary.rows, 'row'), statuses, look),
    ...(isNowhere ? stoppedLines(stopped).slice(0, 1) : []),
    ...failureLines(summary.failures ?? [], notThrough(statuses), !isNowhere),
    ...(warnings > 0 ? [`  ${counted(warnings, 'warning')} about the input`] : []),
    ...temporaryNames(summary),
    attempts === 0
      ? 'no update was sent'
      : `${counted(attempts, 'request')}, ${count(throttled)} throttled${share}, ${summary.rowsPerSecond} rows/s, ${duration(secondsOf(summary))}`,
    ...people(summary),
    `report: ${summary.report}`,
    ...next.map((line) => [line, (text: string) => emphasized(text, look)] as const),
  ];
  return renderLines(lines);
}

/** Line by line: a line end in a path must not make a line of its own. */
export const renderLines = (lines: readonly Line[]): string =>
  lines
    .map((line) => `${typeof line === 'string' ? printable(line) : line[1](printable(line[0]))}\n`)
    .join('');

/** How many rows have which status: behind the others on one line, on a terminal a line each. */
export function countLines(
  total: string,
  statuses: Partial<Readonly<Record<Status, number>>>,
  { paint, isTerminal }: ResultLook,
): Line[] {
  const entries = Object.entries(statuses).filter(([, rows]) => rows > 0) as [Status, number][];
  if (entries.length === 0) return [total];
  const counts = entries.map(([, rows]) => count(rows));
  const width = Math.max(...counts.map((each) => each.length));
  const painted = entries.map(([status], i) => {
    const number = (counts[i] ?? '').padStart(isTerminal ? width : 0);
    const style = styles[status];
    const text = `${number} ${status}`;
    return style ? paint(style, text) : text;
  });
  if (!isTerminal) return [[total, (text) => `${text}: ${painted.join(', ')}`]];
  return [total, ...painted.map((text) => ['', () => `  ${text}`] as const)];
}

const styles: Readonly<Record<Status, Style | undefined>> = {
  updated: 'green',
  unchanged: undefined,
  skipped: undefined,
  failed: 'red',
  invalid: 'red',
  conflict: 'red',
  mismatch: 'red',
  unprocessed: 'yellow',
};

/** The command that a line names, if there is one, stands out. */
export const emphasized = (line: string, { paint }: ResultLook): string =>
  line.replace(/(?<=: )wickr-bulk .*$/, (command) => paint('bold', command));

function stoppedLines(stopped: Summary['stopped']): string[] {
  if (!stopped) return [];
  const { message, hint } = stopped;
  return [message.startsWith('stopped') ? message : `stopped: ${message}`, `  ${hint}`];
}

/** Of work; a summary of an earlier version knows only when it began and ended. */
const secondsOf = ({ workedMs, startedAt, finishedAt }: Summary): number =>
  (workedMs ?? Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;

export const counted = (number: number, what: string): string =>
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
