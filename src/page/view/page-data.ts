/** What a page is made of: what the program writes into it, and its script reads. Texts are printable already. */
import type { Status } from '../../model.js';

/** Rows that did not succeed for one reason. */
export interface PageFailure {
  readonly status: Status;
  readonly rows: number;
  readonly errorCode: string;
  readonly message: string;
  /** Lines of the input of the first few. */
  readonly lines: readonly number[];
  readonly hint?: string;
}

/** A stretch of time in which the run worked. */
export interface SeriesPoint {
  /** Epoch ms at which it ended, and how many seconds it lasted. */
  readonly at: number;
  readonly seconds: number;
  /** Rows that came to their end in it, and those of them that did not succeed. */
  readonly done: number;
  readonly failed: number;
  readonly throttled: number;
  /** ms; null if no answer came in it. */
  readonly p50: number | null;
  readonly p95: number | null;
  /** Rows/s that the pace allowed, and the limit that was found; null if that is not known. */
  readonly rate: number | null;
  readonly limit: number | null;
}

/** A name and what it stands for. */
export type Fact = readonly [name: string, value: string];

/** Which rows the table has. */
export interface TableScope {
  /** `all` rows that have their outcome, or those that did not `succeed`. */
  readonly kind: 'all' | 'failed';
  /** Rows of that kind that the page has no room for. */
  readonly leftOut: number;
  /** The file that has them all. */
  readonly file: string;
}

/** A run. Times are ISO 8601 UTC. */
export interface RunPage {
  readonly kind: 'run';
  readonly version: string;
  /** When the page was made, or the run was looked at. */
  readonly madeAt: string;
  /** Such as `update of users.csv`. */
  readonly title: string;
  readonly state: 'running' | 'paused' | 'unknown' | 'stopped' | 'ended';
  readonly networkId: string;
  readonly startedAt: string;
  readonly finishedAt?: string;
  readonly rows: number;
  readonly done: number;
  readonly statuses: Readonly<Record<Status, number>>;
  readonly attempts: number;
  readonly throttled: number;
  readonly rowsPerSecond: number;
  readonly secondsLeft?: number;
  readonly workedSeconds?: number;
  readonly stopped?: { readonly message: string; readonly hint: string };
  /** What has to be known before anything else, such as that it was the wrong network. */
  readonly notes: readonly string[];
  readonly failures: readonly PageFailure[];
  /** Rows that did not succeed for other reasons. */
  readonly otherFailures: number;
  /** How many rows took how many requests. */
  readonly attemptsPerRow: readonly (readonly [attempts: number, rows: number])[];
  readonly series: readonly SeriesPoint[];
  readonly table: TableScope;
  readonly asked: readonly Fact[];
  /** The command line that started it, as far as its record tells. */
  readonly command: string;
  readonly files: readonly Fact[];
  /** What to do next, as lines. */
  readonly next: readonly string[];
}

/** A plan. */
export interface PlanPage {
  readonly kind: 'plan';
  readonly version: string;
  readonly madeAt: string;
  readonly title: string;
  readonly networkId: string;
  readonly changes: number;
  /** How many users would change what. */
  readonly counts: readonly (readonly [what: string, users: number])[];
  /** Users who would leave each security group, the largest first. */
  readonly leavers: readonly (readonly [group: string, users: number])[];
  readonly hasValues: boolean;
  readonly table: { readonly leftOut: number; readonly file: string };
  readonly asked: readonly Fact[];
  readonly next: readonly string[];
}

export type PageData = RunPage | PlanPage;
