/**
 * What can go wrong: the errors that a person can meet, each with its code and exit code.
 */

/** The command's exit codes. */
export const ExitCode = {
  ok: 0,
  fatal: 1,
  usage: 2,
  rowsFailed: 3,
  stopped: 4,
  locked: 5,
  credentials: 6,
  sigint: 130,
  sigterm: 143,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/**
 * An error that a person can meet. `message` says what happened and where, `hint` what to do next; neither holds a
 * value from the input or a secret. The command prints both without a stack trace and exits with `exitCode`.
 */
export abstract class WickrBulkError extends Error {
  /** A stable name for scripts, such as `INPUT_INVALID`. */
  abstract readonly code: string;
  abstract readonly exitCode: ExitCode;
  readonly hint: string;

  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.hint = hint;
  }
}

/** A flag, an option or an environment variable that cannot be used. */
export class UsageError extends WickrBulkError {
  readonly code = 'USAGE';
  readonly exitCode = ExitCode.usage;
}

/** A plan that cannot be carried out: altered, or made for another network or account. Nothing was sent. */
export class PlanError extends WickrBulkError {
  readonly code = 'PLAN';
  readonly exitCode = ExitCode.usage;
}

/** The input as a whole cannot be read: a damaged, empty or changed file, an unknown column. */
export class InputError extends WickrBulkError {
  readonly code: string = 'INPUT_UNREADABLE';
  readonly exitCode: ExitCode = ExitCode.usage;
  /** Line of the source file, 1 for the first; undefined where the whole file is meant. */
  readonly line: number | undefined;

  constructor(message: string, hint: string, options?: ErrorOptions & { line?: number }) {
    super(options?.line === undefined ? message : `line ${options.line}: ${message}`, hint, options);
    this.line = options?.line;
  }
}

/** The input can be read, but rows of it cannot be used, or the rest of it cannot be read on. Nothing was sent. */
export class InvalidInputError extends InputError {
  override readonly code = 'INPUT_INVALID';
  /** Data rows that were read, and how many of them are invalid. */
  readonly rows: number;
  readonly invalid: number;

  constructor(rows: number, invalid: number, damage?: WickrBulkError) {
    const counted = `${invalid} of ${rows} rows ${invalid === 1 ? 'is' : 'are'} invalid`;
    super(
      `${[damage?.message, invalid > 0 ? counted : undefined].filter(Boolean).join('; ')}; nothing was sent`,
      damage?.hint ?? 'Correct them and start again; update --skip-invalid sends the others.',
      { cause: damage },
    );
    this.rows = rows;
    this.invalid = invalid;
  }
}

/** No usable AWS credentials, or the service refused them. */
export class CredentialsError extends WickrBulkError {
  readonly code = 'CREDENTIALS';
  readonly exitCode = ExitCode.credentials;
}

/** The caller stopped it before anything was changed. */
export class InterruptedError extends WickrBulkError {
  readonly code = 'INTERRUPTED';
  readonly exitCode: ExitCode;

  /** @param options `message` where it is not that it was "stopped before anything was sent" */
  constructor(exitCode: ExitCode, options?: ErrorOptions & { message?: string }) {
    super(
      options?.message ?? 'stopped before anything was sent',
      'Start again when you are ready: nothing has changed.',
      options,
    );
    this.exitCode = exitCode;
  }
}

/** The service does not say what had to be known of the network: it refuses the question, or cannot be reached. */
export class ReadError extends WickrBulkError {
  readonly code = 'READ';
  readonly exitCode: ExitCode;

  constructor(message: string, hint: string, options?: ErrorOptions & { exitCode?: ExitCode }) {
    super(message, hint, options);
    this.exitCode = options?.exitCode ?? ExitCode.fatal;
  }
}

/** The run's folder or one of its files cannot be written or read. */
export class RunFolderError extends WickrBulkError {
  readonly code = 'RUN_FOLDER';
  readonly exitCode: ExitCode;

  constructor(message: string, hint: string, options?: ErrorOptions & { exitCode?: ExitCode }) {
    super(message, hint, options);
    this.exitCode = options?.exitCode ?? ExitCode.fatal;
  }
}

/** Another process works on the run, or on its network. */
export class LockedError extends WickrBulkError {
  readonly code = 'LOCKED';
  readonly exitCode = ExitCode.locked;
}

/** More than a cap allows was asked for. Nothing was sent. */
export class CapError extends WickrBulkError {
  readonly code = 'CAP';
  readonly exitCode = ExitCode.stopped;
}
