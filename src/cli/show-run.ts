/** A run as its user sees it: progress and warnings on standard error, the summary on standard output, and Ctrl-C. */
import type { MappedColumn, Problem, Progress, Summary } from '../index.js';
import { renderMapping } from '../screen/mapping.js';
import { plainJson } from '../screen/plain.js';
import { ProgressDisplay } from '../screen/progress.js';
import { renderSummary } from '../screen/summary.js';
import { printable } from '../text/printable.js';
import { type Worded, wording } from '../wording.js';
import { commandSummary, commandWording, inCommandWords } from './command-wording.js';
import { ofSignal, type StopSignal } from './exit-codes.js';
import type { ScreenFlags } from './screen-options.js';

/** The options that a run needs to be shown and stopped. */
export interface RunHooks extends Worded {
  readonly signal: AbortSignal;
  readonly abandon: AbortSignal;
  readonly onUsers: (users: number) => void;
  readonly onProgress: (progress: Progress) => void;
}

const stopSignals = Object.keys(ofSignal) as StopSignal[];

/** While a question is on the screen, no progress is drawn over it. */
export const question = { isOpen: false };

/**
 * Shows a run and gives its exit code. The first signal stops the run, the second abandons the requests in flight, the
 * third ends the process.
 */
export async function showRun(
  flags: ScreenFlags,
  start: (hooks: RunHooks) => Promise<Summary>,
): Promise<number> {
  const stopping = new AbortController();
  const abandoning = new AbortController();
  const display = !flags.noProgress ? new ProgressDisplay(process.stderr) : undefined;
  let isSending = false;
  const onSignal = (name: StopSignal) => {
    if (abandoning.signal.aborted) process.exit(ofSignal[name]);
    if (stopping.signal.aborted) {
      abandoning.abort(stopping.signal.reason);
      return;
    }
    display?.end();
    const how = isSending ? ': the rows in flight come to their end' : ' before anything is sent';
    process.stderr.write(`stopping${how}; once more to leave at once\n`);
    stopping.abort({
      signal: name,
      message: `stopped by ${name}`,
      hint: 'Every row that was sent has its outcome in the report.',
    });
  };
  for (const name of stopSignals) process.on(name, onSignal);
  try {
    const summary = await start({
      [wording]: commandWording,
      signal: stopping.signal,
      abandon: abandoning.signal,
      onUsers: (users) => display?.showUsers(users),
      onProgress: (progress) => {
        isSending = true;
        if (!question.isOpen) display?.show(progress);
      },
    });
    display?.end();
    const shown = commandSummary(summary);
    process.stdout.write(flags.json ? `${plainJson(shown)}\n` : renderSummary(shown));
    return shown.exitCode;
  } finally {
    display?.end();
    for (const name of stopSignals) process.off(name, onSignal);
  }
}

/** For a verb that changes no user: the first signal stops it, the second ends the process. */
export function stopOnSignal(): { signal: AbortSignal; end(): void } {
  const stopping = new AbortController();
  const onSignal = (name: StopSignal) => {
    if (stopping.signal.aborted) process.exit(ofSignal[name]);
    stopping.abort({ signal: name, message: `stopped by ${name}`, hint: 'Start again when you are ready.' });
  };
  for (const name of stopSignals) process.on(name, onSignal);
  const end = () => {
    for (const name of stopSignals) process.off(name, onSignal);
  };
  return { signal: stopping.signal, end };
}

/** The library's `input` for the INPUT of a command line. */
export const inputOf = (input: string): string | AsyncIterable<Buffer> =>
  input === '-' ? process.stdin : input;

/** Shows how columns are read, and each problem with its file and line, in the form that editors turn into a link. */
export const inputHooks = {
  onMapping: (mapping: readonly MappedColumn[]) => {
    process.stderr.write(renderMapping(mapping));
  },
  onProblem: (problem: Problem, inputName: string) => printProblem('error', problem, inputName),
  onWarning: (warning: Problem, inputName: string) => printProblem('warning', warning, inputName),
};

function printProblem(kind: string, { line, column, reason }: Problem, inputName: string): void {
  const place = column === undefined ? '' : `${column}: `;
  process.stderr.write(`${printable(`${inputName}:${line}: ${kind}: ${place}${inCommandWords(reason)}`)}\n`);
}
