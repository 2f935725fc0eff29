/**
 * The service and the client's shell as a discrete-event model, in simulated time: what the rate controller is
 * proved against. One call of `simulate` is one run; the same scenario and seed give the same run.
 *
 * The shell is modelled as it is built: a job leases as many permits as fit into 20 ms and the next one is timed when
 * it starts (a later change of the rate does not reach it, as with Bottleneck); a hold stops it at once; rows in
 * flight are bounded; a throttled row goes back to the front of the queue.
 */
import { RowsInFlight } from '../../../src/pace/in-flight.js';
import { RateController, type RateOptions } from '../../../src/pace/rate/rate-controller.js';

/** What a service says of one call arriving at `at` (ms). */
export interface Service {
  accepts(at: number): boolean;
  /** ms that the service takes for the call it has just accepted, beside the latency. */
  readonly takes?: () => number;
  /** Sent with a refusal, ms. */
  readonly retryAfter?: number;
}

/** A limit that may change: from each moment (ms) on, this many calls a second. */
export type Limit = readonly { readonly from: number; readonly rate: number }[];

export interface BucketOptions {
  readonly limit: Limit;
  readonly capacity: number;
  /** A refused call takes what is left of a token. */
  readonly chargesRefused?: boolean;
  readonly retryAfter?: number;
}

export function tokenBucket({ limit, capacity, chargesRefused = false, retryAfter }: BucketOptions): Service {
  let tokens = capacity;
  let last = 0;
  let step = 0;
  return {
    ...(retryAfter === undefined ? {} : { retryAfter }),
    accepts(at) {
      for (;;) {
        const next = limit[step + 1];
        const until = next !== undefined && next.from <= at ? next.from : at;
        tokens = Math.min(capacity, tokens + ((until - last) * (limit[step]?.rate ?? 0)) / 1000);
        last = until;
        if (until === at) break;
        step++;
      }
      if (tokens >= 1) {
        tokens -= 1;
        return true;
      }
      if (chargesRefused) tokens = 0;
      return false;
    },
  };
}

/** So many calls in each second of the clock; `offset` shifts the clock against the run. */
export function fixedWindow(rate: number, offset = 0, length = 1000): Service {
  let window = -1;
  let calls = 0;
  return {
    accepts(at) {
      const now = Math.floor((at + offset) / length);
      if (now !== window) {
        window = now;
        calls = 0;
      }
      return ++calls <= (rate * length) / 1000;
    },
  };
}

/** So many calls within any second; refused calls count too if `chargesRefused`. */
export function slidingWindow(rate: number, chargesRefused: boolean): Service {
  const calls: number[] = [];
  let first = 0;
  return {
    accepts(at) {
      while (first < calls.length && (calls[first] ?? 0) <= at - 1000) first++;
      if (first > 10_000) {
        calls.splice(0, first);
        first = 0;
      }
      const accepted = calls.length - first < rate;
      if (accepted || chargesRefused) calls.push(at);
      return accepted;
    },
  };
}

/** What the shell asks of a controller. */
export type Pace = Pick<RateController, 'rate' | 'holdUntil' | 'found' | 'sent' | 'answered'>;

export interface Client {
  readonly rows: number;
  readonly options?: RateOptions;
  /** Another controller than the one of src/pace, to compare it with. */
  readonly pace?: Pace;
  /** ms */
  readonly startsAt?: number;
}

export interface Scenario {
  readonly service: Service;
  readonly clients: readonly Client[];
  readonly seed: number;
  /** ms, there and back. */
  readonly latency?: number;
  /** Share of the latency by which it varies, evenly, to both sides. */
  readonly jitter?: number;
  /** The part of the latency that is on the way to the service. Default: half. */
  readonly there?: number;
  readonly concurrency?: number;
  /** ms; how late a timer fires at most. */
  readonly lateness?: number;
  /** Share of the calls that fail without saying anything of the rate. */
  readonly failing?: number;
  /** Told of each permit job, for looking on. */
  readonly watch?: (at: number, client: number, rate: number) => void;
}

export interface ClientResult {
  /** ms from the start of the run to the last row's answer. */
  readonly endsAt: number;
  readonly requests: number;
  readonly throttled: number;
  readonly mostInFlight: number;
  readonly rate: number;
  readonly found: number | undefined;
  /** Accepted calls by tenth of a second of their arrival. */
  readonly accepted: readonly number[];
}

export const BIN = 100;
const LEASE = 20;

/** Evenly spread over [0, 1); small and the same everywhere (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Moments with a number each, given back earliest first. */
class Agenda {
  readonly times: number[] = [];
  readonly items: number[] = [];

  add(time: number, item: number): void {
    const { times, items } = this;
    let at = times.length;
    times.push(time);
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = times[parent] as number;
      if (above <= time) break;
      times[at] = above;
      items[at] = items[parent] as number;
      at = parent;
    }
    times[at] = time;
    items[at] = item;
  }

  get next(): number {
    return this.times[0] ?? Number.POSITIVE_INFINITY;
  }

  take(): number {
    const { times, items } = this;
    const first = items[0] as number;
    const time = times.pop() as number;
    const item = items.pop() as number;
    const size = times.length;
    if (size === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && (times[child + 1] as number) < (times[child] as number)) child++;
      if ((times[child] as number) >= time) break;
      times[at] = times[child] as number;
      items[at] = items[child] as number;
      at = child;
    }
    times[at] = time;
    items[at] = item;
    return first;
  }
}

const ACCEPTED = 0;
const THROTTLED = 1;
const FAILED = 2;
const RESULTS = ['accepted', 'throttled', 'failed'] as const;

/** One client's shell: its queue, its permits, its rows in flight. */
class Shell {
  readonly pace: Pace;
  readonly rows: RowsInFlight;
  waiting: number;
  done = 0;
  inFlight = 0;
  permits = 0;
  jobAt: number;
  requests = 0;
  throttled = 0;
  mostInFlight = 0;
  endsAt = 0;
  readonly total: number;
  readonly accepted: number[] = [];

  constructor({ rows, options = {}, pace, startsAt = 0 }: Client, concurrency: number) {
    this.pace = pace ?? new RateController({ rows, ...options }, startsAt);
    this.rows = new RowsInFlight({ cap: concurrency });
    this.waiting = rows;
    this.total = rows;
    this.jobAt = startsAt;
  }

  /** When the next permit job may run. */
  get due(): number {
    return this.waiting > 0 ? Math.max(this.jobAt, this.pace.holdUntil) : Number.POSITIVE_INFINITY;
  }

  /** One job: a lease; what is left of the one before is given back. */
  lease(at: number, late: number): void {
    const { rate } = this.pace;
    const permits = Math.max(1, Math.floor((rate * LEASE) / 1000));
    this.permits = permits;
    this.jobAt = at + (permits * 1000) / rate + late;
  }
}

export function simulate(scenario: Scenario): ClientResult[] {
  const { service, clients, seed, latency = 30, jitter = 0.3, concurrency = 512, lateness = 0 } = scenario;
  const { failing = 0, there = 0.5, watch } = scenario;
  const travel = (part: number) => 2 * part * latency * (0.5 + (random() - 0.5) * jitter);
  const random = randomFrom(seed);
  const shells = clients.map((client) => new Shell(client, concurrency));
  const agenda = new Agenda();
  const free: number[] = [];
  const owner: number[] = [];
  const sentAt: number[] = [];
  const backIn: number[] = [];
  const result: number[] = [];
  /** An item of the agenda is a request's slot × 2, odd for its answer. */
  const send = (shell: Shell, of: number, at: number) => {
    while (shell.permits > 0 && shell.waiting > 0 && shell.inFlight < shell.rows.limit(shell.pace.rate)) {
      shell.permits--;
      shell.waiting--;
      if (++shell.inFlight > shell.mostInFlight) shell.mostInFlight = shell.inFlight;
      shell.requests++;
      const slot = free.pop() ?? owner.length;
      owner[slot] = of;
      sentAt[slot] = at;
      backIn[slot] = travel(1 - there);
      shell.pace.sent(at);
      agenda.add(at + travel(there), slot * 2);
    }
  };
  const arrive = (slot: number, at: number) => {
    const shell = shells[owner[slot] as number] as Shell;
    if (failing > 0 && random() < failing) result[slot] = FAILED;
    else if (service.accepts(at)) {
      result[slot] = ACCEPTED;
      const bin = Math.floor(at / BIN);
      while (shell.accepted.length <= bin) shell.accepted.push(0);
      shell.accepted[bin] = (shell.accepted[bin] as number) + 1;
    } else result[slot] = THROTTLED;
    const taken = result[slot] === ACCEPTED ? (service.takes?.() ?? 0) : 0;
    agenda.add(at + taken + (backIn[slot] as number), slot * 2 + 1);
  };
  const answer = (slot: number, at: number) => {
    const of = owner[slot] as number;
    const shell = shells[of] as Shell;
    const kind = result[slot] as number;
    const sent = sentAt[slot] as number;
    const held = shell.pace.holdUntil;
    shell.inFlight--;
    free.push(slot);
    shell.rows.answered(at - sent, kind === ACCEPTED);
    const { retryAfter } = service;
    const said = kind === THROTTLED && retryAfter !== undefined;
    shell.pace.answered({
      at,
      sentAt: sent,
      result: RESULTS[kind] as 'accepted',
      ...(said ? { retryAfter } : {}),
    });
    if (kind === ACCEPTED) shell.done++;
    else shell.waiting++;
    if (kind === THROTTLED) shell.throttled++;
    if (shell.pace.holdUntil > held) shell.permits = 0;
    if (shell.done === shell.total) shell.endsAt = at;
    send(shell, of, at);
  };
  for (;;) {
    let now = agenda.next;
    let leasing = -1;
    for (let of = 0; of < shells.length; of++) {
      const { due } = shells[of] as Shell;
      if (due < now) {
        now = due;
        leasing = of;
      }
    }
    if (now === Number.POSITIVE_INFINITY) break;
    if (leasing >= 0) {
      const shell = shells[leasing] as Shell;
      watch?.(now, leasing, shell.pace.rate);
      shell.lease(now, lateness > 0 ? lateness * random() : 0);
      send(shell, leasing, now);
      continue;
    }
    const item = agenda.take();
    if (item % 2 === 0) arrive(item / 2, now);
    else answer((item - 1) / 2, now);
  }
  return shells.map(({ endsAt, requests, throttled, mostInFlight, pace, accepted }) => ({
    endsAt,
    requests,
    throttled,
    mostInFlight,
    rate: pace.rate,
    found: pace.found,
    accepted,
  }));
}
