/** The emulator's pending timers, so that all of them end with it. */
export class Timers {
  readonly #pending = new Set<NodeJS.Timeout>();

  /** Calls `then` after `ms`, unless `clear` comes first. */
  after(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.#pending.delete(timer);
      then();
    }, ms);
    this.#pending.add(timer);
  }

  clear(): void {
    for (const timer of this.#pending) clearTimeout(timer);
    this.#pending.clear();
  }
}
