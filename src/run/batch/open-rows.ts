/** Counts the rows that have started and not ended, and holds the caller back while as many are open as may be. */
export class OpenRows {
  private open = 0;
  private error: unknown;
  private wake = () => {};
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  /** Counts a row until its task ends. */
  start(task: Promise<void>): void {
    this.open += 1;
    task.then(this.ended, (error: unknown) => {
      this.error ??= error;
      this.ended();
    });
  }

  get isFull(): boolean {
    return this.open >= this.most;
  }

  /** Resolves as soon as another row may be started. Rejects with what an earlier row's task threw. */
  hasRoom(): Promise<void> {
    return this.until(() => !this.isFull);
  }

  /** Resolves when no row is open. Rejects with what a row's task threw. */
  allEnded(): Promise<void> {
    return this.until(() => this.open === 0);
  }

  private readonly ended = () => {
    this.open -= 1;
    this.wake();
  };

  private async until(reached: () => boolean): Promise<void> {
    while (!reached()) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (this.error !== undefined) throw this.error;
  }
}
