/** Where a user's runs on this machine keep what they share. */
import { homedir, platform } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { UsageError } from '../../errors.js';

/**
 * On Linux that of the XDG Base Directory Specification, whose variable counts everywhere: a relative path in it is
 * ignored, as the specification has it. On Windows and macOS the folder for data that the npm package env-paths has.
 *
 * @throws UsageError if there is no home folder
 */
export function stateFolder(env = process.env, system: NodeJS.Platform = platform()): string {
  const { XDG_STATE_HOME: named, LOCALAPPDATA: local } = env;
  if (named && isAbsolute(named)) return join(named, 'wickr-bulk');
  if (system === 'win32') return join(local || join(home(), 'AppData', 'Local'), 'wickr-bulk', 'Data');
  if (system === 'darwin') return join(home(), 'Library', 'Application Support', 'wickr-bulk');
  return join(home(), '.local', 'state', 'wickr-bulk');
}

function home(): string {
  try {
    return homedir();
  } catch (cause) {
    throw new UsageError(
      'there is no home folder to keep the locks in: HOME is not set, and the system knows none for this user',
      'Set HOME, or name a folder for them with XDG_STATE_HOME: its absolute path.',
      { cause },
    );
  }
}
