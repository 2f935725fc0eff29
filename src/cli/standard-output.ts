/** What stands on standard output because it is the result itself: rows for a file or for the next command. */
import { RunFolderError } from '../errors.js';
import type { Output } from '../verbs/output-file.js';
import { ExitCode } from './exit-codes.js';

/** The file that `--out` names, else standard output. */
export const outputOf = (out: string | undefined): Output => out ?? toStandardOutput;

/** Resolves when the reader has taken it, so that nobody writes faster than it reads. */
export const toStandardOutput = (text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });

/**
 * Runs what writes to standard output, and gives its exit code. A reader that has gone, as in `| head`, wants no more:
 * that is no error.
 *
 * @throws RunFolderError if standard output takes nothing for another reason, such as a full disk behind `>`
 */
export async function whileRead(task: () => Promise<void>): Promise<number> {
  try {
    await task();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') return ExitCode.ok;
    if (syscall !== 'write') throw error;
    throw new RunFolderError(
      `standard output cannot be written (${code}): what is there is not all`,
      'Check that there is room where it leads, or name a file with --out.',
      { cause: error },
    );
  }
  return ExitCode.ok;
}
