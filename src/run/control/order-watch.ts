/** A run's look at its folder for orders of another process. */
import type { Bounds } from '../../pace/limiters.js';
import type { Fence } from '../lock/fence.js';
import { logEvent } from '../options/table/log-events.js';
import type { Logger } from '../options/table/logger.js';
import type { RunFolder } from '../state/run-folder.js';
import { type ControlState, carriedOut, type Order, orderKinds, unsteered } from './order.js';
import { dropControl, takeOrder, writeControl } from './order-files.js';

/** What can be done with a run that goes on. */
export interface Steered {
  stop(): void;
  pause(isPaused: boolean): void;
  tune(bounds: Bounds): void;
}

/** ms from one look to the next. */
const LOOK = 1000;

/** Obeys orders from when it is made until it is closed. */
export class OrderWatch {
  readonly #folder: RunFolder;
  readonly #fence: Fence;
  readonly #steered: Steered;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #state: ControlState;
  #hasSpoken = false;
  #looking: Promise<void> | undefined;

  /** @param fence of the run's lock: orders are for its owner */
  constructor(folder: RunFolder, fence: Fence, steered: Steered, logger: Logger) {
    this.#folder = folder;
    this.#fence = fence;
    this.#steered = steered;
    this.#logger = logger;
    this.#state = unsteered(fence.id);
    this.#timer = setInterval(() => this.#lookAgain(), LOOK).unref();
  }

  get isPaused(): boolean {
    return this.#state.isPaused;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    if (this.#hasSpoken) await dropControl(this.#folder).catch(() => {});
  }

  #lookAgain(): void {
    this.#looking ??= this.#look()
      // The run goes on without being steered; whatever is wrong with its folder is told elsewhere.
      .catch((error: unknown) => logEvent(this.#logger, 'orders cannot be read', { reason: String(error) }))
      .finally(() => {
        this.#looking = undefined;
      });
  }

  async #look(): Promise<void> {
    for (const kind of orderKinds) {
      // Orders in the folder of a run that was taken over are not this process's.
      if (this.#fence.lost) return;
      const order = await takeOrder(this.#folder, kind);
      if (order?.to !== this.#fence.id) continue;
      this.#carryOut(order);
      this.#hasSpoken = true;
      await writeControl(this.#folder, this.#state);
    }
  }

  #carryOut(order: Order): void {
    const before = this.#state;
    this.#state = carriedOut(before, order, new Date().toISOString());
    const { id: _, to: __, ...told } = order;
    logEvent(this.#logger, 'order', told);
    if (order.kind === 'stop') this.#steered.stop();
    else if (order.kind === 'tune') this.#steered.tune(order);
    else if (order.isPaused !== before.isPaused) this.#steered.pause(order.isPaused);
  }
}
