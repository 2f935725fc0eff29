/** What there is to say of a run, whether it goes on or not. Types only. */
import type { StopReason } from '../errors.js';
import type { Summary } from '../model.js';
import type { Bounds } from '../pace/limiters.js';

/** Where a run stands. Times are ISO 8601 UTC. */
export interface RunStatus {
  readonly folder: string;
  /**
   * `running`: a process that is alive works on it. `paused`: so it does, and sends nothing until `continueRun`. `unknown`: one did, elsewhere, and gives no sign of life; it may have
   * died, and is taken to be dead after `takeOverMs` without one. `stopped`: no process works on it, and rows are left;
   * it can be resumed.
   */
  readonly state: 'running' | 'paused' | 'unknown' | 'stopped' | 'ended';
  /** The process that works on it, or may. `renewedAt`: its last sign of life, by its own clock. */
  readonly process?: {
    readonly pid: number;
    readonly host: string;
    readonly since: string;
    readonly renewedAt: string;
    /** ms */
    readonly takeOverMs: number;
  };
  /** What `tuneRun` has set for the process that works on it; absent if nothing. */
  readonly tuned?: Bounds;
  /** The worker of a queue that has the run, or had it last; absent if none did. */
  readonly worker?: string;
  /** How it draws on a rate with other runs, as of its last second; absent if the rate is its own. */
  readonly sharedRate?: {
    /** How many they are, this one included; 0 while it goes on by itself, as Redis is away. */
    readonly runs: number;
    /** Requests/s that the service was found to accept from all of them together; null until that is known. */
    readonly limit: number | null;
    /** Requests/s of this run. */
    readonly share: number;
  };
  readonly networkId: string;
  readonly startedAt: string;
  /** Data rows of the input. */
  readonly rows: number;
  /** How many of them have their outcome, rows that are `unprocessed` not counted. */
  readonly done: number;
  readonly statuses: Summary['statuses'];
  readonly errors: Summary['errors'];
  /** As in `Summary`; absent if every row has succeeded so far. */
  readonly failures?: NonNullable<Summary['failures']>;
  readonly attempts: number;
  readonly throttled: number;
  /** Rows whose users have, or may have, a temporary username, as the report says; absent if there is none. */
  readonly temporaryNames?: NonNullable<Summary['temporaryNames']>;
  /** Rows/s: of the last 10 s in which it was not paused, while the run goes on, else as the summary has it. */
  readonly rowsPerSecond: number;
  /** Seconds until the last row at that rate; absent if the run does not go on or nothing is known yet. */
  readonly secondsLeft?: number;
  /** Of a run that has ended or was stopped in good order; absent if it is still running or was killed. */
  readonly finishedAt?: string;
  /** Why it ended before its last row, if it did. */
  readonly stopped?: StopReason;
  /**
   * What its process said at the end, with the paths of its files as they are now. Of a run that has ended or was stopped
   * in good order; absent if it is still running or was killed.
   */
  readonly summary?: Summary;
}
