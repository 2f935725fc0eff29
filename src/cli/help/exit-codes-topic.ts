import { ExitCode } from '../exit-codes.js';

/** What each exit code says; one without a text does not compile. */
const meanings: Readonly<Record<keyof typeof ExitCode, string>> = {
  ok: 'Done: every row is updated, unchanged or skipped.',
  fatal: 'An error that ended the command, such as a full disk or a service that cannot be reached.',
  usage: 'The command line or the file is not valid. Nothing was sent.',
  rowsFailed: 'The run has ended, and rows failed or were invalid, conflicts or mismatches.',
  stopped: 'Stopped by a cap, a canary or too many errors, or rows were left unprocessed.',
  locked: 'Another process has the run or its network. Nothing was sent.',
  credentials: 'Credentials are missing or were refused, or are not those that were asked for.',
  changes: 'Somebody would change (only "plan --detailed-exitcode").',
  sighup: 'The terminal was closed (SIGHUP).',
  sigint: 'Interrupted (Ctrl-C).',
  sigterm: 'Told to end (SIGTERM).',
};

/** Each code with its meaning, in their order. */
export const exitCodeMeanings: readonly (readonly [code: number, meaning: string])[] = Object.entries(
  meanings,
).map(([name, meaning]) => [ExitCode[name as keyof typeof ExitCode], meaning]);
