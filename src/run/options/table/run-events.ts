/** What a run tells its caller while it goes on. Types only. */
import type { Status } from '../../../model.js';
import type { Changes } from '../../../plan/diff/change-counts.js';
import type { PlannedChange } from '../../../plan/user-change.js';
import type { Sample } from '../../../report/series.js';

/** What stands when a canary has gone through. */
export interface Canary {
  /** Rows that were sent, each as asked. */
  readonly sent: number;
  /** Rows that would follow, as far as is known before they are read again. */
  readonly left: number;
  readonly networkId: string;
  /** What the network is called, if that could be read. For the screen alone: whoever made the network chose it. */
  readonly networkName?: string;
  /**
   * The users who were changed, in the order of their lines, and how. Their usernames and values from before the run are known if their users were
   * read. For the screen alone.
   */
  readonly users: readonly PlannedChange[];
  /** Whether the run keeps what users were, so that `undoRun` can put it back. */
  readonly canBeUndone: boolean;
  readonly signal: AbortSignal;
}

/** What a new run is about to do: all is read and checked, and nothing is sent that changes anybody. */
export interface RunStart {
  readonly networkId: string;
  /** What the network is called, if that could be read. For the screen alone: whoever made the network chose it. */
  readonly networkName?: string;
  /** Data rows of the input. */
  readonly rows: number;
  /** What the rows change; absent if they are sent without a look at their users. */
  readonly changes?: Omit<Changes, 'leavers'>;
  /** Seconds that it would take at the rate that is given, or was last found; absent if neither is known. */
  readonly seconds?: number;
  /** Whether the run keeps what users were, so that `undoRun` can put it back. */
  readonly canBeUndone: boolean;
}

/** Where a run stands. */
export interface Progress {
  /** Data rows of the input. */
  readonly rows: number;
  /** How many of them have their outcome. */
  readonly done: number;
  readonly updated: number;
  /** Rows that ended with another status than updated, unchanged or skipped. */
  readonly failed: number;
  /** Requests that met a throttle (HTTP 429). */
  readonly throttled: number;
  /** Requests/s at present; 0 while the service is down. */
  readonly rate: number;
  /** Requests/s that the service was found to accept; absent until enough has been seen. */
  readonly limit?: number;
  /** ms for which nothing is sent, as the service has asked for after a throttle; 0 most of the time. */
  readonly heldMs: number;
  /** Whether `pauseRun` has paused it: nothing new is sent. */
  readonly paused: boolean;
}

/** What a run did since the sample before, and where it stands. */
export interface RunSample extends Sample {
  /** How many rows have ended with each status since the run was started, or went on. */
  readonly ended: Readonly<Record<Status, number>>;
}

/** An answer by which the service asks to slow down (HTTP 429). */
export interface Throttle {
  /** How long it asked to wait, in ms; undefined if it did not say. */
  readonly retryAfterMs: number | undefined;
  /** Requests/s from now on. */
  readonly rate: number;
}

/** Whether a run that is to share a rate does. */
export interface SharedRate {
  /** False: it goes on by itself, from the rate that it had, until Redis is there again. */
  readonly isShared: boolean;
  /** Requests/s of this run at that moment. */
  readonly rate: number;
  /** Why it is not shared any more. */
  readonly reason: string | undefined;
}

/** Another process has what is needed. Times in ms, or ISO 8601 UTC. */
export interface Waiting {
  /** Such as `network 12345678`. */
  readonly what: string;
  readonly pid: number;
  readonly host: string;
  readonly since: string;
  /** Its last sign of life, by its own clock. */
  readonly renewedAt: string;
  /** Without another sign of life it is taken over after this time. */
  readonly takeOverMs: number;
  /** How long it is waited for if it is alive. */
  readonly waitMs: number;
}
