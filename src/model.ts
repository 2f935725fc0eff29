/**
 * The nouns of a run, in the order of their lives: a Row is read from the input, becomes a Command, is sent
 * (each time an Attempt), ends as an Outcome, and the Outcomes add up to a Summary. Types only.
 */
import type { StopReason } from './errors.js';
import type { UpdateUserAnswer, UserDetails } from './wire-types.js';

/** A field of a user that UpdateUser can change. */
export type Field = keyof UserDetails;

/** The position of a row in the input. */
export interface Place {
  /** Number of the data row; the first is 1. */
  readonly row: number;
  /** Line of the source file on which the row starts; the file's first line is 1. */
  readonly line: number;
  /** Offset in bytes of the row's first byte in the source. */
  readonly start: number;
  /** Offset in bytes of what follows the row and its line end. */
  readonly end: number;
}

/** What one row asks for: a change to one user. */
export interface Command {
  readonly networkId: string;
  readonly userId: string;
  /** At least one member. */
  readonly details: UserDetails;
}

/** A change that only the network can complete, as it names its user or groups, or changes what the user has: then it is a Command. */
export interface NamedCommand {
  readonly networkId: string;
  /** Empty if only `lookupUsername` says who is meant; if both are given they must be the same user's. */
  readonly userId: string;
  /** The user's username before the run. */
  readonly lookupUsername?: string;
  /** Instead of `details.securityGroupIds`; at least one. */
  readonly securityGroupNames?: readonly string[];
  /** Fields whose new values are made of those that the user has; at least one. */
  readonly fromPresent?: readonly Field[];
  /** If the groups are named, without `securityGroupIds`. Maybe empty. */
  readonly details: UserDetails;
}

/** Values of a user's fields before a change; null if the service does not tell. */
export type Before = { readonly [Name in Field]?: Exclude<UserDetails[Name], undefined> | null };

/** A user as the network lists them. What the service left out is undefined. */
export interface Member {
  readonly userId: string;
  readonly username: string | undefined;
  readonly firstName: string | undefined;
  readonly lastName: string | undefined;
  readonly securityGroupIds: readonly string[] | undefined;
  /** Whether they were invited and have not joined yet; otherwise they are active. */
  readonly pending: boolean;
  readonly suspended: boolean;
  readonly bot: boolean;
}

/** Who a user was when a change was planned, as far as the service told. Kept to notice that an ID means another person. */
export interface Person {
  readonly username?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly suspended?: boolean;
}

/** What this program has set itself, of a user whom a row means: a read may not show it yet. */
export interface OwnChange {
  /** Epoch ms at which the service had answered it, at the latest. */
  readonly at: number;
  /** What the fields were until then. */
  readonly was: Before;
  /** A temporary username that the user may still have instead of the one that was to be set. */
  readonly via?: string;
}

/** A security group as the network lists it. */
export interface Group {
  readonly id: string;
  readonly name: string;
  /** Active users and bots in it, as the service counts them; undefined if it does not tell. */
  readonly members: number | undefined;
}

/** Why something in the input cannot be used. Never holds a value of the input, only its shape. */
export interface Problem {
  /** Line of the source file on which the row starts; the first is 1. */
  readonly line: number;
  /** The column's name (JSONL: the key's) as the product knows it, or `column 7` if it has no known name. */
  readonly column?: string;
  /** What is wrong and, if it helps, what to do. */
  readonly reason: string;
}

/**
 * A row for which all is known that can be known before it is sent: it is a command, it is invalid, it is left out, or
 * what the network says about its user leaves nothing to send.
 */
export type ReadyRow = Place & {
  /** What is odd about the row without being a reason not to send it. */
  readonly warnings?: readonly Problem[];
} & (
    | {
        readonly command: Command;
        /** When it may be sent; absent if that is at any time. */
        readonly turn?: Turn;
        /**
         * The values that the user's fields must have, as far as the service tells them, for the command to be sent.
         * Absent if it is sent whatever they are.
         */
        readonly before?: Before;
        /** Of `before`, what this program has set itself. */
        readonly own?: OwnChange;
        /** Whether what was read of the user is older than that: they are read again before the command is sent. */
        readonly unseen?: true;
        /** Whether the command may have been carried out before the run was resumed. */
        readonly inDoubt?: true;
        /** Who is meant. If the user is somebody else by now, nothing is sent. Absent if that is not known. */
        readonly person?: Person;
        /**
         * Values of the row that the user had already when they were first read: the command does not contain them, and
         * it is sent only while the user has them. Absent if there are none.
         */
        readonly already?: UserDetails;
        /** Fields of the row that somebody else has changed: the command does not contain them. */
        readonly conflicts?: readonly Field[];
        /** Fields that cannot be put back, because the service never said what they were. */
        readonly notRestorable?: readonly Field[];
      }
    | {
        readonly problems: readonly Problem[];
        /** The row's user ID; empty if it could not be read. */
        readonly userId: string;
        /** The username that the row names its user by, if it could be read. */
        readonly lookupUsername?: string;
      }
    | {
        /** Why it is left out: by the caller's own filters, or because there is nobody, or nothing, to send it for. */
        readonly skipped: string;
        readonly userId: string;
        readonly lookupUsername?: string;
        /** Whether it is left out because its user is not in the network. */
        readonly missing?: true;
      }
    | {
        /** The user has the row's values already. */
        readonly unchanged: true;
        readonly userId: string;
      }
    | {
        /** Why the user is not changed: their values are no longer those from before. */
        readonly conflict: string;
        /** Which fields have other values than before; empty if it is not about a field. */
        readonly conflicts: readonly Field[];
        readonly userId: string;
      }
  );

/** A row that can be sent. */
export type CommandRow = Extract<ReadyRow, { command: unknown }>;

/** When a rename may be sent: a username is free only once its present holder has another one. */
export interface Turn {
  /** Rows whose users must give up their usernames first; each of them has a Turn as well. */
  readonly after: readonly number[];
  /** A temporary username, so that the user's own is free for those who wait for it. */
  readonly via?: string;
  /** With `via`: the user's username before the run, to be given back if they cannot have the wanted one. */
  readonly from?: string;
}

/** A row of the input as it was read: ready, or with names that have to be looked up in the network. */
export type Row =
  | ReadyRow
  | (Place & { readonly warnings?: readonly Problem[]; readonly named: NamedCommand });

/**
 * What a failed attempt means for what comes next:
 * - `throttle`: the service asks to slow down; tried again until it is let through
 * - `transient`: worth another attempt
 * - `final`: the service's no to this row
 * - `credentials`: the service's no to the caller; the run cannot continue without others
 * - `unreachable`: there is no such host, or TLS does not accept it, and it never answered: no row can be sent
 */
export type FailureKind = 'throttle' | 'transient' | 'final' | 'credentials' | 'unreachable';

/** Why an attempt did not succeed. It contains no values: what the service wrote has passed the redactor. */
export interface Failure {
  readonly kind: FailureKind;
  /** The service's error code; one of ours if the request never reached it, or its answer made no sense. */
  readonly code: string;
  readonly message: string;
  /** The request's fields that the service named. */
  readonly fields: readonly string[];
  /** How long the service asked to wait, in ms. */
  readonly retryAfter?: number;
  /** It is no word of the service on the request: there was no answer, or something in between has given it. */
  readonly infrastructure?: true;
}

/** One request and what came of it. */
export interface Attempt<Answer = UpdateUserAnswer> {
  /** Epoch ms at which it was handed to the connection, and at which it was over. */
  readonly sentAt: number;
  readonly finishedAt: number;
  /** 0 if no answer came. */
  readonly httpStatus: number;
  readonly requestId: string;
  /** Whether the service's clock turned out to differ from the one by which the request was signed. */
  readonly clockCorrected: boolean;
  readonly result: { readonly answer: Answer } | { readonly failure: Failure };
}

/** What every outcome tells. */
interface RowOutcome {
  readonly row: number;
  /** Line of the source file on which the row starts; undefined if the input could not be read up to the row. */
  readonly line: number | undefined;
  /** Undefined if the row does not have one that can be read, or its user was not found. */
  readonly userId: string | undefined;
  /** Whether the user has, or may have, a temporary username: it is in the run's journal. Absent if not. */
  readonly temporaryName?: true | undefined;
}

/** Of a row that was sent. */
interface SentRow extends RowOutcome {
  /** Requests sent for the row, at least one. */
  readonly attempts: number;
  /** How many of them met RateLimitError. */
  readonly throttled: number;
  /** Names of the fields sent, at least one. */
  readonly changed: readonly Field[];
  /** Of the last attempt; undefined if no answer came. */
  readonly httpStatus: number | undefined;
  /** Of the last attempt; undefined if no answer came, or it had none. */
  readonly requestId: string | undefined;
  /** Epoch ms at which the first attempt was sent. */
  readonly startedAt: number;
  /** Epoch ms at which the last attempt was over. */
  readonly finishedAt: number;
}

/** Of a row that was not sent. */
export interface UnsentRow extends RowOutcome {
  readonly attempts: 0;
  readonly throttled: 0;
  /** Empty. */
  readonly changed: readonly Field[];
  readonly httpStatus?: undefined;
  readonly requestId?: undefined;
  readonly startedAt?: undefined;
  readonly finishedAt?: undefined;
}

interface WithoutError {
  readonly errorCode?: undefined;
  readonly errorFields?: undefined;
}

interface WithError {
  /** The service's error code, or one of ours: `InvalidRow`, `Conflict`, `Mismatch`, `NotRead`, `EarlierRowFailed`. */
  readonly errorCode: string;
  /** Names of the fields that it is about, as far as that is known. */
  readonly errorFields: readonly string[];
}

/** The user has the values of the row. */
export interface UpdatedRow extends SentRow, WithoutError {
  readonly status: 'updated';
  /** What is to be said about it all the same, such as that it could not be read back. */
  readonly message?: string | undefined;
}

interface Sameness extends WithoutError {
  readonly status: 'unchanged';
  readonly message?: undefined;
}

/** The user had the values of the row already, or has got them while the row waited for another attempt. */
export type UnchangedRow = (SentRow & Sameness) | (UnsentRow & Sameness);

/** The row was left out. */
export interface SkippedRow extends UnsentRow, WithoutError {
  readonly status: 'skipped';
  /** Why. */
  readonly message: string;
}

/** The row cannot be sent as it is. */
export interface InvalidRow extends UnsentRow, WithError {
  readonly status: 'invalid';
  readonly message: string;
}

interface Conflict extends WithError {
  readonly status: 'conflict';
  readonly message: string;
}

/** The user's values were no longer those from before. Only fields that nobody else had changed were sent, if any. */
export type ConflictingRow = (SentRow & Conflict) | (UnsentRow & Conflict);

/** The service accepted the change, but the user has other values. */
export interface MismatchedRow extends SentRow, WithError {
  readonly status: 'mismatch';
  readonly message: string;
}

interface Refusal extends WithError {
  readonly status: 'failed';
  /** Undefined if the service gave none. */
  readonly message: string | undefined;
}

/** The service's final no, or a reason not to send the row. */
export type FailedRow = (SentRow & Refusal) | (UnsentRow & Refusal);

interface Interruption {
  readonly status: 'unprocessed';
  /** What the row met last, if that was an error. */
  readonly errorCode: string | undefined;
  readonly errorFields: readonly string[];
  readonly message: string;
}

/** The run stopped before the row was through. If it was sent, the change may have been made. */
export type UnprocessedRow = (SentRow & Interruption) | (UnsentRow & Interruption);

/** What became of a row: a line of the report. */
export type Outcome =
  | UpdatedRow
  | UnchangedRow
  | SkippedRow
  | InvalidRow
  | ConflictingRow
  | MismatchedRow
  | FailedRow
  | UnprocessedRow;

export type Status = Outcome['status'];

/** People who are counted and listed in a file of the run's folder. */
export interface PeopleListed {
  readonly count: number;
  /** Absent if there is nobody to list. */
  readonly file?: string;
}

/** Rows whose users have, or may have, a temporary username. */
export interface TemporaryNamesLeft {
  readonly count: number;
  /** The first of them in the order of the report, 20 at most. */
  readonly rows: readonly number[];
}

/** Whose credentials a run uses, as far as that is known. No secret is in it. */
export interface Identity {
  /** Where they come from, such as `profile hr (SSO)` or `AWS_ACCESS_KEY_ID`; `the program` if it gave them. */
  readonly source: string;
  readonly profile?: string;
  /** What named the profile: `profile`, `AWS_PROFILE` or `AWS_DEFAULT_PROFILE`. */
  readonly by?: string;
  /** Number of the AWS account, as STS or the source tells it; absent if neither does. */
  readonly account?: string;
  /** If nobody tells the account: the number that the access key ID holds. AWS does not document it: a hint. */
  readonly accountByKey?: string;
  /** As STS tells it; absent if it was not asked or did not answer. */
  readonly arn?: string;
}

/** What a run came to; `summary.json` holds it. Times are ISO 8601 UTC. */
/** Rows that did not succeed for one reason. */
export interface FailureGroup {
  readonly status: Status;
  /** Empty if there is none. */
  readonly errorCode: string;
  /** What the report says of each of them; empty for several reasons. */
  readonly message: string;
  /** How many rows it are. */
  readonly rows: number;
  /** Lines of the input of the first few. */
  readonly lines: readonly number[];
}

export interface Summary {
  /** Of wickr-bulk. */
  readonly version: string;
  readonly command: string;
  readonly networkId: string;
  /** Data rows of the input that the run was about. */
  readonly rows: number;
  /** How many rows ended with each status; 0 for a status that no row has. */
  readonly statuses: Readonly<Record<Status, number>>;
  /** Things that are odd about the input and no reason to refuse it. */
  readonly warnings: number;
  /** How many rows ended with each error code. */
  readonly errors: Readonly<Record<string, number>>;
  /** The reasons for which rows did not succeed, the most frequent ones first, at most ten; absent if all did. */
  readonly failures?: readonly FailureGroup[];
  /** Requests sent for rows of this run. */
  readonly attempts: number;
  /** How many of them met RateLimitError. */
  readonly throttled: number;
  /** Absent if there is no such row. */
  readonly temporaryNames?: TemporaryNamesLeft;
  /**
   * Rows that were skipped because their user is not in the network; the file has them as the input has. Absent unless
   * `missing` is `skip`.
   */
  readonly missing?: PeopleListed;
  /** The network's users whom no row names. Absent unless a reconciliation has listed all users. */
  readonly unlisted?: PeopleListed;
  /** Rows updated a second, from the first request to the last answer, without the time in which it was paused or `confirm` was asked. */
  readonly rowsPerSecond: number;
  /** ms of work since the run was started or resumed: without the time in which it was paused or `confirm` was asked. */
  readonly workedMs: number;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Those of `run.json`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Whose credentials the run used, as STS tells: an ARN. Absent if it was not asked or did not answer. */
  readonly caller?: string;
  /** The same with the source of the credentials. Absent if nothing had to be sent. */
  readonly identity?: Identity;
  /** SHA-256, in hex, of the files that there are, as the run has read or left them. */
  readonly hashes: {
    readonly input: string;
    readonly report: string;
    /** Absent as well if the input was changed during the run. */
    readonly failed?: string;
    /** Of `lookups.csv`. */
    readonly lookups?: string;
    /** Of `before.jsonl`. */
    readonly before?: string;
    readonly missing?: string;
    readonly unlisted?: string;
  };
  /** Why the run ended before its last row; absent if it did not. */
  readonly stopped?: StopReason;
  /** The run's folder, and the files in it that a person may want next. */
  readonly folder: string;
  readonly report: string;
  /** The rows to run again; absent if every row succeeded. */
  readonly failed?: string;
}
