/** How the command names what the library's messages name: its flags and its verbs. */
import { flagOf } from '../run/options/table/option.js';
import { optionTable } from '../run/options/table/option-table.js';

const verbs: Readonly<Record<string, string>> = {
  updateUsers: 'update',
  planUpdate: 'plan',
  applyPlan: 'apply',
  reconcileUsers: 'reconcile',
  undoRun: 'undo',
  resumeRun: 'resume',
  retryRun: 'retry',
  readRunStatus: 'status',
  readFailedRows: 'status --failed',
  listRuns: 'runs',
  stopRun: 'stop',
  pauseRun: 'pause',
  continueRun: 'continue',
  tuneRun: 'tune',
  pruneRuns: 'prune',
  validateInput: 'validate',
  exportUsers: 'export',
  writeTemplate: 'template',
  serveRun: 'watch',
  writeReport: 'report',
  writePlanReport: 'report',
};

/** Of no job's options, or none of a flag. */
const others: Readonly<Record<string, string>> = {
  input: 'INPUT',
  locks: 'XDG_STATE_HOME',
  out: '--out',
  servePort: '--serve-port',
};

/**
 * What the command has for an option or a function of the library; undefined if it has nothing of that name.
 *
 * @param isOff whether the option is to be switched off
 */
export function commandName(name: string, isOff = false): string | undefined {
  if (Object.hasOwn(others, name)) return others[name];
  if (Object.hasOwn(verbs, name)) return `"wickr-bulk ${verbs[name]}"`;
  const option = optionTable.get(name);
  if (isOff) return option?.flag?.off && flagOf([name, option])?.replace('--', '--no-');
  return option && flagOf([name, option]);
}
