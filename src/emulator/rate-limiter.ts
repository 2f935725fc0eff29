/** How many requests are let through. Pure state: every call passes the time, in ms on a clock that never goes back. */

export interface Limiter {
  /** Whether a request that arrives now is let through. */
  take(at: number): boolean;
  /** Sets the rate, in requests/s, and the bucket's capacity. Without a rate every request is let through. */
  change(at: number, rate: number | undefined, burst: number | undefined): void;
}

/** Refills steadily up to `burst`; a request costs one token. */
export class TokenBucket implements Limiter {
  readonly #chargeRejected: boolean;
  #rate: number | undefined;
  #capacity = 0;
  #tokens = Number.POSITIVE_INFINITY;
  #filledAt = 0;

  constructor(chargeRejected: boolean) {
    this.#chargeRejected = chargeRejected;
  }

  change(at: number, rate: number | undefined, burst: number | undefined): void {
    this.#fill(at);
    this.#rate = rate;
    this.#capacity = rate === undefined ? Number.POSITIVE_INFINITY : (burst ?? Math.max(1, rate));
    // The bucket keeps what it holds; after "no limit" it starts full.
    this.#tokens = Math.min(this.#tokens, this.#capacity);
  }

  take(at: number): boolean {
    if (this.#rate === undefined) return true;
    this.#fill(at);
    // Many small refills can add up to slightly less than one token.
    if (this.#tokens >= 1 - 1e-9) {
      this.#tokens -= 1;
      return true;
    }
    if (this.#chargeRejected) this.#tokens = 0;
    return false;
  }

  #fill(at: number): void {
    const elapsed = Math.max(0, at - this.#filledAt);
    this.#filledAt = Math.max(at, this.#filledAt);
    if (this.#rate === undefined) this.#tokens = Number.POSITIVE_INFINITY;
    else this.#tokens = Math.min(this.#capacity, this.#tokens + (elapsed * this.#rate) / 1000);
  }
}

/** Lets a window's worth of requests through in each window of the clock. A rejected request costs nothing. */
export class FixedWindow implements Limiter {
  readonly #length: number;
  #rate: number | undefined;
  #window = 0;
  #used = 0;

  /** @param length of a window, in ms */
  constructor(length: number) {
    this.#length = length;
  }

  change(_at: number, rate: number | undefined): void {
    this.#rate = rate;
  }

  take(at: number): boolean {
    if (this.#rate === undefined) return true;
    const window = Math.floor(at / this.#length);
    if (window > this.#window) {
      this.#window = window;
      this.#used = 0;
    }
    if (this.#used + 1 > (this.#rate * this.#length) / 1000) return false;
    this.#used += 1;
    return true;
  }
}

/** Lets `rate` requests through within any second. A rejected request costs nothing. */
export class SlidingWindow implements Limiter {
  #rate: number | undefined;
  readonly #passed: number[] = [];

  change(_at: number, rate: number | undefined): void {
    this.#rate = rate;
  }

  take(at: number): boolean {
    if (this.#rate === undefined) return true;
    while ((this.#passed[0] ?? at) <= at - 1000) this.#passed.shift();
    if (this.#passed.length + 1 > this.#rate) return false;
    this.#passed.push(at);
    return true;
  }
}

/** Several machines, each with a bucket of its own and an even part of the rate; chance decides which one gets a request. */
export class Shards implements Limiter {
  readonly #shards: readonly TokenBucket[];
  readonly #share: () => number;

  /** @param share from 0 up to, not including, 1 */
  constructor(machines: number, chargeRejected: boolean, share: () => number) {
    this.#shards = Array.from({ length: machines }, () => new TokenBucket(chargeRejected));
    this.#share = share;
  }

  change(at: number, rate: number | undefined, burst: number | undefined): void {
    const machines = this.#shards.length;
    const part = burst === undefined ? undefined : Math.max(1, burst / machines);
    for (const shard of this.#shards)
      shard.change(at, rate === undefined ? undefined : rate / machines, part);
  }

  take(at: number): boolean {
    return this.#shards[Math.floor(this.#share() * this.#shards.length)]?.take(at) ?? false;
  }
}

/** How a service counts: in a bucket, or in windows of the clock or any, on one machine or on several. */
export const LIMITERS = ['bucket', 'window', 'minute', 'sliding', 'shards'] as const;
export type LimiterKind = (typeof LIMITERS)[number];

/** Machines of a sharded service. */
const MACHINES = 4;

/** @param share from 0 up to, not including, 1 */
export function limiterOf(kind: LimiterKind, chargeRejected: boolean, share: () => number): Limiter {
  switch (kind) {
    case 'bucket':
      return new TokenBucket(chargeRejected);
    case 'window':
      return new FixedWindow(1000);
    case 'minute':
      return new FixedWindow(60_000);
    case 'sliding':
      return new SlidingWindow();
    case 'shards':
      return new Shards(MACHINES, chargeRejected, share);
  }
}

/** The least rate (requests/s) that lets a request through at all. */
export const leastRate = (kind: LimiterKind): number => {
  if (kind === 'window' || kind === 'sliding') return 1;
  return kind === 'minute' ? 1 / 60 : Number.MIN_VALUE;
};
