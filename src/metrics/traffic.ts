/** What goes to the service and comes back, counted: no clock and no timer, and next to no cost for a request. */
import { LatencyHistogram } from './latency.js';

/** A request that has ended. */
export interface EndedRequest {
  /** `failed`: no answer, a senseless one, or refused credentials. A final no is `accepted`: the service took the request. */
  readonly result: 'accepted' | 'throttled' | 'failed';
  readonly isRetry: boolean;
  /** Whether it changes nobody. */
  readonly isRead: boolean;
  readonly ms: number;
}

/** What was counted in one interval. */
export interface Interval {
  readonly requests: number;
  readonly accepted: number;
  readonly throttled: number;
  readonly retried: number;
  readonly reads: number;
  /** ms; null if no request has ended. */
  readonly latency: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  /** Requests that were sent and have not ended by the interval's end. */
  readonly inFlight: number;
  /** Whether nothing was sent in it and nothing was in flight. */
  readonly isIdle: boolean;
}

const nothing = () => ({ requests: 0, accepted: 0, throttled: 0, retried: 0, reads: 0 });

export class Traffic {
  #counts = nothing();
  #inFlight = 0;
  #wasInFlight = 0;
  #sent = 0;
  readonly #latency = new LatencyHistogram();

  sent(): void {
    this.#sent += 1;
    this.#inFlight += 1;
  }

  ended({ result, isRetry, isRead, ms }: EndedRequest): void {
    this.#inFlight -= 1;
    const counts = this.#counts;
    counts.requests += 1;
    if (result !== 'failed') counts[result] += 1;
    if (isRetry) counts.retried += 1;
    if (isRead) counts.reads += 1;
    this.#latency.add(ms);
  }

  /** What was counted since the last call; the next interval begins. */
  take(): Interval {
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => this.#latency.quantile(share));
    const has = p50 !== undefined && p95 !== undefined && p99 !== undefined;
    const interval = {
      ...this.#counts,
      latency: has ? { p50, p95, p99 } : null,
      inFlight: this.#inFlight,
      isIdle: this.#sent === 0 && this.#wasInFlight === 0,
    };
    this.#counts = nothing();
    this.#sent = 0;
    this.#wasInFlight = this.#inFlight;
    this.#latency.clear();
    return interval;
  }
}
