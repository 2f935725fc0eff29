/** How many requests are let through. Pure state: every call passes the time, in ms on a clock that never goes back. */

export interface Limiter {
  /** Whether a request that arrives now is let through. */
  take(at: number): boolean;
  /** Sets the rate, in requests/s, and the bucket's capacity. Without a rate every request is let through. */
  change(at: number, rate: number | undefined, burst: number | undefined): void;
  /** ms that the request that was let through last has to wait. */
  readonly delay?: number;
  /** The request that was let through last is answered at that time. */
  ends?(at: number): void;
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

/** Lets so many requests be under way at once, whatever their number in a second. */
export class AtOnce implements Limiter {
  #most: number | undefined;
  #ends: number[] = [];

  change(_at: number, rate: number | undefined): void {
    this.#most = rate;
  }

  take(at: number): boolean {
    this.#ends = this.#ends.filter((end) => end > at);
    return this.#ends.length + 1 <= (this.#most ?? Number.POSITIVE_INFINITY);
  }

  ends(at: number): void {
    this.#ends.push(at);
  }
}

/** Refuses nothing: what comes before the bucket has a token waits for it. */
export class Queue implements Limiter {
  #rate: number | undefined;
  #burst = 0;
  /** When the bucket has a token for the next request. */
  #free = Number.NEGATIVE_INFINITY;
  delay = 0;

  change(_at: number, rate: number | undefined, burst: number | undefined): void {
    this.#rate = rate;
    this.#burst = burst ?? Math.max(1, rate ?? 1);
  }

  take(at: number): boolean {
    if (this.#rate === undefined) return true;
    const token = 1000 / this.#rate;
    this.#free = Math.max(this.#free, at - (this.#burst - 1) * token);
    this.delay = Math.max(0, this.#free - at);
    this.#free += token;
    return true;
  }
}

/** A limiter for all requests, or one for those of each operation. */
export class ScopedLimiter {
  readonly #make: () => Limiter;
  readonly #isShared: boolean;
  readonly #limiters = new Map<string, Limiter>();
  /** Sets the limit of a limiter that is made later, by operation; that of `''` is for all others. */
  readonly #limits = new Map<string, (limiter: Limiter) => void>();

  constructor(scope: RateScope, make: () => Limiter) {
    this.#isShared = scope === 'all';
    this.#make = make;
  }

  /** The limiter that counts the requests of an operation. */
  of(operation: string): Limiter {
    const name = this.#isShared ? '' : operation;
    const known = this.#limiters.get(name);
    if (known) return known;
    const limiter = this.#make();
    (this.#limits.get(name) ?? this.#limits.get(''))?.(limiter);
    this.#limiters.set(name, limiter);
    return limiter;
  }

  /** Sets a limit for one operation, or for all; see `Limiter`. */
  change(at: number, rate: number | undefined, burst: number | undefined, operation = ''): void {
    const set = (limiter: Limiter) => limiter.change(at, rate, burst);
    if (operation === '') this.#limits.clear();
    this.#limits.set(operation, set);
    for (const [name, limiter] of this.#limiters) if (operation === '' || name === operation) set(limiter);
  }
}

/** What a limit counts: the requests of each operation by themselves, or all requests together. */
export const SCOPES = ['all', 'operation'] as const;
export type RateScope = (typeof SCOPES)[number];

/** How a service counts: in a bucket, or in windows of the clock or any, on one machine or on several; or otherwise. */
export const LIMITERS = ['bucket', 'window', 'minute', 'sliding', 'shards', 'at-once', 'queue'] as const;
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
    case 'at-once':
      return new AtOnce();
    case 'queue':
      return new Queue();
  }
}

/** The least rate (requests/s) that lets a request through at all. */
export const leastRate = (kind: LimiterKind): number => {
  if (kind === 'window' || kind === 'sliding' || kind === 'at-once') return 1;
  return kind === 'minute' ? 1 / 60 : Number.MIN_VALUE;
};
