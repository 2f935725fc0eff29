/** What a run tells its caller while it goes on. Types only. */

/** What stands when a canary has gone through. */
export interface Canary {
  /** Rows that were sent, each as asked. */
  readonly sent: number;
  /** Rows that would follow, as far as is known before they are read again. */
  readonly left: number;
  readonly signal: AbortSignal;
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
