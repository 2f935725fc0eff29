/** The command's exit codes: the one table of what each end of a command exits with. */
import type { ErrorCode, StopReason } from '../errors.js';
import type { Status, Summary } from '../model.js';

export const ExitCode = {
  ok: 0,
  fatal: 1,
  usage: 2,
  rowsFailed: 3,
  stopped: 4,
  locked: 5,
  credentials: 6,
  /** `plan --detailed-exitcode`: there are changes. */
  changes: 10,
  sighup: 129,
  sigint: 130,
  sigterm: 143,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Of an error, and of a run that ended early. */
const ofCode: Readonly<Record<ErrorCode, ExitCode>> = {
  USAGE: ExitCode.usage,
  PLAN: ExitCode.usage,
  INPUT_UNREADABLE: ExitCode.usage,
  INPUT_INVALID: ExitCode.usage,
  RUN_FOLDER_EXISTS: ExitCode.usage,
  NOT_A_RUN: ExitCode.usage,
  RUN_UNFINISHED: ExitCode.usage,
  NOTHING_TO_RETRY: ExitCode.usage,
  NOTHING_TO_UNDO: ExitCode.usage,
  NOT_RUNNING: ExitCode.usage,
  CAP: ExitCode.stopped,
  MAX_ERRORS: ExitCode.stopped,
  SAME_ERROR: ExitCode.stopped,
  THROTTLED: ExitCode.stopped,
  CANARY: ExitCode.stopped,
  DECLINED: ExitCode.stopped,
  OUTAGE: ExitCode.stopped,
  GROUPS_CHANGED: ExitCode.stopped,
  LOCKED: ExitCode.locked,
  CREDENTIALS: ExitCode.credentials,
  WRONG_REGION: ExitCode.credentials,
  READ: ExitCode.fatal,
  REDIS: ExitCode.fatal,
  UNREACHABLE: ExitCode.fatal,
  RUN_FOLDER: ExitCode.fatal,
  NO_ANSWER: ExitCode.fatal,
  INPUT_CHANGED: ExitCode.fatal,
  INPUT_LOST: ExitCode.fatal,
  // Unless it was for one of the signals below.
  INTERRUPTED: ExitCode.fatal,
};

/**
 * Signals that stop the command. SIGHUP comes when its terminal is closed. SIGBREAK is Ctrl-Break on Windows; Ctrl-C is a
 * SIGINT there as well.
 */
export const ofSignal = {
  SIGHUP: ExitCode.sighup,
  SIGINT: ExitCode.sigint,
  SIGBREAK: ExitCode.sigint,
  SIGTERM: ExitCode.sigterm,
} as const;
export type StopSignal = keyof typeof ofSignal;

const isStopSignal = (name: string | undefined): name is StopSignal =>
  name !== undefined && Object.hasOwn(ofSignal, name);

/** Of a run that went on to its last row: the highest one of its rows. */
const ofStatus: Readonly<Record<Status, ExitCode>> = {
  updated: ExitCode.ok,
  unchanged: ExitCode.ok,
  skipped: ExitCode.ok,
  failed: ExitCode.rowsFailed,
  invalid: ExitCode.rowsFailed,
  conflict: ExitCode.rowsFailed,
  mismatch: ExitCode.rowsFailed,
  unprocessed: ExitCode.stopped,
};

/** For an error, or for the reason why a run ended early. */
export const exitCodeOfReason = ({ code, signal }: Pick<StopReason, 'code' | 'signal'>): ExitCode =>
  code === 'INTERRUPTED' && isStopSignal(signal) ? ofSignal[signal] : (ofCode[code] ?? ExitCode.fatal);

/** For a run that has a summary. */
export function exitCodeOfRun({ stopped, statuses }: Pick<Summary, 'stopped' | 'statuses'>): ExitCode {
  if (stopped) return exitCodeOfReason(stopped);
  const met = Object.entries(statuses).filter(([, rows]) => rows > 0);
  return met.reduce<ExitCode>((worst, [status]) => {
    const own = ofStatus[status as Status];
    return own > worst ? own : worst;
  }, ExitCode.ok);
}

/** What the command adds to a summary. */
export interface Exited {
  readonly exitCode: ExitCode;
}

/** The summary with its exit code, behind the times. */
export function withExitCode(summary: Summary): Summary & Exited {
  const members: [string, unknown][] = Object.entries(summary);
  const at = members.findIndex(([name]) => name === 'finishedAt') + 1;
  members.splice(at, 0, ['exitCode', exitCodeOfRun(summary)]);
  return Object.fromEntries(members) as unknown as Summary & Exited;
}
