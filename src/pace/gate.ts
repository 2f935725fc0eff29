import { setTimeout as sleep } from 'node:timers/promises';
import type { EndedRequest, Outage } from './outage.js';

/** ms; Node's timers take no more. */
const LONGEST_SLEEP = 2 ** 31 - 1;

/** The place of some permits in the order under the cap, and the time (ms) from which they may be granted. */
interface Place {
  at: number;
  readonly permits: number;
}

/**
 * What all requests of a run have in common, whatever their limiter: they are held back while the run is paused or the
 * service is down, they end with the run, and a cap on the rate is one for all of them.
 */
export class Gate {
  readonly #outage: Outage;
  readonly #sleepers = new Set<AbortController>();
  /** Permits/s over all limiters. */
  #most: number;
  /** When the next permits may go without exceeding that, and the places of those that wait, in order. */
  #next = 0;
  readonly #places = new Set<Place>();
  /** Since when permits are held back, as far as the outage has been told. */
  #heldSince: number | undefined;
  #isStopped = false;

  /** @param outage is told of every request, by this gate alone */
  constructor(outage: Outage, most = Number.POSITIVE_INFINITY) {
    this.#outage = outage;
    this.#most = most;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Whether single requests probe a service that is down. */
  get isDown(): boolean {
    return this.#outage.isOn;
  }

  /** ms for which no permit may be granted; Infinity until somebody wakes the sleepers. */
  get holdLeft(): number {
    return this.#heldSince === undefined
      ? this.#outage.holdUntil - performance.now()
      : Number.POSITIVE_INFINITY;
  }

  /** Permits/s over all limiters from now on. */
  cap(most: number): void {
    this.#most = most;
    // Whoever has a place under a lower cap need not wait for it.
    let next = performance.now() + 1000 / most;
    for (const place of this.#places) {
      place.at = Math.min(place.at, next);
      next = place.at + (1000 * place.permits) / most;
    }
    this.#next = Math.min(this.#next, next);
    this.wake();
  }

  /** Takes the place of so many permits, at `at` (ms) or later, and waits for it. Resolves to its time. */
  async takePlace(at: number, permits: number): Promise<number> {
    const place = { at: Math.max(at, this.#next), permits };
    this.#next = place.at + (1000 * permits) / this.#most;
    this.#places.add(place);
    await this.waitFor(() => place.at - performance.now());
    this.#places.delete(place);
    return place.at;
  }

  /** A request goes out. */
  sent(): void {
    this.#outage.sent();
  }

  /** A request has ended. */
  ended(request: EndedRequest): void {
    this.#tellOutage();
    const wasOn = this.#outage.isOn;
    this.#outage.ended(request);
    if (wasOn) this.wake();
  }

  /** Holds all permits back until it is told not to. The patience with an outage does not run out meanwhile. */
  hold(isHeld: boolean): void {
    this.#tellOutage();
    this.#heldSince = isHeld ? (this.#heldSince ?? performance.now()) : undefined;
    if (!isHeld) this.wake();
  }

  stop(): void {
    this.#isStopped = true;
    this.wake();
  }

  /** Waits until `timeLeft` (ms) gives 0, or the run is stopped. */
  async waitFor(timeLeft: () => number): Promise<void> {
    for (let left = timeLeft(); left > 0 && !this.#isStopped; left = timeLeft()) {
      const sleeper = new AbortController();
      this.#sleepers.add(sleeper);
      await sleep(Math.min(left, LONGEST_SLEEP), undefined, { signal: sleeper.signal }).catch(() => {});
      this.#sleepers.delete(sleeper);
    }
  }

  /** Has those who wait look again how long they have to. */
  wake(): void {
    for (const sleeper of this.#sleepers) sleeper.abort();
  }

  #tellOutage(): void {
    if (this.#heldSince === undefined) return;
    const at = performance.now();
    this.#outage.stoodStill(this.#heldSince, at);
    this.#heldSince = at;
  }
}
