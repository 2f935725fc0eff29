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

/** Lets `rate` requests through in each second of the clock. A rejected request costs nothing. */
export class FixedWindow implements Limiter {
  #rate: number | undefined;
  #second = 0;
  #used = 0;

  change(_at: number, rate: number | undefined): void {
    this.#rate = rate;
  }

  take(at: number): boolean {
    if (this.#rate === undefined) return true;
    const second = Math.floor(at / 1000);
    if (second > this.#second) {
      this.#second = second;
      this.#used = 0;
    }
    if (this.#used + 1 > this.#rate) return false;
    this.#used += 1;
    return true;
  }
}
