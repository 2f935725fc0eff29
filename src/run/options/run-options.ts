/** What a run can be told, and what that becomes once it has been checked. Types only. */

import type { MappedColumn } from '../../input/columns/column-mapping.js';
import type { InputOptions } from '../../input/options/input-options.js';
import type { Format } from '../../input/source/format.js';
import type { Problem } from '../../model.js';
import type { ReportFormat } from '../../report/line.js';
import type { CredentialProvider } from '../../wickr/credentials.js';
import type { Logger } from './logger.js';

/** Where the input is and how it is to be read. */
export interface ReadingOptions extends Omit<InputOptions, 'signal' | 'exclusions' | 'roster'> {
  /** A file's path, or a stream such as `process.stdin`, which is copied to the run's folder first. */
  input: string | AsyncIterable<Buffer>;
  /** Default: by the file's name; a stream needs it. */
  format?: Format;
  /** A JSON file of columns and their fields, as `map` has them. */
  mapFile?: string;
  /**
   * A file of users that are never to be changed; their rows are skipped. A .csv, .tsv or .jsonl with a userId,
   * lookupUsername or username column, or a text with a user ID or a username a line.
   */
  exclude?: string;
  /** What that file has to be, in hex: a resumed run tells it. Default: any. */
  excludeSha256?: string;
  /** Told once, before anything is sent, what each column is read as, where `map` or `mapFile` is given. */
  onMapping?: (mapping: readonly MappedColumn[]) => void;
  /** Told of every problem of an input that cannot be used, by line; never holds a value. */
  onProblem?: (problem: Problem, inputName: string) => void;
  /** Told of what is odd about an input but no reason to refuse it: up to 1,000 by line. */
  onWarning?: (warning: Problem, inputName: string) => void;
}

/** How the service is to be reached. */
export interface ServiceOptions {
  /** Such as `us-east-1`. */
  region: string;
  /** In place of AWS's own endpoint; plain http only to this machine. */
  endpointUrl?: string;
  useFipsEndpoint?: boolean;
  useDualstackEndpoint?: boolean;
  /** Permit plain http to another machine. Default false. */
  allowHttp?: boolean;
  /** A profile of AWS's shared config files. */
  profile?: string;
  /** In place of AWS's default provider chain; called again with `forceRefresh` when its credentials are refused. */
  credentials?: CredentialProvider;
  /** Seconds for a connection, and for an answer. Default 30. */
  timeout?: number;
  /** Where STS is asked for the caller's ARN. Default: AWS's own, where Wickr's is AWS's own; else nobody is asked. */
  stsEndpointUrl?: string;
}

/** How names are looked up in the network, and what may be done so that users can get the usernames they are to have. */
export interface PlanningOptions {
  /** Rows may mean bots. Default false: such a row is invalid. */
  includeBots?: boolean;
  /** Rows may name suspended users by their username. Default false: such a row is invalid. */
  includeSuspended?: boolean;
  /** Users whose new usernames go round in a circle may bear another one for a moment. Default false. */
  allowTemporaryNames?: boolean;
  /**
   * Send new usernames as they come: nothing is read for them, nobody knows whether they are free, and the rows are
   * not put in order. Default false.
   */
  skipRenameCheck?: boolean;
}

/** How a run looks at users before and after it changes them. */
export interface CheckingOptions {
  /** Read back this share of the users that were changed, such as `5%`: one who shows another value is a `mismatch`. */
  verify?: string;
  /**
   * So many rows are sent before any other, and read back. Where one of them does not go through as asked, the run
   * stops. Default: none.
   */
  canary?: number;
  /** The canary is for runs that send more rows than this. Default 0. */
  canaryAbove?: number;
  /** Asked once the canary has gone through; where it does not give true the run stops. Default: it goes on. */
  confirm?: (canary: Canary) => Promise<boolean>;
}

/** What stands when a canary has gone through. */
export interface Canary {
  /** Rows that were sent, each as asked. */
  readonly sent: number;
  /** Rows that would follow, as far as is known before they are read again. */
  readonly left: number;
  readonly signal: AbortSignal;
}

/** What `runUpdate` takes. */
export interface UpdateOptions extends ReadingOptions, ServiceOptions, PlanningOptions, CheckingOptions {
  /** Read the users first and send only what differs. Default false; always so where `keepBefore` is given. */
  skipUnchanged?: boolean;
  /** Keep what the users were as `before.jsonl` in the run's folder, for `undoRun`. Default false. */
  keepBefore?: boolean;
  /** The run's folder, which must not exist. Default: a new one below `wickr-bulk-runs`. */
  out?: string;
  /** Default `csv`. */
  reportFormat?: ReportFormat;
  /** Updates a second, kept whatever happens. Default: found by itself. */
  rate?: number;
  /** Updates a second that are never gone beyond. */
  maxRate?: number;
  /** A file in which found rates are kept from run to run, made where there is none. Default: they are not kept. */
  rateMemory?: string;
  /**
   * A folder in which a run holds its network, so that no other run that names the same folder changes it at the same
   * time; made where there is none. Default: networks are not held.
   */
  locks?: string;
  /** Most requests in flight. Default 64. */
  concurrency?: number;
  /** Most attempts of a row that fail for another reason than a throttle. Default 6. */
  maxAttempts?: number;
  /** Seconds for which a row may meet nothing but throttles. Default 900. */
  throttlePatience?: number;
  /** Send nothing where more rows than this would be sent: a number, or a share of all rows. Default: any number. */
  maxChanges?: number | string;
  /**
   * Seconds for which the service may be down before the run stops, its rows unprocessed. A tenth of it where the
   * service has not answered once. Default 300.
   */
  outagePatience?: number;
  /** Stop after more failed rows than this: a number, or a share of all rows such as `5%`. Default: never. */
  maxErrors?: number | string;
  /** Send the valid rows of an input that has invalid ones. Default false. */
  skipInvalid?: boolean;
  /** Aborting it lets the rows in flight end and leaves the rest unprocessed; its `reason` may be a StopReason. */
  signal?: AbortSignal;
  /** Aborting it, after `signal`, lets go of the rows in flight as well: they are unprocessed. */
  abandon?: AbortSignal;
  logger?: Logger;
  /** Told while all users are listed, before anything is sent, how many there were so far. */
  onUsers?: (users: number) => void;
  /** Told of every stretch of progress. */
  onProgress?: (progress: Progress) => void;
}

/** What can be said anew of a run that is resumed or run again; everything else is as it was. */
export type AgainOptions = Pick<
  UpdateOptions,
  | 'verify'
  | 'endpointUrl'
  | 'allowHttp'
  | 'profile'
  | 'credentials'
  | 'timeout'
  | 'rate'
  | 'maxRate'
  | 'rateMemory'
  | 'locks'
  | 'concurrency'
  | 'maxAttempts'
  | 'throttlePatience'
  | 'outagePatience'
  | 'maxErrors'
  | 'allowTemporaryNames'
  | 'signal'
  | 'abandon'
  | 'logger'
  | 'onProgress'
  | 'onUsers'
  | 'set'
  | 'onMapping'
  | 'onProblem'
  | 'onWarning'
>;

/** What `applyPlan` and `undoRun` take. */
export interface ApplyOptions extends AgainOptions, CheckingOptions {
  out?: string;
  reportFormat?: ReportFormat;
  /** Seconds after which what is known of a user is too old, so that he is read again before he is changed. Default 60. */
  maxAge?: number;
}

/** What `reconcile` takes. Every cap has a default, and none can be left out. */
export interface ReconcileOptions extends UpdateOptions {
  /** Seconds, as in ApplyOptions. Default 60. */
  maxAge?: number;
  /** Users that may be changed: a number, or a share of the rows, which allows 20 always. Default `10%`. */
  maxChanges?: number | string;
  /** Users whose first name, last name or username may be changed, likewise. Default `10%`. */
  maxRenames?: number | string;
  /** Share of a group's members that may leave it; 20 always may. Default `25%`. */
  maxGroupDrain?: string;
  /** Rows that the input has to have. Default 1. */
  minRows?: number;
  /** By how much the input may be shorter than that of the last run on this network and file name. Default `10%`. */
  maxShrink?: string;
  /** A file in which the lengths of inputs are kept from run to run. Default: they are not, and nothing shrinks. */
  inputMemory?: string;
}

/** Which users an export holds; all that are no bots where nothing is said. */
export interface ExportSelection {
  /** A group's name, compared exactly and then without case, or its ID. */
  securityGroup?: string;
  /** `suspended` are those who are so, `active` and `pending` those of the others. */
  status?: 'active' | 'pending' | 'suspended';
  /** Default false. */
  includeBots?: boolean;
}

/** What `exportUsers` takes. */
export interface ExportOptions
  extends ExportSelection,
    ServiceOptions,
    Pick<
      UpdateOptions,
      | 'rate'
      | 'maxRate'
      | 'rateMemory'
      | 'maxAttempts'
      | 'throttlePatience'
      | 'outagePatience'
      | 'signal'
      | 'logger'
    > {
  networkId: string;
  out: Output;
  /** Default: by the file's name; `csv` where there is none. */
  format?: Format;
  /** Told after each page how many users have been written. */
  onUsers?: (users: number) => void;
}

/** Where a run stands. */
export interface Progress {
  readonly rows: number;
  readonly done: number;
  readonly updated: number;
  /** Rows that ended with another status than updated, unchanged or skipped. */
  readonly failed: number;
  readonly throttled: number;
  /** Permits a second at present. */
  readonly rate: number;
}

/** Options of a run of whichever kind. */
export type RunOptions = UpdateOptions &
  Pick<ReconcileOptions, 'maxAge' | 'maxRenames' | 'maxGroupDrain' | 'minRows' | 'maxShrink' | 'inputMemory'>;

/**
 * The file to make, which must not exist; mode 0600, and there is nothing at its place before all is in it. Or what
 * takes the lines, some at a time; the next come when it has resolved.
 */
export type Output = string | ((lines: string) => Promise<void>);
