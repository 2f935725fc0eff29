import { Gate } from './gate.js';
import { LeasingLimiter, type Limiter } from './limiter.js';
import type { Outage } from './outage.js';
import type { RateOptions } from './rate/rate-controller.js';

/** What requests do. */
export type RequestKind = 'reads' | 'writes';
/** What one limit of the service counts: the reads and the writes each, or all requests together. */
export type RateScope = 'operation' | 'all';

/** Bounds that can be set anew while a run goes on. */
export interface Bounds {
  /** Permits/s that are never exceeded, over all requests. */
  readonly maxRate?: number;
  /** Most rows in flight, but never more than the limiters were made for. */
  readonly concurrency?: number;
}

/** What stands before the requests of a run: a limiter each for reads and writes, or one for both. */
export interface Limiters {
  of(kind: RequestKind): Limiter;
  /** Holds all permits back until it is told not to. The patience with an outage does not run out meanwhile. */
  hold(isHeld: boolean): void;
  /** Sets bounds anew; what is not named stays as it is. */
  tune(bounds: Bounds): void;
  /** Grants no more permits, and ends all waits for one. */
  stop(): void;
  /** Rows to have in flight at present: as many as the rates need with the latencies seen. */
  readonly rowsInFlight: number;
}

/** ms; a limiter that has granted no permit for so long needs no rows in flight. */
const LATELY = 1000;

/**
 * @param options a fixed rate and a bound are for all requests together, whatever the scope; `start` is for those that
 *   it names, and for the others as long as nothing better is known of them
 * @param mostInFlight most rows in flight
 * @param outage is told of every request, by these limiters alone
 */
export function createLimiters(
  scope: RateScope,
  options: Omit<RateOptions, 'start'> & { readonly start?: Readonly<Partial<Record<RequestKind, number>>> },
  mostInFlight: number,
  outage: Outage,
): Limiters {
  const { start = {}, ...rate } = options;
  const fixed = rate.fixed ?? Number.POSITIVE_INFINITY;
  const gate = new Gate(outage, Math.min(fixed, rate.max ?? Number.POSITIVE_INFINITY));
  const limiterFor = (known: number | undefined, elsewhere: () => number | undefined = () => undefined) =>
    new LeasingLimiter({ ...rate, start: known }, mostInFlight, gate, elsewhere);
  const writes: LeasingLimiter =
    scope === 'all'
      ? limiterFor(start.writes ?? start.reads)
      : limiterFor(start.writes, () => reads.found ?? start.reads);
  const reads: LeasingLimiter =
    scope === 'all' ? writes : limiterFor(start.reads, () => writes.found ?? start.writes);
  const all = [...new Set([writes, reads])];
  let mostRows = mostInFlight;
  return {
    of: (kind) => (kind === 'reads' ? reads : writes),
    hold(isHeld) {
      gate.hold(isHeld);
      if (isHeld) for (const limiter of all) limiter.endLease();
    },
    tune({ maxRate, concurrency }) {
      if (maxRate !== undefined) {
        gate.cap(Math.min(fixed, maxRate));
        for (const limiter of all) limiter.cap(maxRate);
      }
      if (concurrency !== undefined) mostRows = Math.min(concurrency, mostInFlight);
    },
    stop() {
      if (gate.isStopped) return;
      gate.stop();
      for (const limiter of all) limiter.stop();
    },
    get rowsInFlight() {
      const since = performance.now() - LATELY;
      const used = all.filter(({ grantedAt }) => grantedAt >= since);
      const rows = (used.length > 0 ? used : [writes]).reduce((sum, each) => sum + each.rowsInFlight, 0);
      return Math.min(mostRows, rows);
    },
  };
}
