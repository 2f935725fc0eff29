/** What a run's report adds up to for a page, outcome by outcome. It holds no more than the page will. */
import type { Outcome, Summary } from '../model.js';
import { addUp, count, emptyTally } from '../report/summary.js';
import { notThrough } from '../row-status.js';
import { elsewhereLines, hintFor, isElsewhere } from '../screen/failures.js';
import { nextStep } from '../screen/next-step.js';
import { runTitle } from '../screen/runs.js';
import { shellWord } from '../screen/shell-word.js';
import { temporaryNames } from '../screen/summary.js';
import { printable } from '../text/printable.js';
import { LATELY, type RunLook, statusOf } from '../verbs/run-look.js';
import type { RunStatus } from '../verbs/run-status.js';
import { version } from '../version.js';
import { commandLine } from './command-line.js';
import { OverTime } from './over-time.js';
import { askedFacts, fileFacts, reportName } from './run-facts.js';
import type { RunPage, SeriesPoint } from './view/page-data.js';

/** Rows with more requests than this count together. */
const MOST_ATTEMPTS = 10;

/** Gives the wording of a message or a hint that names options in backticks. */
export type Word = (text: string) => string;

export class RunAccount {
  readonly #tally = emptyTally();
  readonly #time = new OverTime();
  readonly #attempts = new Map<number, number>();
  /** Epoch ms at which rows ended of late, in their order. */
  #lately: number[] = [];

  /** @param now epoch ms */
  add(outcome: Outcome, now: number): void {
    count(this.#tally, outcome);
    this.#time.add(outcome);
    const { attempts, finishedAt } = outcome;
    if (attempts > 0) {
      const key = Math.min(attempts, MOST_ATTEMPTS);
      this.#attempts.set(key, (this.#attempts.get(key) ?? 0) + 1);
    }
    if (finishedAt !== undefined && finishedAt > now - LATELY) this.#lately.push(finishedAt);
  }

  /**
   * The page as it stands.
   *
   * @param series of the run's own file; without one the report tells how it went
   */
  async page(
    look: RunLook,
    table: Pick<RunPage['table'], 'kind' | 'leftOut'>,
    word: Word,
    series?: readonly SeriesPoint[],
  ): Promise<RunPage> {
    const { folder, record, summary, from, now } = look;
    this.#lately = this.#lately.filter((at) => at > from);
    const status = statusOf(look, this.#tally, this.#lately.length);
    const { failures = [] } = addUp(this.#tally);
    const told = failures.reduce(
      (rows, group) => rows + (group.status === 'unprocessed' ? 0 : group.rows),
      0,
    );
    const { stopped } = status;
    const report = folder.report(record.options.reportFormat ?? 'csv');
    const notes = notesOf(status, summary);
    return {
      kind: 'run',
      version,
      madeAt: new Date(now).toISOString(),
      title: printable(runTitle({ ...record, input: record.input.path })),
      ...pick(status, taken),
      ...(summary?.workedMs !== undefined && { workedSeconds: summary.workedMs / 1000 }),
      ...(stopped && {
        stopped: { message: printable(word(stopped.message)), hint: printable(word(stopped.hint)) },
      }),
      notes: notes.map((note) => printable(note.trim())),
      failures: failures.map((group) => {
        const hint = notes.length > 0 ? undefined : hintFor(group);
        const texts = { errorCode: printable(group.errorCode), message: printable(group.message) };
        return { ...group, ...texts, ...(hint !== undefined && { hint }) };
      }),
      otherFailures: Math.max(0, notThrough(status.statuses) - told),
      attemptsPerRow: [...this.#attempts].sort(([a], [b]) => a - b),
      series: series ?? this.#time.points(),
      table: { ...table, file: reportName(report) },
      asked: askedFacts(record, status),
      command: commandLine(record),
      files: await fileFacts(folder.path),
      next: nextOf(status, summary).map((line) => printable(line.trim())),
    };
  }
}

/** What a page takes of a run's status as it stands. */
const taken = [
  'state',
  'networkId',
  'startedAt',
  'finishedAt',
  'secondsLeft',
  'rows',
  'done',
  'statuses',
  'attempts',
  'throttled',
  'rowsPerSecond',
] as const satisfies (keyof RunStatus & keyof RunPage)[];

/** Members that are absent stay so. */
function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  const members = names.filter((name) => name in from).map((name) => [name, from[name]]);
  return Object.fromEntries(members) as Pick<T, K>;
}

function notesOf(status: RunStatus, summary: Summary | undefined): string[] {
  if (summary && isElsewhere(summary)) return elsewhereLines(summary.networkId);
  return temporaryNames(status);
}

/** What to do next. A run that goes on needs nothing; what was killed is gone on with. */
function nextOf({ state, folder }: RunStatus, summary: Summary | undefined): string[] {
  const run = shellWord(folder);
  if (state === 'running' || state === 'unknown') return [`to end it in good order: wickr-bulk stop ${run}`];
  if (state === 'paused') return [`let it go on: wickr-bulk continue ${run}`];
  return summary ? nextStep(summary) : [`continue it: wickr-bulk resume ${run}`];
}
