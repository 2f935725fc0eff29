/** What a run can be told, and what that becomes once it has been checked. Types only. */
import type { Format } from '../input/format.js';
import type { InputOptions } from '../input/options.js';
import type { Problem } from '../model.js';
import type { RateOptions } from '../pace/rate.js';
import type { RetryOptions } from '../pace/retry.js';
import type { ReportFormat } from '../report/line.js';
import type { CredentialProvider } from '../wickr/credentials.js';
import type { Cap } from './breaker.js';
import type { Logger } from './logger.js';

/** Where the input is and how it is to be read. */
export interface ReadingOptions extends Omit<InputOptions, 'signal'> {
  /** A file's path, or a stream such as `process.stdin`, which is copied to the run's folder first. */
  input: string | AsyncIterable<Buffer>;
  /** Default: by the file's name; a stream needs it. */
  format?: Format;
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
}

/** What `runUpdate` takes. */
export interface UpdateOptions extends ReadingOptions, ServiceOptions {
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
  /** Told of every stretch of progress. */
  onProgress?: (progress: Progress) => void;
}

/** What can be said anew of a run that is resumed or run again; everything else is as it was. */
export type AgainOptions = Pick<
  UpdateOptions,
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
  | 'signal'
  | 'abandon'
  | 'logger'
  | 'onProgress'
  | 'onProblem'
  | 'onWarning'
>;

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

/** Options that have been checked, with every default in its place. */
export interface ParsedOptions {
  readonly reading: ReadingOptions;
  readonly service: Required<Pick<ServiceOptions, 'region'>> &
    Pick<ServiceOptions, 'profile' | 'credentials'> & { endpoint: URL /** ms */; timeout: number };
  readonly out: string | undefined;
  readonly reportFormat: ReportFormat;
  readonly rate: RateOptions;
  readonly rateMemory: string | undefined;
  readonly locks: string | undefined;
  readonly retry: RetryOptions;
  /** ms */
  readonly outagePatience: number;
  readonly concurrency: number;
  readonly maxErrors: Cap | undefined;
  readonly maxChanges: Cap | undefined;
  readonly skipInvalid: boolean;
  readonly signal: AbortSignal | undefined;
  readonly abandon: AbortSignal | undefined;
  readonly logger: Logger;
  readonly onProgress: (progress: Progress) => void;
}
