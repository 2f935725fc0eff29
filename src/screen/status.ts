/** The status of a run as people read it. */
import { printable } from '../text/printable.js';
import type { RunStatus } from '../verbs/status.js';
import { count, duration } from './plain.js';
import { shellWord } from './shell-word.js';
import { temporaryNames } from './summary.js';

export function renderStatus(status: RunStatus): string {
  const { state, process: holder, done, rows, secondsLeft, folder } = status;
  const share = rows === 0 ? 100 : Math.floor((100 * done) / rows);
  const statuses = Object.entries(status.statuses).filter(([, some]) => some > 0);
  const errors = Object.entries(status.errors).sort(([, a], [, b]) => b - a);
  const lines = [
    `${state}${holder ? `: process ${holder.pid} on ${holder.host}` : ''}${secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`}`,
    `${count(done)} of ${count(rows)} rows (${share} %)${statuses.map(([name, some]) => `, ${count(some)} ${name}`).join('')}`,
    ...errors.slice(0, 10).map(([code, some]) => `  ${count(some)} × ${code}`),
    `${count(status.attempts)} requests, ${count(status.throttled)} of them throttled, ${status.rowsPerSecond} rows/s`,
  ];
  lines.push(...temporaryNames(status));
  if (state === 'unknown' && holder)
    lines.push(
      `no sign of life since ${holder.renewedAt} by that machine's clock: it may have died, or not`,
      `ask again in ${duration(holder.takeOverMs / 1000)}; "resume" takes it over by then if it gives none`,
    );
  if (state === 'stopped') lines.push(`continue it: wickr-bulk resume ${shellWord(folder)}`);
  return lines.map((line) => `${printable(line)}\n`).join('');
}
