/** Reads that the service refuses, of a run that needs them for its undo alone. */
import { NoPermissionError } from '../service/stop-reasons.js';

/** Gives what is read, or says how the run goes without it. @throws what the reading rejects with */
export async function orWithoutUndo<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof NoPermissionError)) throw error;
    throw new NoPermissionError(
      `${error.message}; the users could not be read, and nothing was sent`,
      `${error.hint} Users are read first so that the run can be undone. If these credentials may change users and not read them, \`keepBefore: false\` sends the rows without a look, and without undo.`,
      { cause: error },
    );
  }
}
