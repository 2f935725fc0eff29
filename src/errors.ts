/** What can go wrong: the errors that a person can meet, and the reasons for which a run ends early. Each has a code. */
import { count } from './text/count.js';

/** Codes of what ends a run before its last row and is not an error in itself. */
export type StopCode =
  /** There is no such service: its host is unknown, or TLS does not accept it. */
  | 'UNREACHABLE'
  /** The service takes no signature for the region: nothing can go on there. */
  | 'WRONG_REGION'
  /** The service has been down for longer than the run waits. */
  | 'OUTAGE'
  /** More rows have failed than `maxErrors` allows. */
  | 'MAX_ERRORS'
  /** The first rows have all met the same error. */
  | 'SAME_ERROR'
  /** The service has let nothing through for as long as a row waits. */
  | 'THROTTLED'
  /** A row of the canary did not go through as asked. */
  | 'CANARY'
  /** `confirm` said no. */
  | 'DECLINED'
  /** The input was changed while the run read it. */
  | 'INPUT_CHANGED'
  /** A security group that rows name is another one by now. */
  | 'GROUPS_CHANGED'
  /** The input could not be read to its end. */
  | 'INPUT_LOST';

/** Every code of an error or a stop reason: stable names, for programs. */
export type ErrorCode =
  | 'USAGE'
  | 'PLAN'
  | 'INPUT_UNREADABLE'
  | 'INPUT_INVALID'
  | 'CREDENTIALS'
  | 'INTERRUPTED'
  | 'READ'
  | RunFolderCode
  | 'LOCKED'
  | 'REDIS'
  | 'CAP'
  | StopCode;

/** What is wrong with a run's folder. */
export type RunFolderCode =
  /** It, or a file in it, cannot be written or read. */
  | 'RUN_FOLDER'
  /** A new run needs a folder that does not exist yet. */
  | 'RUN_FOLDER_EXISTS'
  /** It is not the folder of a run. */
  | 'NOT_A_RUN'
  /** The run was killed and has to be resumed first. */
  | 'RUN_UNFINISHED'
  /** Every row succeeded. */
  | 'NOTHING_TO_RETRY'
  /** The run has not kept what its users were. */
  | 'NOTHING_TO_UNDO'
  /** No process works on the run. */
  | 'NOT_RUNNING'
  /** The process that works on the run does not react. */
  | 'NO_ANSWER';

/** Why a run ends before its last row. Every WickrBulkError is one. */
export interface StopReason {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  /** With `INTERRUPTED`: the process signal for which the caller stopped it, such as `SIGINT`, if the caller said so. */
  readonly signal?: string | undefined;
}

/**
 * An error that a person can meet. `message` says what happened, `hint` what to do next; neither holds a value from
 * the input or a secret. Both name options and functions of the library in backticks.
 */
export abstract class WickrBulkError extends Error implements StopReason {
  /** A stable name for programs, such as `INPUT_INVALID`. */
  abstract readonly code: ErrorCode;
  readonly hint: string;

  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.hint = hint;
  }
}

/** An option or an environment variable that cannot be used. */
export class UsageError extends WickrBulkError {
  readonly code = 'USAGE';
}

/** A plan that cannot be applied: it was altered, or made for another network or account. Nothing was sent. */
export class PlanError extends WickrBulkError {
  readonly code = 'PLAN';
}

/** The input as a whole cannot be read: a damaged, empty or changed file, an unknown column. */
export class InputError extends WickrBulkError {
  readonly code: 'INPUT_UNREADABLE' | 'INPUT_INVALID' = 'INPUT_UNREADABLE';
  /** Line of the source file, 1 for the first; undefined if the whole file is meant. */
  readonly line: number | undefined;

  constructor(message: string, hint: string, options?: ErrorOptions & { line?: number }) {
    super(options?.line === undefined ? message : `line ${options.line}: ${message}`, hint, options);
    this.line = options?.line;
  }
}

/** The input can be read, but some of its rows cannot be used, or it breaks off. Nothing was sent. */
export class InvalidInputError extends InputError {
  override readonly code = 'INPUT_INVALID';
  /** Data rows that were read, and how many of them are invalid. */
  readonly rows: number;
  readonly invalid: number;

  /**
   * @param cause why the input could not be read to its end, if it could not
   * @param hint what to do, if it is nothing that is true of all invalid rows
   * @param missing how many of the invalid rows name users who are not in the network
   * @param problem what is wrong with them, or with most of them
   */
  constructor(
    rows: number,
    invalid: number,
    cause?: WickrBulkError,
    hint?: string,
    missing = 0,
    problem?: string,
  ) {
    const own = hint === undefined && problem !== undefined && !cause ? ` (${problem})` : '';
    const whose = missing > 0 ? `: ${nobodys(missing, invalid)}` : own;
    const counted = missing > 0 && missing === rows ? nobodyOf(rows) : `${invalidOf(invalid, rows)}${whose}`;
    super(
      `${[cause?.message, invalid > 0 ? counted : undefined].filter(Boolean).join('; ')}; nothing was sent`,
      cause?.hint ?? hint ?? hintOn(rows, invalid, missing),
      { cause },
    );
    this.rows = rows;
    this.invalid = invalid;
  }
}

const invalidOf = (invalid: number, rows: number): string =>
  rows === 1
    ? 'the row is invalid'
    : `${invalid === rows ? 'all' : `${count(invalid)} of`} ${count(rows)} rows ${invalid === 1 ? 'is' : 'are'} invalid`;

function hintOn(rows: number, invalid: number, missing: number): string {
  if (missing > 0) return missing === rows ? nobodyIsThere : mayBeMissing;
  const correct = `Correct ${rows === 1 ? 'it' : 'them'} and start again`;
  // With none left, there is nothing to send.
  return invalid < rows
    ? `${correct}; \`updateUsers\` with \`skipInvalid\` sends the valid rows.`
    : `${correct}.`;
}
const nobodyIsThere =
  'Is it the right network, and the right file? Check `networkId`, `region` and the account. If it is, correct the rows, or leave them out by `missing` skip.';
const mayBeMissing =
  'Is it the right network, and the right file? If it is meant to name people who are not in the network, `missing` skip leaves their rows out; else correct them.';

const nobodyOf = (rows: number): string =>
  rows === 1
    ? 'the row names nobody of the network'
    : `none of the ${count(rows)} rows names a user of the network`;

function nobodys(missing: number, invalid: number): string {
  if (missing > 1) {
    const which = missing === invalid ? 'all' : missing;
    return `${which} of them name users who are not in the network`;
  }
  return `${invalid === 1 ? 'it' : '1 of them'} names a user who is not in the network`;
}

/** No usable AWS credentials, or the service refused them. */
export class CredentialsError extends WickrBulkError {
  readonly code = 'CREDENTIALS';
}

/** The caller stopped it before anything was changed. */
export class InterruptedError extends WickrBulkError {
  readonly code = 'INTERRUPTED';
  /** As in StopReason. */
  readonly signal: string | undefined;

  /** @param options `message`: default "stopped before anything was sent" */
  constructor({ signal }: Pick<StopReason, 'signal'>, options?: ErrorOptions & { message?: string }) {
    super(
      options?.message ?? 'stopped before anything was sent',
      'Start again when you are ready: nothing has changed.',
      options,
    );
    this.signal = signal;
  }
}

/**
 * What had to be known about the network could not be read: the service refuses the request (`READ`), or the reading
 * was stopped (the stop reason's code).
 */
export class ReadError extends WickrBulkError {
  readonly code: ErrorCode;

  constructor(message: string, hint: string, options?: ErrorOptions & { code?: ErrorCode }) {
    super(message, hint, options);
    this.code = options?.code ?? 'READ';
  }
}

/** The run's folder or one of its files cannot be written or read, or is not what it has to be. */
export class RunFolderError extends WickrBulkError {
  readonly code: RunFolderCode;

  constructor(message: string, hint: string, options?: ErrorOptions & { code?: RunFolderCode }) {
    super(message, hint, options);
    this.code = options?.code ?? 'RUN_FOLDER';
  }
}

/** Another process works on the run, or on its network. */
export class LockedError extends WickrBulkError {
  readonly code = 'LOCKED';
}

/** Redis, which runs share a rate and locks by, cannot be reached or refuses. Nothing was sent. */
export class RedisError extends WickrBulkError {
  readonly code = 'REDIS';
}

/** The input asks for more than a cap allows. Nothing was sent. */
export class CapError extends WickrBulkError {
  readonly code = 'CAP';
}
