/** How the runs that share a rate reach each other. Types only. */
import type { WickrBulkError } from '../../errors.js';
import type { Decision, Demand, Report } from './report.js';

/** What a run says. */
export interface Outgoing {
  /** Requests/s that it can use. */
  readonly demand: number;
  readonly report: Report;
  /** What it has decided, and the number of the term for which it may. */
  readonly decided?: { readonly term: number; readonly decision: Decision };
}

/** What it is told. */
export interface Incoming {
  /** ms on the clock that all share. */
  readonly now: number;
  /** If this run decides: the number of its term. */
  readonly term: number | undefined;
  /** The last one, by whomever. */
  readonly decision: Decision | undefined;
  /** Of all runs that take part; for the one that decides. */
  readonly demands: readonly Demand[];
  /** What none has taken yet; likewise. */
  readonly reports: readonly Report[];
}

export interface Mailbox {
  /** Rejects if it cannot be reached. */
  exchange(outgoing: Outgoing): Promise<Incoming>;
  /** What a rejection means, for a person. */
  errorOf(cause: unknown): WickrBulkError;
  /** Takes leave of the others. */
  close(): Promise<void>;
}
