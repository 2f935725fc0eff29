/** A run as its user sees it: progress and warnings on standard error, the summary on standard output, Ctrl-C. */

import { resolve } from 'node:path';
import type {
  FoundExclusions,
  MappedColumn,
  Problem,
  ProblemKind,
  ProblemKinds,
  Progress,
  RunHandle,
  RunSample,
  RunStart,
  StopRequest,
  Summary,
  Waiting,
} from '../index.js';
import { renderExclusions } from '../screen/input/exclusions.js';
import { renderMapping } from '../screen/input/mapping.js';
import { renderKinds } from '../screen/input/problem-kinds.js';
import { plainJson } from '../screen/plain.js';
import { ProgressDisplay } from '../screen/progress.js';
import { pathFrom } from '../screen/runs.js';
import { renderSummary } from '../screen/summary.js';
import { printable } from '../text/printable.js';
import { type Worded, wording } from '../wording.js';
import { commandSummary, commandWording, inCommandWords } from './command-wording.js';
import { ofSignal, type StopSignal } from './exit-codes.js';
import { WORKER_VARIABLE } from './flags.js';
import { livePage } from './live-page.js';
import { metricsFile } from './metrics/metrics-file.js';
import { paintFor, resultLook } from './process/colours.js';
import { hangupMarks, isHangupIgnored } from './process/hangup.js';
import { beforeNotices, notice } from './process/notices.js';
import { runHeader } from './process/run-header.js';
import type { ScreenFlags } from './screen-options.js';
import { showRows } from './verbose.js';

/** The command that makes a run, and what it works on, as its header says it. */
type RunJob = Parameters<typeof runHeader.begin>[0] & {
  /** In place of the next step that its result has. */
  readonly next?: (summary: Summary) => string[] | undefined;
};

/** What a run has to be started with to be shown. */
export interface Shown extends Worded {
  readonly onUsers: (users: number) => void;
  readonly onStart: (start: RunStart) => void;
  readonly onProgress: (progress: Progress) => void;
  readonly onSample: (sample: RunSample) => void;
  readonly onNotice: (what: string) => void;
  readonly onWait: (waiting: Waiting) => void;
  readonly worker?: string;
}

const isIgnored = isHangupIgnored(hangupMarks());
const stopSignals = (Object.keys(ofSignal) as StopSignal[]).filter((name) => name !== 'SIGHUP' || !isIgnored);

let askedAt: number | undefined;
let askedFor = 0;

/** While a question is on the screen, no progress is drawn over it, and its time is nobody's work. */
export const question = {
  open: (): void => {
    askedAt = performance.now();
  },
  close: (): void => {
    if (askedAt !== undefined) askedFor += performance.now() - askedAt;
    askedAt = undefined;
  },
};

/** ms of a clock that stands still while a question is on the screen. */
export const workingTime = (): number => (askedAt ?? performance.now()) - askedFor;

/**
 * Shows a run and gives its exit code. The first signal stops the run, the second lets go of what is in flight.
 *
 * @param job the command, and what it works on
 * @param onSummary told before the summary is shown
 */
export async function showRun(
  flags: ScreenFlags,
  job: RunJob,
  start: (shown: Shown) => RunHandle,
  onSummary?: (summary: Summary) => void,
): Promise<number> {
  const display =
    !flags.noProgress && !flags.quiet
      ? new ProgressDisplay(process.stderr, workingTime(), paintFor(process.stderr))
      : undefined;
  let isSending = false;
  let stops = 0;
  runHeader.begin(job);
  beforeNotices(() => display?.end());
  const live = livePage(flags);
  const worker = process.env[WORKER_VARIABLE];
  const run = start({
    [wording]: commandWording,
    ...(worker && { worker }),
    onUsers: (users) => display?.showUsers(users, workingTime()),
    onStart: (it) => {
      display?.end();
      runHeader.show({ start: it });
    },
    onProgress: (progress) => {
      isSending = true;
      runHeader.show({ rest: progress });
      live?.open(run.folder);
      if (askedAt === undefined) display?.show(progress, workingTime());
    },
    onSample: (sample) => metricsFile()?.add(sample),
    onNotice: (what) => {
      display?.end();
      notice(`${printable(inCommandWords(what))}\n`);
    },
    onWait: (waiting) => {
      display?.end();
      notice(`${printable(waitingLine(waiting))}\n`);
    },
  });
  const rows = flags.verbose ? showRows(run) : undefined;
  const onSignal = (name: StopSignal) => {
    // A terminal that is closed says so twice: the system does, and the shell.
    if (name === 'SIGHUP' && stops > 0) return;
    stops += 1;
    if (stops > 2) process.exit(ofSignal[name]);
    if (stops === 2) {
      run.kill();
      return;
    }
    display?.end();
    const how = isSending ? ': the rows in flight come to their end' : ' before anything is sent';
    process.stderr.write(`stopping${how}; once more to leave at once\n`);
    run.stop({
      signal: name,
      message: `stopped by ${name}`,
      hint: 'Every row that was sent has its outcome in the report.',
    });
  };
  for (const name of stopSignals) process.on(name, onSignal);
  try {
    const summary = await run.summary;
    await rows;
    display?.end();
    onSummary?.(summary);
    const shown = commandSummary(summary);
    await live?.close();
    if (flags.json) process.stdout.write(`${plainJson(shown)}\n`);
    else if (!flags.quiet || shown.exitCode !== 0)
      process.stdout.write(renderSummary(shown, resultLook(), job.next?.(shown)));
    return shown.exitCode;
  } finally {
    display?.end();
    runHeader.show();
    beforeNotices(undefined);
    await live?.close();
    for (const name of stopSignals) process.off(name, onSignal);
  }
}

function waitingLine({ what, pid, host, since, renewedAt, takeOverMs, waitMs }: Waiting): string {
  const seconds = (ms: number) => `${Math.ceil(ms / 1000)} s`;
  const patience = waitMs > 0 ? `waiting up to ${seconds(waitMs)}` : 'looking for a sign of life';
  return `${what} is held by process ${pid} on ${host} since ${since}, last sign of life ${renewedAt} by its clock: ${patience}; taken over after ${seconds(takeOverMs)} without one`;
}

/** Does something with a job that changes nobody: the first signal stops the job. */
export async function untilSignal<Result>(
  job: { stop(reason: StopRequest): void },
  task: () => Promise<Result>,
): Promise<Result> {
  let isStopped = false;
  const onSignal = (name: StopSignal) => {
    if (name === 'SIGHUP' && isStopped) return;
    if (isStopped) process.exit(ofSignal[name]);
    isStopped = true;
    job.stop({ signal: name, message: `stopped by ${name}`, hint: 'Start again when you are ready.' });
  };
  for (const name of stopSignals) process.on(name, onSignal);
  try {
    return await task();
  } finally {
    for (const name of stopSignals) process.off(name, onSignal);
  }
}

/** What a header calls the INPUT of a command line. */
export const subjectOf = (input: string): string => (input === '-' ? 'standard input' : input);

/** What a header calls the RUN of a command line. */
export const runSubject = (run: string): string => pathFrom(process.cwd(), resolve(run));

/** What the library takes for the INPUT of a command line. */
export const inputOf = (input: string): string | NodeJS.ReadStream => (input === '-' ? process.stdin : input);

/** Shows how columns are read, and each problem with its file and line, in the form that editors turn into a link. */
export const inputHooks = ({ allProblems = false }: { readonly allProblems?: boolean } = {}) => {
  const most = allProblems ? Number.POSITIVE_INFINITY : MOST_LISTED;
  const told = { error: 0, warning: 0 };
  const tell = (kind: keyof typeof told) => (problem: Problem, inputName: string) => {
    told[kind] += 1;
    if (told[kind] <= most) printProblem(kind, problem, inputName);
  };
  const tellRest = (kind: keyof typeof told, kinds: readonly ProblemKind[]) => {
    const total = kinds.reduce((sum, { count: each }) => sum + each, 0);
    if (total > Math.min(told[kind], most)) notice(renderKinds(kind, kinds, inCommandWords));
    told[kind] = 0;
  };
  return {
    ...columnHooks,
    onProblem: tell('error'),
    onWarning: tell('warning'),
    onProblemKinds: ({ errors, warnings }: ProblemKinds) => {
      tellRest('error', errors);
      tellRest('warning', warnings);
    },
  };
};

/** Problems, and warnings, that are listed one by one. */
const MOST_LISTED = 20;

const columnHooks = {
  onMapping: (mapping: readonly MappedColumn[]) => {
    notice(renderMapping(mapping));
  },
  onRules: (rules: readonly string[]) => {
    process.stderr.write(rules.map((rule) => `${printable(rule)}\n`).join(''));
  },
  onExclusions: (found: FoundExclusions) => {
    notice(renderExclusions(found));
  },
};

function printProblem(kind: string, { line, column, reason }: Problem, inputName: string): void {
  const place = column === undefined ? '' : `${column}: `;
  notice(`${printable(`${inputName}:${line}: ${kind}: ${place}${inCommandWords(reason)}`)}\n`);
}
