/** The *zoo* part of the bench: the controller against limits as they really are, beside other ways to find a rate. */
import { type Specimen, ZOO } from '../pace/rate/limiter-zoo.js';
import { type Pace, randomFrom, simulate } from '../pace/rate/simulation.js';

/** s in the median and at worst, and the share of throttled calls in the median. */
export interface Figures {
  readonly median: number;
  readonly worst: number;
  readonly throttled: number;
}

type Outcome = { readonly endsAt: number; readonly throttled: number; readonly requests: number };

const middle = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

function figuresOf(runs: readonly Outcome[]): Figures {
  const seconds = runs.map(({ endsAt }) => endsAt / 1000);
  return {
    median: middle(seconds),
    worst: Math.max(...seconds),
    throttled: middle(runs.map(({ throttled, requests }) => throttled / requests)),
  };
}

const JITTER = 1;

/** What the controller makes of it; `pace` takes its place. */
export function play(
  { rows, latency = 60, service }: Specimen,
  seed: number,
  concurrency: number,
  pace?: Pace,
): Outcome {
  const client = pace === undefined ? { rows } : { rows, pace };
  const [run] = simulate({
    service: service(seed),
    clients: [client],
    seed,
    latency,
    jitter: JITTER,
    concurrency,
  });
  return run ?? { endsAt: Number.NaN, throttled: 0, requests: 0 };
}

/** Sends `burst` rows at once and then so many a second, whatever comes. */
function fixedPace(rate: number, burst: number): Pace {
  let sent = 0;
  return {
    get rate() {
      return sent < burst ? 5000 : rate;
    },
    holdUntil: 0,
    found: undefined,
    sent: () => {
      sent++;
    },
    answered: () => {},
  };
}

/** Half the rate at a throttle, at most once in a round trip; 5 rows/s more in each second. */
function aimdPace(): Pace {
  let rate = 20;
  let cutAt = 0;
  let hold = 0;
  return {
    get rate() {
      return rate;
    },
    get holdUntil() {
      return hold;
    },
    found: undefined,
    sent: () => {},
    answered({ at, sentAt, result, retryAfter = 0 }) {
      hold = Math.max(hold, at + retryAfter);
      if (result === 'accepted') rate += 5 / rate;
      else if (sentAt >= cutAt) {
        rate = Math.max(0.5, rate / 2);
        cutAt = at;
      }
    },
  };
}

/** Sixteen threads, one call each, that wait by chance up to 20 s and twice as long each time (full jitter). */
function threads({ rows, latency = 60, service }: Specimen, seed: number): Outcome {
  const random = randomFrom(seed);
  const limiter = service(seed);
  const due = Array.from({ length: 16 }, () => 0);
  const tries = due.map(() => 0);
  let [waiting, throttled, requests, endsAt] = [rows, 0, 0, 0];
  // A thread whose row was throttled still has it, so that only a new row counts.
  const busy = due.map(() => false);
  const nextOf = () => {
    let next = -1;
    for (const [i, at] of due.entries())
      if ((busy[i] || waiting > 0) && (next < 0 || at < (due[next] ?? 0))) next = i;
    return next;
  };
  for (;;) {
    const next = nextOf();
    if (next < 0) return { endsAt, throttled, requests };
    if (!busy[next]) waiting--;
    const at = due[next] ?? 0;
    const trip = latency * (1 + JITTER * (random() - 0.5));
    requests++;
    if (limiter.accepts(at)) {
      due[next] = at + trip + (limiter.takes?.() ?? 0);
      endsAt = Math.max(endsAt, due[next] ?? 0);
      [busy[next], tries[next]] = [false, 0];
      continue;
    }
    throttled++;
    const most = Math.min(20_000, 100 * 2 ** (tries[next] ?? 0));
    due[next] = at + trip + Math.max(limiter.retryAfter ?? 0, most * random());
    [busy[next], tries[next]] = [true, (tries[next] ?? 0) + 1];
  }
}

/** Of the limit; the low ones are for limits without a burst, whose rows latency brings together. */
const SHARES = [0.16, 0.18, 0.2, 0.3, 0.4, 0.45, 0.47, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.995];

/** The best fixed rate that keeps throttled calls at 3 % beside the strays, or at ten calls. */
export function bestFixed(specimen: Specimen, seeds: readonly number[]): Figures {
  const most = 0.03 + (specimen.strays ?? 0);
  let best: Figures | undefined;
  for (const burst of [0, 0.9 * specimen.burst])
    for (const share of SHARES) {
      const runs = seeds.map((seed) => play(specimen, seed, 512, fixedPace(share * specimen.rate, burst)));
      const figures = figuresOf(runs);
      const isFew = figures.throttled <= most || middle(runs.map((run) => run.throttled)) <= 10;
      if (isFew && figures.median < (best?.median ?? Number.POSITIVE_INFINITY)) best = figures;
    }
  return best ?? { median: Number.NaN, worst: Number.NaN, throttled: Number.NaN };
}

export const ours = (specimen: Specimen, seeds: readonly number[], concurrency: number) =>
  figuresOf(seeds.map((seed) => play(specimen, seed, concurrency)));

export interface ZooRow {
  readonly name: string;
  /** s: the best there is. */
  readonly least: number;
  readonly best: Figures;
  readonly naive: Figures;
  readonly aimd: Figures;
  readonly ours: Figures;
}

export const measureZoo = (seeds: readonly number[], concurrency: number, only = ''): ZooRow[] =>
  ZOO.filter(({ name }) => name.includes(only)).map((specimen) => {
    const best = bestFixed(specimen, seeds.slice(0, 5));
    return {
      name: specimen.name,
      least: specimen.ideal ?? best.median,
      best,
      naive: figuresOf(seeds.map((seed) => threads(specimen, seed))),
      aimd: figuresOf(seeds.map((seed) => play(specimen, seed, concurrency, aimdPace()))),
      ours: ours(specimen, seeds, concurrency),
    };
  });

/** What the controller of c0ae286 took, 20 seeds from 9001 on, 64 in flight: s in the median, s at worst, share throttled. */
const BEFORE: Readonly<Record<string, readonly [number, number, number]>> = {
  'clean, 20/s': [40.2, 40.5, 0.017],
  'clean, 100/s': [40.2, 40.3, 0.011],
  'clean, 500/s': [40.5, 40.8, 0.005],
  'shards, 4 even, 100/s': [41.8, 42.7, 0.03],
  'shards, 8 even, 400/s': [41.9, 42.5, 0.011],
  'shards, 8 uneven, 200/s': [73.8, 79.1, 0.022],
  'strays 1 %, 500/s': [199.4, 260.8, 0.01],
  'strays 0.5 %, 60/s': [40.7, 44.1, 0.02],
  'strays 2 %, 60/s': [61.7, 88.4, 0.023],
  'strays 2 %, 50/s': [52.9, 74.3, 0.025],
  'no burst, 1/s': [253.0, 259.3, 0.185],
  'no burst, 2/s': [102.8, 123.5, 0.215],
  'no burst, 5/s': [64.5, 77.5, 0.043],
  'no burst, 25/s': [95.8, 111.1, 0.04],
  '50/s and 2000/min': [210.2, 210.4, 0.017],
  'fixed window, 30 in a second': [42.5, 44.0, 0.037],
  'any window, 30 in a second': [45.4, 46.6, 0.014],
  'fixed window, 600 in a minute': [171.4, 175.1, 0.069],
  'any window, 600 in a minute': [193.7, 202.1, 0.071],
  'charges refused calls, 50/s': [41.0, 41.8, 0.028],
  'Retry-After 1 s, 20/s': [61.3, 63.2, 0.011],
  'Retry-After 5 s, 20/s': [84.9, 144.8, 0.006],
  'Retry-After 10 s, 20/s': [114.9, 223.9, 0.006],
  'Retry-After 30 s, 20/s': [205.8, 584.1, 0.006],
  '16 at once': [61.8, 67.1, 0.007],
  'foreign bursts, 100/s': [44.5, 47.7, 0.047],
  'delay, 100/s': [40.0, 40.1, 0.0],
  'drifting, 100/s': [80.2, 81.4, 0.018],
  '150/s, 700 ms': [71.5, 73.0, 0.0],
  '50/s, 800 ms': [48.2, 63.7, 0.033],
  'no burst, 100/s': [233.0, 248.6, 0.039],
};

export function zooTable(rows: readonly ZooRow[]): string {
  const lines = ['times over that of the best fixed rate, or the least there is: median, worst, throttled'];
  for (const { name, least, best, naive, aimd, ours: now } of rows) {
    const [median = Number.NaN, worst = Number.NaN, throttled = Number.NaN] = BEFORE[name] ?? [];
    const columns = {
      'fixed rate': best,
      before: { median, worst, throttled },
      '16 threads': naive,
      AIMD: aimd,
      now,
    };
    const figures = Object.entries(columns).map(
      ([label, of]) =>
        `${label} ${(of.median / least).toFixed(2)} ${(of.worst / least).toFixed(2)} ${(100 * of.throttled).toFixed(1)} %`,
    );
    lines.push(`${name.padEnd(30)} ${least.toFixed(1).padStart(6)} s  ${figures.join('  ')}`);
  }
  return lines.join('\n');
}
