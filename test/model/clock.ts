/**
 * Simulated time for a whole process: timers, immediates, `Date` and `performance.now` follow one clock, which jumps from
 * one timer to the next as soon as nothing else is left to do.
 */
import { syncBuiltinESMExports } from 'node:module';
import timersPromises from 'node:timers/promises';

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate,
  clearImmediate: globalThis.clearImmediate,
  Date: globalThis.Date,
  sleep: timersPromises.setTimeout,
};

/** 2026-01-31T12:00:00Z. */
const START = 1_769_860_800_000;

/** A timer of the simulated process, as Node's own is used. */
class Timer {
  readonly ref = () => this;
  readonly unref = () => this;
  readonly hasRef = () => true;
  readonly clock: Clock;
  at: number;
  readonly every: number | undefined;
  readonly run: () => void;
  /** Whether it is the process's: it ends with it. */
  readonly isOwn: boolean;
  readonly order: number;

  constructor(
    clock: Clock,
    at: number,
    order: number,
    run: () => void,
    isOwn: boolean,
    every: number | undefined,
  ) {
    this.clock = clock;
    this.at = at;
    this.order = order;
    this.run = run;
    this.isOwn = isOwn;
    this.every = every;
  }

  refresh(): this {
    return this;
  }

  [Symbol.dispose](): void {
    this.clock.drop(this);
  }
}

export class Clock {
  /** ms since the story began; never goes back. */
  now = 0;
  /** ms by which the machine's clock is ahead of the true time. */
  skew = 0;
  #timers: Timer[] = [];
  #immediates = new Set<() => void>();
  #order = 0;
  #isDead = false;

  /** The true time, epoch ms: what the service goes by. */
  get trueTime(): number {
    return START + this.now;
  }

  /** Calls `run` after `ms`, whatever becomes of the process. */
  after(ms: number, run: () => void): void {
    this.#add(ms, run, false);
  }

  /** Resolves after `ms` of the process's own time; never if it dies before. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#add(ms, resolve, true));
  }

  /** From here on nothing of the process is woken any more. */
  die(): void {
    this.#isDead = true;
    this.#timers = this.#timers.filter(({ isOwn }) => !isOwn);
    this.#immediates.clear();
  }

  /** Another process begins. */
  revive(): void {
    this.#isDead = false;
  }

  drop(timer: unknown): void {
    this.#timers = this.#timers.filter((each) => each !== timer);
  }

  /**
   * Lets time go by until the condition holds.
   *
   * @param most ms; simulated
   * @throws Error if nothing is left that could make it hold, or the time is over
   */
  async until(reached: () => boolean, most: number): Promise<void> {
    const end = this.now + most;
    for (;;) {
      await settled();
      if (reached()) return;
      const immediates = [...this.#immediates];
      if (immediates.length > 0) {
        for (const run of immediates) if (this.#immediates.delete(run)) run();
        continue;
      }
      const timer = this.#next();
      if (timer === undefined) throw new Error('nothing is left that could go on: a wait without an end');
      if (timer.at > end) throw new Error(`not over after ${most} ms`);
      this.now = Math.max(this.now, timer.at);
      if (timer.every === undefined) this.drop(timer);
      else timer.at = this.now + timer.every;
      timer.run();
    }
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers)
      if (!next || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer;
    return next;
  }

  #add(ms: number, run: () => void, isOwn: boolean, every?: number): Timer {
    const delay = Number.isFinite(ms) && ms > 0 ? ms : 0;
    this.#order += 1;
    const timer = new Timer(this, this.now + delay, this.#order, run, isOwn, every);
    if (!isOwn || !this.#isDead) this.#timers.push(timer);
    return timer;
  }

  /** Puts itself in the place of the machine's clock. */
  install(): void {
    const clear = (timer: unknown) => {
      if (timer instanceof Timer) this.drop(timer);
      else real.clearTimeout(timer as NodeJS.Timeout);
    };
    const wall = () => this.trueTime + this.skew;
    class SimulatedDate extends real.Date {
      constructor(...given: unknown[]) {
        if (given.length === 0) super(wall());
        else super(...(given as [number]));
      }
      static override now(): number {
        return wall();
      }
    }
    Object.assign(globalThis, {
      setTimeout: (run: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) =>
        this.#add(ms, () => run(...given), true),
      setInterval: (run: (...given: unknown[]) => void, ms = 1, ...given: unknown[]) =>
        this.#add(ms, () => run(...given), true, Math.max(1, ms)),
      clearTimeout: clear,
      clearInterval: clear,
      setImmediate: (run: (...given: unknown[]) => void, ...given: unknown[]) => {
        const immediate = () => run(...given);
        if (!this.#isDead) this.#immediates.add(immediate);
        return immediate;
      },
      clearImmediate: (immediate: unknown) => {
        if (typeof immediate === 'function') this.#immediates.delete(immediate as () => void);
        else real.clearImmediate(immediate as NodeJS.Immediate);
      },
      Date: SimulatedDate,
    });
    performance.now = () => this.now;
    timersPromises.setTimeout = this.#sleep as typeof timersPromises.setTimeout;
    syncBuiltinESMExports();
  }

  uninstall(): void {
    const { sleep, ...globals } = real;
    Object.assign(globalThis, globals);
    // The prototype's own is there again.
    Reflect.deleteProperty(performance, 'now');
    timersPromises.setTimeout = sleep;
    syncBuiltinESMExports();
  }

  readonly #sleep = <T>(ms?: number, value?: T, { signal }: { signal?: AbortSignal } = {}): Promise<T> =>
    new Promise((resolve, reject) => {
      const aborted = () => new DOMException('The operation was aborted', 'AbortError');
      if (signal?.aborted) return reject(aborted());
      const onAbort = () => {
        this.drop(timer);
        reject(aborted());
      };
      const timer = this.#add(
        ms ?? 0,
        () => {
          signal?.removeEventListener('abort', onAbort);
          resolve(value as T);
        },
        true,
      );
      signal?.addEventListener('abort', onAbort, { once: true });
    });
}

/** Resolves when every promise that can go on by itself has done so. */
export const settled = (): Promise<void> => new Promise((resolve) => void real.setImmediate(resolve));
