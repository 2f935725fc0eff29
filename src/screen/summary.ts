/** The end of a run as people read it. */
import type { Summary, TemporaryNamesLeft } from '../model.js';
import { printable } from '../text/printable.js';
import { count, duration } from './plain.js';

/** What happened, where it is written, and what to do next. */
export function renderSummary(summary: Summary): string {
  const seconds = (Date.parse(summary.finishedAt) - Date.parse(summary.startedAt)) / 1000;
  const statuses = Object.entries(summary.statuses).filter(([, rows]) => rows > 0);
  const errors = Object.entries(summary.errors).sort(([, a], [, b]) => b - a);
  const share = summary.attempts === 0 ? 0 : (100 * summary.throttled) / summary.attempts;
  const lines = [
    `${count(summary.rows)} ${summary.rows === 1 ? 'row' : 'rows'}: ${statuses.map(([status, rows]) => `${count(rows)} ${status}`).join(', ')}`,
    ...(summary.warnings > 0
      ? [`  ${count(summary.warnings)} ${summary.warnings === 1 ? 'warning' : 'warnings'} about the input`]
      : []),
    ...errors.slice(0, 10).map(([code, rows]) => `  ${count(rows)} × ${code}`),
    `${count(summary.attempts)} requests, ${count(summary.throttled)} of them throttled (${share.toFixed(1)} %), ${summary.rowsPerSecond} rows/s, ${duration(seconds)}`,
    ...temporaryNames(summary),
    ...people(summary),
    `report: ${summary.report}`,
  ];
  if (summary.stopped) lines.push(`stopped: ${summary.stopped.message}`, `  ${summary.stopped.hint}`);
  const folder = shellWord(summary.folder);
  if (summary.statuses.unprocessed > 0) lines.push(`continue it: wickr-bulk resume ${folder}`);
  if (summary.hashes.before !== undefined && summary.statuses.updated > 0)
    lines.push(`take it back: wickr-bulk undo ${folder}`);
  if (summary.failed) {
    lines.push(
      `rows to run again: ${summary.failed}`,
      `  correct them if the report says so, then: wickr-bulk retry ${folder}`,
    );
  }
  // Line by line: a line end in a path must not make a line of its own.
  return lines.map((line) => `${printable(line)}\n`).join('');
}

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

/** A word quoted for a shell. If it has invisible characters they are escaped, as bash and zsh understand it. */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (printable(text) === text) return `'${text.replaceAll("'", `'\\''`)}'`;
  return `$'${printable(text.replace(/['\\]/g, '\\$&'), shellEscape)}'`;
}

const shellEscape = (character: string): string =>
  Buffer.from(character).reduce((text, byte) => `${text}\\x${byte.toString(16).padStart(2, '0')}`, '');
