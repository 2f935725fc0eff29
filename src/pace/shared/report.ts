/** What the runs that share a rate tell each other. Times are ms on the one clock that they share. */

/** How an attempt ended. */
export interface ReportedAnswer {
  readonly at: number;
  /** When the decision was made under which the request was sent. */
  readonly under: number;
  readonly result: 'accepted' | 'throttled' | 'failed';
  /** ms that the service asked to wait. */
  readonly retryAfter?: number;
}

/** What one run did since its last report. */
export interface Report {
  /** When its requests were sent. */
  readonly sent: readonly number[];
  readonly answers: readonly ReportedAnswer[];
  /** ms from when a decision was made until a request went out by it, on average over the answers; 0 without any. */
  readonly lag: number;
}

/** What holds for all of them until the next decision. */
export interface Decision {
  /** Of the last report that it knows of. */
  readonly madeAt: number;
  /** Requests/s of all together. */
  readonly rate: number;
  /** Nobody sends before. */
  readonly holdUntil: number;
  /** Requests/s that the service was last found to accept; undefined until enough has been seen. */
  readonly found?: number;
  /** Of the rate, what each run may use, by its ID: requests/s. */
  readonly shares: Readonly<Record<string, number>>;
}

/** A run that takes part, and how many requests/s it can use; Infinity if more than it has. */
export interface Demand {
  readonly id: string;
  readonly rate: number;
}
