/** The way to the service and back, without sockets: requests go to the emulator's own request handling. */
import { type Dispatcher, Pool } from 'undici';
import { type Delivery, headersOf } from '../../src/emulator/faults/delivery.js';
import type { Random } from '../../src/emulator/network/seeded-random.js';
import type { Service } from '../../src/emulator/service.js';
import type { Clock } from './clock.js';

/** What is told of requests on their way. */
export interface WireWatch {
  /** A request is about to leave the process, and has left it. */
  sending(): void;
  sent(): void;
  /** The service has done with it. @param sentAt ms, when it left the process */
  handled(requestId: string, sentAt: number): void;
  /** An answer reaches the process. */
  answered(): void;
}

const own = { dispatch: Pool.prototype.dispatch, destroy: Pool.prototype.destroy };

/** A request of the process that waits for its answer. */
interface Exchange {
  readonly pool: unknown;
  readonly handler: Dispatcher.DispatchHandler;
}

export class Wire {
  readonly #clock: Clock;
  readonly #service: Service;
  readonly #random: Random;
  readonly #watch: WireWatch;
  readonly #longest: number;
  readonly #timeout: number;
  readonly #open = new Set<Exchange>();

  /**
   * @param longest ms that a request or an answer travels at the most
   * @param timeout ms after which the process no longer waits for an answer
   */
  constructor(
    clock: Clock,
    service: Service,
    random: Random,
    { longest, timeout }: { readonly longest: number; readonly timeout: number },
    watch: WireWatch,
  ) {
    this.#clock = clock;
    this.#service = service;
    this.#random = random;
    this.#longest = longest;
    this.#timeout = timeout;
    this.#watch = watch;
  }

  /** The process has died: what it has sent arrives all the same, and nobody hears the answers. */
  forget(): void {
    this.#open.clear();
  }

  install(): void {
    const wire = this;
    Pool.prototype.dispatch = function (this: Pool, options: Dispatcher.DispatchOptions, handler) {
      wire.#dispatch(this, options, handler);
      return true;
    } as typeof own.dispatch;
    Pool.prototype.destroy = async function (this: Pool) {
      wire.#end(this, 'UND_ERR_DESTROYED');
    } as typeof own.destroy;
  }

  uninstall(): void {
    Object.assign(Pool.prototype, own);
  }

  #dispatch(pool: Pool, options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    const exchange = { pool, handler };
    this.#open.add(exchange);
    this.#watch.sending();
    // Killed at that moment.
    if (!this.#open.has(exchange)) return;
    const sentAt = this.#clock.now;
    this.#clock.after(this.#timeout, () => this.#fail(exchange, 'UND_ERR_HEADERS_TIMEOUT'));
    this.#clock.after(this.#travel(), () => {
      const delivery = this.#handle(options);
      this.#watch.handled(delivery.requestId, sentAt);
      this.#clock.after(delivery.wait + this.#travel(), () => this.#deliver(exchange, delivery));
    });
    this.#watch.sent();
  }

  #travel(): number {
    return this.#random.share() * this.#longest;
  }

  #handle({ method, path, headers, body }: Dispatcher.DispatchOptions): Delivery {
    const arrival = this.#service.arrive(method, path);
    const rawHeaders = Object.entries(headers as Record<string, string>).flat();
    const bytes = Buffer.from((body as string | null) ?? '');
    return this.#service.handle(arrival, { method, target: path, rawHeaders }, bytes);
  }

  #deliver(exchange: Exchange, delivery: Delivery): void {
    const { fault, answer } = delivery;
    if (fault === 'hang') return;
    const code = fault?.startsWith('reset') ? 'ECONNRESET' : fault === 'half' ? 'UND_ERR_SOCKET' : undefined;
    if (code !== undefined) this.#fail(exchange, code);
    if (!this.#open.delete(exchange)) return;
    this.#watch.answered();
    const { handler } = exchange;
    handler.onResponseStart?.(controller, answer.status, headersOf(delivery));
    if (answer.body !== '') handler.onResponseData?.(controller, Buffer.from(answer.body));
    handler.onResponseEnd?.(controller, {});
  }

  #fail(exchange: Exchange, code: string): void {
    if (!this.#open.delete(exchange)) return;
    exchange.handler.onResponseError?.(controller, Object.assign(new Error(code), { code }));
  }

  #end(pool: Pool, code: string): void {
    for (const exchange of [...this.#open]) if (exchange.pool === pool) this.#fail(exchange, code);
  }
}

/** Nobody aborts an exchange whose answers are whole and small. */
const controller = { abort() {}, pause() {}, resume() {} } as unknown as Dispatcher.DispatchController;
