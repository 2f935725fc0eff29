/** A run as its user sees it: progress and warnings on standard error, the summary on standard output, Ctrl-C. */
import { ExitCode } from '../errors.js';
import type { MappedColumn, Problem, Progress, RunHandle, StopReason, Summary } from '../index.js';
import { renderMapping } from '../screen/mapping.js';
import { plainJson } from '../screen/plain.js';
import { ProgressDisplay } from '../screen/progress.js';
import { renderSummary } from '../screen/summary.js';
import { printable } from '../text/printable.js';
import type { ScreenFlags } from './screen-options.js';

/** What a run has to be started with to be shown. */
export interface Shown {
  readonly onUsers: (users: number) => void;
  readonly onProgress: (progress: Progress) => void;
}

/** SIGBREAK is Ctrl-Break on Windows, where Ctrl-C is a SIGINT as well. */
export const signals = {
  SIGINT: ExitCode.sigint,
  SIGBREAK: ExitCode.sigint,
  SIGTERM: ExitCode.sigterm,
} as const;

/** While a question stands on the screen, no progress is drawn over it. */
export const question = { isOpen: false };

/**
 * Shows a run and gives its exit code. The first signal stops the run, the second lets go of what is in flight.
 *
 * @param onSummary told before the summary is shown
 */
export async function showRun(
  flags: ScreenFlags,
  start: (shown: Shown) => RunHandle,
  onSummary?: (summary: Summary) => void,
): Promise<number> {
  const display = !flags.noProgress ? new ProgressDisplay(process.stderr) : undefined;
  let isSending = false;
  let stops = 0;
  const run = start({
    onUsers: (users) => display?.showUsers(users),
    onProgress: (progress) => {
      isSending = true;
      if (!question.isOpen) display?.show(progress);
    },
  });
  const onSignal = (name: NodeJS.Signals) => {
    const exitCode = signals[name as keyof typeof signals];
    stops += 1;
    if (stops > 2) process.exit(exitCode);
    if (stops === 2) {
      run.kill();
      return;
    }
    display?.end();
    const how = isSending ? ': the rows in flight come to their end' : ' before anything is sent';
    process.stderr.write(`stopping${how}; once more to leave at once\n`);
    run.stop({
      exitCode,
      message: `stopped by ${name}`,
      hint: 'Every row that was sent has its outcome in the report.',
    });
  };
  for (const name of Object.keys(signals)) process.on(name, onSignal);
  try {
    const summary = await run.summary;
    display?.end();
    onSummary?.(summary);
    process.stdout.write(flags.json ? `${plainJson(summary)}\n` : renderSummary(summary));
    return summary.exitCode;
  } finally {
    display?.end();
    for (const name of Object.keys(signals)) process.off(name, onSignal);
  }
}

/** Does something with a job that changes nobody: the first signal stops the job. */
export async function untilSignal<Result>(
  job: { stop(reason: StopReason): void },
  task: () => Promise<Result>,
): Promise<Result> {
  let isStopped = false;
  const onSignal = (name: NodeJS.Signals) => {
    const exitCode = signals[name as keyof typeof signals];
    if (isStopped) process.exit(exitCode);
    isStopped = true;
    job.stop({ exitCode, message: `stopped by ${name}`, hint: 'Start again when you are ready.' });
  };
  for (const name of Object.keys(signals)) process.on(name, onSignal);
  try {
    return await task();
  } finally {
    for (const name of Object.keys(signals)) process.off(name, onSignal);
  }
}

/** What the library takes for the INPUT of a command line. */
export const inputOf = (input: string): string | NodeJS.ReadStream => (input === '-' ? process.stdin : input);

/**
 * Says what is read as what, and where in the input something is wrong, or odd, in the form that editors and terminals
 * make a link of.
 */
export const findings = {
  onMapping: (mapping: readonly MappedColumn[]) => {
    process.stderr.write(renderMapping(mapping));
  },
  onProblem: (problem: Problem, inputName: string) => tell('error', problem, inputName),
  onWarning: (warning: Problem, inputName: string) => tell('warning', warning, inputName),
};

function tell(kind: string, { line, column, reason }: Problem, inputName: string): void {
  const where = column === undefined ? '' : `${column}: `;
  process.stderr.write(`${printable(`${inputName}:${line}: ${kind}: ${where}${reason}`)}\n`);
}
