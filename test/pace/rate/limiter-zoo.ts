/** Limits as services really have them: enforced on many machines, by chance, without a burst, in windows, together. */
import { fixedWindow, randomFrom, type Service, tokenBucket } from './simulation.js';

/** One kind of limit, and what a run against it is. */
export interface Specimen {
  readonly name: string;
  /** Calls a second that the service takes in the long run. */
  readonly rate: number;
  /** Calls that it takes at once after a rest. */
  readonly burst: number;
  readonly rows: number;
  /** ms, there and back; 60 if not given. */
  readonly latency?: number;
  /** s; for limits that no fixed rate can use well, the shortest time there is. */
  readonly ideal?: number;
  /** Share of the calls refused for no reason. */
  readonly strays?: number;
  readonly service: (seed: number) => Service;
}

const bucket = (
  rate: number,
  capacity: number,
  more: { chargesRefused?: boolean; retryAfter?: number } = {},
) => tokenBucket({ limit: [{ from: 0, rate }], capacity, ...more });

/** Each call goes to one machine by chance; each machine has a part of the limit. */
export function sharded(rate: number, burst: number, parts: readonly number[], seed: number): Service {
  const random = randomFrom(seed + 77_003);
  const total = parts.reduce((sum, part) => sum + part, 0);
  const shards = parts.map((part) => bucket((rate * part) / total, Math.max(1, (burst * part) / total)));
  return { accepts: (at) => shards[Math.floor(random() * shards.length)]?.accepts(at) ?? false };
}

/** Refuses a share of the calls for no reason; these take no token. */
export function straying(inner: Service, share: number, seed: number): Service {
  const random = randomFrom(seed + 91_009);
  return { ...inner, accepts: (at) => random() >= share && inner.accepts(at) };
}

/** Both a limit by the second and one by the minute. */
function twoLevels(perSecond: number, perMinute: number): Service {
  const short = bucket(perSecond, perSecond);
  const long = bucket(perMinute / 60, perMinute);
  return { accepts: (at) => short.accepts(at) && long.accepts(at) };
}

/** So many calls in any `length` ms; refused calls do not count. */
export function anyWindow(calls: number, length: number): Service {
  const accepted: number[] = [];
  return {
    accepts(at) {
      while ((accepted[0] ?? at) <= at - length) accepted.shift();
      return accepted.length < calls && accepted.push(at) > 0;
    },
  };
}

/** At most `most` calls at once, of `usual` ± 30 % ms each. */
function atOnce(most: number, usual: number, seed: number): Service {
  const random = randomFrom(seed + 13_007);
  let ends: number[] = [];
  let taken = 0;
  return {
    accepts(at) {
      ends = ends.filter((end) => end > at);
      if (ends.length >= most) return false;
      taken = usual * (0.7 + 0.6 * random());
      ends.push(at + taken);
      return true;
    },
    takes: () => taken,
  };
}

/** Somebody else takes half of the limit, for half a second to two, every 3 s to 9. */
function withForeign(rate: number, burst: number, seed: number): Service {
  const random = randomFrom(seed + 31_013);
  const inner = bucket(rate, burst);
  let next = 1000 + 3000 * random();
  let until = 0;
  return {
    accepts(at) {
      for (; next <= at; next += 2000 / rate) {
        if (until === 0) until = next + 500 + 1500 * random();
        inner.accepts(next);
        if (next < until) continue;
        next += 3000 + 6000 * random();
        until = 0;
      }
      return inner.accepts(at);
    },
  };
}

/** Refuses nothing: what comes too soon waits. */
export function delaying(rate: number, burst: number): Service {
  let free = -(1000 * burst) / rate;
  let taken = 0;
  return {
    accepts(at) {
      free = Math.max(free, at - (1000 * burst) / rate) + 1000 / rate;
      taken = Math.max(0, free - at);
      return true;
    },
    takes: () => taken,
  };
}

/** Rises and falls by a third in 40 s. */
function drifting(rate: number, burst: number): Service {
  const limit = Array.from({ length: 4000 }, (_, i) => ({
    from: i * 250,
    rate: rate * (1 + Math.sin((i * 250 * 2 * Math.PI) / 40_000) / 3),
  }));
  return tokenBucket({ limit, capacity: burst });
}

const ms = (seconds: number) => 1000 * seconds;

export const ZOO: readonly Specimen[] = [
  ...[20, 100, 500].map((rate) => ({
    name: `clean, ${rate}/s`,
    rate,
    burst: rate,
    rows: 41 * rate,
    service: () => bucket(rate, rate),
  })),
  ...(
    [
      [100, [1, 1, 1, 1], '4 even'],
      [400, [1, 1, 1, 1, 1, 1, 1, 1], '8 even'],
      [200, [2, 1, 1, 1, 1, 1, 1, 0.5], '8 uneven'],
    ] as const
  ).map(([rate, parts, label]) => ({
    name: `shards, ${label}, ${rate}/s`,
    rate,
    burst: rate,
    rows: 41 * rate,
    service: (seed: number) => sharded(rate, rate, parts, seed),
  })),
  ...(
    [
      [500, 0.01],
      [60, 0.005],
      [60, 0.02],
      [50, 0.02],
    ] as const
  ).map(([rate, strays]) => ({
    name: `strays ${100 * strays} %, ${rate}/s`,
    rate,
    burst: rate,
    rows: 41 * rate,
    strays,
    service: (seed: number) => straying(bucket(rate, rate), strays, seed),
  })),
  ...[1, 2, 5, 25, 100].map((rate) => ({
    name: `no burst, ${rate}/s`,
    rate,
    burst: 1,
    rows: Math.max(150, 40 * rate),
    // Latency varies, so that a fixed rate would have to stay far below the limit.
    ideal: Math.max(150, 40 * rate) / rate,
    service: () => bucket(rate, 1),
  })),
  {
    name: '50/s and 2000/min',
    rate: 2000 / 60,
    burst: 2000,
    rows: 9000,
    ideal: 210,
    service: () => twoLevels(50, 2000),
  },
  {
    name: 'fixed window, 30 in a second',
    rate: 30,
    burst: 30,
    rows: 1230,
    service: (seed) => fixedWindow(30, (seed * 137) % 1000),
  },
  {
    name: 'any window, 30 in a second',
    rate: 30,
    burst: 30,
    rows: 1230,
    service: () => anyWindow(30, ms(1)),
  },
  {
    name: 'fixed window, 600 in a minute',
    rate: 10,
    burst: 600,
    rows: 2400,
    ideal: 165,
    service: () => fixedWindow(10, ms(15), ms(60)),
  },
  {
    name: 'any window, 600 in a minute',
    rate: 10,
    burst: 600,
    rows: 2400,
    ideal: 180,
    service: () => anyWindow(600, ms(60)),
  },
  {
    name: 'charges refused calls, 50/s',
    rate: 50,
    burst: 25,
    rows: 2025,
    service: () => bucket(50, 25, { chargesRefused: true }),
  },
  ...[1, 5, 10, 30].map((seconds) => ({
    name: `Retry-After ${seconds} s, 20/s`,
    rate: 20,
    burst: 20,
    rows: 1220,
    service: () => bucket(20, 20, { retryAfter: ms(seconds) }),
  })),
  {
    name: '16 at once',
    rate: 160,
    burst: 16,
    rows: 6400,
    service: (seed) => atOnce(16, 100, seed),
  },
  {
    name: 'foreign bursts, 100/s',
    rate: 100,
    burst: 100,
    rows: 4100,
    service: (seed) => withForeign(100, 100, seed),
  },
  { name: 'delay, 100/s', rate: 100, burst: 20, rows: 4000, service: () => delaying(100, 20) },
  { name: 'drifting, 100/s', rate: 100, burst: 50, rows: 8000, service: () => drifting(100, 50) },
  {
    name: '150/s, 700 ms',
    rate: 150,
    burst: 150,
    rows: 6150,
    latency: 700,
    service: () => bucket(150, 150),
  },
  { name: '50/s, 800 ms', rate: 50, burst: 25, rows: 2025, latency: 800, service: () => bucket(50, 25) },
];
