/** The status of a run as people read it. */
import type { Outcome } from '../model.js';
import { notThrough, succeeded } from '../row-status.js';
import { count } from '../text/count.js';
import { printable } from '../text/printable.js';
import type { RunStatus } from '../verbs/status.js';
import type { RunControl } from '../verbs/steer.js';
import { failureLines } from './failures.js';
import { duration } from './plain.js';
import { shellWord } from './shell-word.js';
import {
  counted,
  countLines,
  emphasized,
  plainLook,
  type ResultLook,
  renderLines,
  renderSummary,
  temporaryNames,
} from './summary.js';

/** How it stands. Of a run that nobody works on any more that is what its last screen said. */
export function renderStatus(status: RunStatus, look: ResultLook = plainLook): string {
  const { state, process: holder, done, rows, secondsLeft, summary } = status;
  if (summary)
    return `${state === 'ended' ? 'ended\n' : ''}${renderSummary(summary, look)}${renderLines(fleetLines(status))}`;
  const share = rows === 0 ? 100 : Math.floor((100 * done) / rows);
  const working = `${state}${holder ? `: process ${holder.pid} on ${holder.host}` : ''}${secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`}`;
  return renderLines([
    ...(state === 'stopped' ? killedLines(status, look) : [working]),
    ...countLines(`${count(done)} of ${counted(rows, 'row')} (${share} %)`, status.statuses, look),
    ...failureLines(status.failures ?? [], notThrough(status.statuses), false),
    `${counted(status.attempts, 'request')}, ${count(status.throttled)} throttled, ${status.rowsPerSecond} rows/s`,
    ...fleetLines(status),
    ...temporaryNames(status),
    ...steeredLines(status),
    ...(state === 'unknown' && holder
      ? [
          `no sign of life since ${holder.renewedAt} by that machine's clock: it may have died, or not`,
          `ask again in ${duration(holder.takeOverMs / 1000)}; "resume" takes it over by then if it gives none`,
        ]
      : []),
  ]);
}

/** Why no process works on it, and how it goes on: it has not come to its end, or that would have left a summary. */
function killedLines({ folder }: RunStatus, look: ResultLook) {
  return [
    [
      'stopped: its process was killed, or went down with the machine',
      (text: string) => look.paint('red', text),
    ] as const,
    [
      `continue it: wickr-bulk resume ${shellWord(folder)}`,
      (text: string) => emphasized(text, look),
    ] as const,
  ];
}

/** What became of a row: `line 12, user 10000003: updated (lastName)`. */
export function renderOutcome(outcome: Outcome): string {
  if (!succeeded(outcome)) return renderFailedRow(outcome);
  const { status, changed = [] } = outcome;
  const fields = changed.length > 0 ? ` (${changed.join(', ')})` : '';
  return `${printable(`${placeOf(outcome)}: ${status}${fields}`)}\n`;
}

const placeOf = ({ line, row, userId }: Outcome): string =>
  `${line === undefined ? `row ${row}` : `line ${line}`}${userId ? `, user ${userId}` : ''}`;

/** A row that did not succeed: `line 12, user 10000003: failed, There is no such user (ResourceNotFoundError)`. */
export function renderFailedRow(outcome: Outcome): string {
  const { status, errorCode, message } = outcome;
  const code = errorCode ? ` (${errorCode})` : '';
  const reason = message ? `${message}${code}` : (errorCode ?? 'no reason is known');
  return `${printable(`${placeOf(outcome)}: ${status}, ${reason}`)}\n`;
}

/** Which worker does it, and with how many others it shares a rate, as lines; none if neither. */
function fleetLines(status: RunStatus): string[] {
  const { worker } = status;
  const shared = sharedRateText(status);
  return [
    ...(worker === undefined ? [] : [`worker: ${worker}`]),
    ...(shared === undefined ? [] : [`shared rate: ${shared}`]),
  ];
}

/** How a run shares a rate, or did at its end; undefined if it is its own. */
export function sharedRateText({
  state,
  sharedRate,
}: Pick<RunStatus, 'state' | 'sharedRate'>): string | undefined {
  if (!sharedRate) return undefined;
  const { runs, limit, share } = sharedRate;
  const found = limit === null ? 'limit not found yet' : `limit found together ${limit} requests/s`;
  const now =
    runs === 0
      ? `Redis is away, by itself at ${share} requests/s`
      : `${counted(runs, 'run')}, ${found}, part of this run ${share}`;
  return state === 'ended' || state === 'stopped' ? `at its end ${now}` : now;
}

/** What was said to a run that goes on, as lines; none if nothing. */
function steeredLines({ state, tuned, folder }: RunStatus): string[] {
  return [
    ...(tuned ? [`set anew: ${boundsText(tuned)}`] : []),
    ...(state === 'paused' ? [`let it go on: wickr-bulk continue ${shellWord(folder)}`] : []),
  ];
}

function boundsText({ maxRate, concurrency }: NonNullable<RunControl['tuned']>): string {
  return [
    ...(maxRate === undefined ? [] : [`at most ${count(maxRate)} requests/s`]),
    ...(concurrency === undefined ? [] : [`at most ${count(concurrency)} in flight`]),
  ].join(', ');
}

/** What a run does once it was told something. */
export function renderControl(
  { folder, tuned = {} }: RunControl,
  verb: 'stop' | 'pause' | 'continue' | 'tune',
): string {
  const run = shellWord(folder);
  const lines = {
    stop: ['stopping: the rows in flight come to their end', `continue it then: wickr-bulk resume ${run}`],
    pause: ['paused: nothing new is sent', `let it go on: wickr-bulk continue ${run}`],
    continue: ['it goes on', `how it stands: wickr-bulk status ${run}`],
    tune: [`from now on: ${boundsText(tuned)}`, `how it stands: wickr-bulk status ${run}`],
  }[verb];
  return lines.map((line) => `${printable(line)}\n`).join('');
}
