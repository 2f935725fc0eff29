/** A machine, its disk, a clock and a network of users, in which processes of the program live one after the other. */
import { syncBuiltinESMExports } from 'node:module';
import process from 'node:process';
import { Random } from '../../src/emulator/network/seeded-random.js';
import { type EmulatorOptions, parseOptions } from '../../src/emulator/options.js';
import { Service } from '../../src/emulator/service.js';
import type { UserDetails } from '../../src/wire-types.js';
import { Clock, settled } from './clock.js';
import { Disk, type Fate } from './disk.js';
import { History } from './history.js';
import { Wire } from './wire.js';

/** What happens in a process: the nth of a kind is a moment at which something can be done to it. */
export type Happening = 'file' | 'sending' | 'sent' | 'handled' | 'answered';

/** A moment of a process: the nth happening of a kind, or a time in ms after its start. */
export type Moment =
  | { readonly kind: Happening; readonly nth: number }
  | { readonly kind: 'time'; readonly ms: number };

/** What is done to a process, and when. `how` is about a moment at a file. */
export interface Blow {
  readonly moment: Moment;
  readonly how: 'killed before' | 'killed after' | 'torn' | 'stop';
}

/** How a process ended. */
export type End<T> =
  | { readonly kind: 'done'; readonly result: T }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'killed' };

/** A life that has been lived. */
export interface Life {
  readonly from: number;
  to: number;
  /** Requests of any kind that it has sent. */
  requests: number;
}

export interface WorldOptions extends EmulatorOptions {
  readonly seed: number;
  /** ms that a request travels at the most, and after which the process waits no longer for its answer. */
  readonly travel: number;
  readonly timeout: number;
}

/** ms of a process's life: none takes longer. */
const LONGEST_LIFE = 4 * 3_600_000;
/** Higher than any real process's number. */
const FIRST_PID = 10_000_000;

const own = { pid: process.pid, kill: process.kill, random: Math.random };

export class World {
  readonly clock = new Clock();
  readonly disk = new Disk();
  readonly service: Service;
  readonly history: History;
  readonly lives: Life[] = [];
  readonly random: Random;
  readonly networkId: string;
  readonly region: string;
  readonly #wire: Wire;
  readonly #counts = new Map<Happening, number>();
  #blow: Blow | undefined;
  #stop: (() => void) | undefined;
  #isDead = true;
  /** What others do, by the number of requests that the service has handled. */
  readonly #deeds = new Map<number, (() => void)[]>();
  #handled = 0;

  constructor({ travel, timeout, ...options }: WorldOptions) {
    const settings = parseOptions({ ...options, now: () => this.clock.trueTime });
    this.service = new Service(settings);
    this.networkId = settings.networkId;
    this.region = settings.region;
    this.random = new Random(options.seed, 'world');
    this.history = new History(this.service.network);
    const wire = new Random(options.seed, 'wire');
    this.#wire = new Wire(
      this.clock,
      this.service,
      wire,
      { longest: travel, timeout },
      {
        sending: () => this.#happens('sending'),
        sent: () => this.#happens('sent'),
        handled: (requestId, sentAt) => this.#handle(requestId, sentAt),
        answered: () => this.#happens('answered'),
      },
    );
  }

  /** Does something once the service has handled so many more requests. */
  afterRequests(count: number, deed: () => void): void {
    const at = this.#handled + count;
    this.#deeds.set(at, [...(this.#deeds.get(at) ?? []), deed]);
  }

  /** What another administrator does. */
  others(deed: () => void): void {
    deed();
    this.history.take(this.clock.now, undefined);
  }

  install(): void {
    const chance = new Random(this.random.word(), 'program');
    Math.random = () => chance.share();
    process.kill = (pid: number) => {
      if (pid === process.pid) return true;
      throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH', syscall: 'kill' });
    };
    this.clock.install();
    this.disk.install();
    this.#wire.install();
  }

  uninstall(): void {
    this.disk.release();
    this.#wire.uninstall();
    this.disk.uninstall();
    this.clock.uninstall();
    Math.random = own.random;
    process.kill = own.kill;
    setPid(own.pid);
  }

  /**
   * A process from its start to its end.
   *
   * @param main what it does; it is given what stands for Ctrl-C
   */
  async live<T>(
    main: (onStop: (stop: () => void) => void) => Promise<T>,
    blow: Blow | undefined,
  ): Promise<End<T>> {
    this.#begin(blow);
    let end: End<T> | undefined;
    const life = { from: this.clock.now, to: Number.POSITIVE_INFINITY, requests: 0 };
    this.lives.push(life);
    try {
      main((stop) => {
        this.#stop = stop;
      }).then(
        (result) => {
          end ??= { kind: 'done', result };
        },
        (error: unknown) => {
          end ??= { kind: 'failed', error };
        },
      );
      await this.clock.until(() => end !== undefined || this.#isDead, LONGEST_LIFE);
      return this.#isDead ? { kind: 'killed' } : (end as End<T>);
    } finally {
      this.kill();
      // What was still going on in it comes to a stand.
      await settled();
      await settled();
      this.disk.release();
      life.to = this.clock.now;
    }
  }

  /** Time goes by without a process of the program. */
  async pass(ms: number): Promise<void> {
    let isOver = false;
    this.clock.after(ms, () => {
      isOver = true;
    });
    await this.clock.until(() => isOver, ms + 1);
  }

  kill(): void {
    this.#isDead = true;
    this.clock.die();
    this.disk.isDead = true;
    this.#wire.forget();
  }

  #begin(blow: Blow | undefined): void {
    setPid(FIRST_PID + this.lives.length);
    this.#isDead = false;
    this.#blow = blow;
    this.#stop = undefined;
    this.#counts.clear();
    this.clock.revive();
    this.disk.isDead = false;
    this.disk.begin({
      onCall: () => this.#call(),
      kill: () => this.kill(),
      flush: () => this.clock.wait(this.random.share() * 8),
    });
    if (blow?.moment.kind === 'time') {
      const number = this.lives.length;
      this.clock.after(blow.moment.ms, () => {
        if (this.lives.length === number + 1) this.#strike();
      });
    }
  }

  #call(): Fate {
    if (!this.#isDue('file')) return 'done';
    const how = this.#blow?.how ?? 'stop';
    if (how !== 'stop') return how;
    this.#strike();
    return 'done';
  }

  #happens(kind: Happening): void {
    const life = this.lives.at(-1);
    if (kind === 'sent' && life) life.requests += 1;
    if (!this.#isDead && this.#isDue(kind)) this.#strike();
  }

  /** Counts a happening; whether the blow falls on it. */
  #isDue(kind: Happening): boolean {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const moment = this.#blow?.moment;
    return moment?.kind === kind && moment.nth === count;
  }

  #strike(): void {
    if (this.#isDead) return;
    if (this.#blow?.how === 'stop') this.#stop?.();
    else this.kill();
  }

  #handle(requestId: string, sentAt: number): void {
    const request = this.service.journal.requests.findLast((each) => each.requestId === requestId);
    const { now } = this.clock;
    const details = (request?.body as { userDetails?: UserDetails } | undefined)?.userDetails ?? {};
    const by = request?.applied ? { life: this.lives.length, sentAt, details } : undefined;
    this.history.take(now, by);
    this.#happens('handled');
    this.#handled += 1;
    for (const deed of this.#deeds.get(this.#handled) ?? []) this.others(deed);
  }
}

function setPid(pid: number): void {
  Object.defineProperty(process, 'pid', { value: pid, configurable: true, enumerable: true, writable: true });
  syncBuiltinESMExports();
}
