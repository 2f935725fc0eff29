/**
 * The *pace* part of the bench: the real controller in simulated time against services that differ in limit, bucket,
 * manner and latency. `measurePace` gives the figures, `paceTable` prints them.
 */
import {
  BIN,
  type ClientResult,
  fixedWindow,
  type Limit,
  type Scenario,
  type Service,
  simulate,
  slidingWindow,
  tokenBucket,
} from '../pace/rate/simulation.js';

/** One row of the table: the median and the worst (or the 90th of a hundred) over the seeds. */
export interface PaceRow {
  readonly group: string;
  readonly name: string;
  readonly runs: number;
  /** Makespan over the ideal time; in the grid less the half second that is allowed. */
  readonly makespan?: readonly [median: number, p90: number, worst: number];
  /** Requests throttled. */
  readonly throttled: readonly [median: number, p90: number, worst: number];
  readonly throttledShare: readonly [median: number, p90: number, worst: number];
  /** s until the goodput stays at 95 % of the new rate. */
  readonly settled?: readonly [median: number, p90: number, worst: number];
  /** Of two clients: both together over R, and the smaller one's part. */
  readonly together?: readonly [median: number, p10: number, least: number];
  readonly smaller?: readonly [median: number, p10: number, least: number];
  /** What of the targets is not met. */
  readonly misses: readonly string[];
}

const { POSITIVE_INFINITY: ANY } = Number;

export const RATES = [5, 20, 50, 200, 500, 2000] as const;

export function capacities(rate: number): number[] {
  return [...new Set([Math.max(5, rate / 10), rate / 2, rate, 3 * rate])].filter((capacity) => capacity >= 1);
}

/** For cases beside the grid: a bucket of a tenth of a second, and of one. */
function smallAndLarge(rate: number): number[] {
  return [...new Set([Math.max(5, rate / 10), rate])];
}

const steady = (rate: number): Limit => [{ from: 0, rate }];

/** The value below which a share `p` of the sorted values lies. */
function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN;
}

type Three = readonly [number, number, number];
const upward = (values: readonly number[]): Three => [
  quantile(values, 0.5),
  quantile(values, 0.9),
  quantile(values, 1),
];
const downward = (values: readonly number[]): Three => [
  quantile(values, 0.5),
  quantile(values, 0.1),
  quantile(values, 0),
];

interface Bounds {
  readonly makespan?: Three;
  readonly share?: Three;
  readonly throttledFloor?: number;
}

interface Case {
  readonly group: string;
  readonly name: string;
  readonly ideal: number;
  /** ms allowed beside the ratio. */
  readonly grace?: number;
  readonly bounds: Bounds;
  readonly scenario: (seed: number) => Scenario;
}

function measure(
  { group, name, ideal, grace = 0, bounds, scenario }: Case,
  seeds: readonly number[],
): PaceRow {
  const runs = seeds.map((seed) => simulate(scenario(seed))[0] as ClientResult);
  const makespan = upward(runs.map(({ endsAt }) => (endsAt - grace) / ideal));
  const throttled = upward(runs.map((run) => run.throttled));
  const throttledShare = upward(runs.map((run) => run.throttled / run.requests));
  const misses: string[] = [];
  const names = ['median', 'p90', 'worst'];
  for (const [i, bound] of (bounds.makespan ?? []).entries())
    if ((makespan[i] as number) > bound) misses.push(`makespan ${names[i]} > ${bound}`);
  for (const [i, bound] of (bounds.share ?? []).entries())
    if ((throttledShare[i] as number) > bound && (throttled[i] as number) > (bounds.throttledFloor ?? 0))
      misses.push(`throttled ${names[i]} > ${(100 * bound).toFixed(1)} %`);
  return { group, name, runs: runs.length, makespan, throttled, throttledShare, misses };
}

/** A run of `seconds` at `rate` with all that varies by name. */
function run(
  group: string,
  rate: number,
  capacity: number,
  seconds: number,
  bounds: Bounds,
  more: Omit<Partial<Scenario>, 'service'> & {
    start?: number;
    service?: (seed: number) => Service;
    label?: string;
    grace?: number;
  } = {},
): Case {
  const { start, service, label = '', grace = 0, ...rest } = more;
  const rows = Math.max(200, seconds * rate + capacity);
  return {
    group,
    name: `R ${rate}, B ${capacity}${label}`,
    ideal: ((rows - capacity) / rate) * 1000,
    grace,
    bounds,
    scenario: (seed) => ({
      service: service?.(seed) ?? tokenBucket({ limit: steady(rate), capacity }),
      clients: [{ rows, options: start === undefined ? {} : { start } }],
      seed,
      ...rest,
    }),
  };
}

function gridBounds(rate: number, latency = 30): Bounds {
  const throttledFloor = 10 + (rate * latency) / 1000;
  return { makespan: [1.03, ANY, 1.08], share: [0.01, ANY, 0.03], throttledFloor };
}

function grid(group: string, more: (rate: number) => Parameters<typeof run>[5] = () => ({})): Case[] {
  return RATES.flatMap((rate) =>
    capacities(rate).map((capacity) =>
      run(group, rate, capacity, 30, gridBounds(rate), { grace: 500, ...more(rate) }),
    ),
  );
}

/** That the median over all of them is 0.5 % is for the eye; 20/s takes 1 % for a look every six seconds. */
const LONG: Bounds = { makespan: [1.01, 1.03, ANY], share: [0.02, 0.02, ANY] };
const ODD: Bounds = { makespan: [1.15, 1.15, 1.15] };

function cases(): Case[] {
  return [
    ...grid('grid'),
    ...grid('grid, start 10× too high', (rate) => ({ start: rate * 10 })),
    ...grid('grid, start 10× too low', (rate) => ({ start: rate / 10 })),
    ...grid('grid, start right', (rate) => ({ start: rate })),
    ...grid('grid, timers up to 1 ms late', () => ({ lateness: 1 })),
    ...[500, 2000].flatMap((rate) =>
      capacities(rate).map((capacity) =>
        run('concurrency up to 256', rate, capacity, 30, gridBounds(rate), { grace: 500, concurrency: 256 }),
      ),
    ),
    ...[20, 50, 200, 500, 2000].flatMap((rate) =>
      capacities(rate).map((capacity) => run('600 s', rate, capacity, 600, LONG)),
    ),
    ...[5, 20, 50, 200, 500].flatMap((rate) =>
      smallAndLarge(rate).map((capacity) =>
        run('charges refused calls', rate, capacity, 30, ODD, {
          service: () => tokenBucket({ limit: steady(rate), capacity, chargesRefused: true }),
        }),
      ),
    ),
    ...[5, 20, 50, 200, 500, 2000].map((rate) =>
      run('fixed window of 1 s', rate, rate, 30, ODD, {
        service: (seed) => fixedWindow(rate, (seed * 137) % 1000),
      }),
    ),
    ...[5, 20, 50, 200, 500].map((rate) =>
      run('sliding window of 1 s', rate, rate, 30, ODD, { service: () => slidingWindow(rate, false) }),
    ),
    ...[5, 20, 50, 200, 500].map((rate) =>
      run('sliding window, counts refused calls', rate, rate, 30, ODD, {
        service: () => slidingWindow(rate, true),
      }),
    ),
    ...(
      [
        [5, [20, 200, 500, 2000]],
        [100, [20, 200, 500]],
        [800, [5, 20, 50, 70]],
      ] as const
    ).flatMap(([latency, rates]) =>
      rates.flatMap((rate) =>
        smallAndLarge(rate).map((capacity) =>
          run(`latency ${latency} ms ± 30 %`, rate, capacity, 30, gridBounds(rate, latency), {
            grace: 500,
            latency,
          }),
        ),
      ),
    ),
    ...[20, 200].flatMap((rate) =>
      smallAndLarge(rate).flatMap((capacity) =>
        [1000, 100].map((retryAfter) =>
          run(`Retry-After ${retryAfter} ms`, rate, capacity, 120, ODD, {
            service: () => tokenBucket({ limit: steady(rate), capacity, retryAfter }),
          }),
        ),
      ),
    ),
    ...[50, 500].map((rate) =>
      run('one call in 50 fails', rate, rate, 30, gridBounds(rate), { grace: 500, failing: 0.02 }),
    ),
  ];
}

/** s from `from` until the goodput over `window` ms stays at `share` of `rate`; accepted calls by tenth of a second. */
function settles(accepted: readonly number[], from: number, until: number, rate: number): number {
  const window = Math.max(2000, (50 / rate) * 1000) / BIN;
  let last = from / BIN;
  for (let bin = last; bin + window <= until / BIN; bin++) {
    let sum = 0;
    for (let i = bin; i < bin + window; i++) sum += accepted[i] ?? 0;
    if (sum < 0.95 * rate * window * (BIN / 1000) - 1) last = bin + 1;
  }
  return (last * BIN - from) / 1000;
}

/** A limit that changes in mid-run. */
interface LimitChange {
  readonly label: string;
  /** ms; the change comes up to 5 s later. */
  readonly at: number;
  /** Calls a second before and after. */
  readonly rate: number;
  readonly to: number;
  readonly capacity: number;
}

/** One run over a limit that changes: how long it takes to settle, and what it costs. */
function runOverChange({ at, rate, to, capacity }: LimitChange, seed: number) {
  const lasts = Math.max(40_000, (300 / to) * 1000);
  const from = at + ((seed * 397) % 50) * BIN;
  const limit = [
    { from: 0, rate },
    { from, rate: to },
  ];
  const rows = Math.round((rate * from + to * lasts) / 1000);
  const service = tokenBucket({ limit, capacity });
  const [result] = simulate({ service, clients: [{ rows }], seed });
  const { endsAt, accepted, throttled, requests } = result as ClientResult;
  const until = Math.min(endsAt, from + lasts) - 1000;
  return {
    settled: settles(accepted, from, until, to),
    throttled,
    requests,
    makespan: endsAt / (from + lasts),
  };
}

function measureChange(change: LimitChange, seeds: readonly number[]): PaceRow {
  const { label, at, rate, to, capacity } = change;
  const runs = seeds.map((seed) => runOverChange(change, seed));
  const settled = upward(runs.map((one) => one.settled));
  const allowed = Math.max(5, 50 / to);
  const [missed] = [
    ...(settled[0] > allowed ? [`settled median > ${allowed} s`] : []),
    ...(settled[2] > allowed ? [`settled worst > ${allowed} s`] : []),
  ];
  return {
    group: `rate ${label} at ${at / 1000}–${at / 1000 + 5} s`,
    name: `R ${rate}, B ${capacity}`,
    runs: runs.length,
    makespan: upward(runs.map((one) => one.makespan)),
    throttled: upward(runs.map((one) => one.throttled)),
    throttledShare: upward(runs.map((one) => one.throttled / one.requests)),
    settled,
    misses: missed === undefined ? [] : [missed],
  };
}

function changes(seeds: readonly number[]): PaceRow[] {
  const factors = { halved: 0.5, doubled: 2, 'cut to a tenth': 0.1 };
  return [20_000, 200_000].flatMap((at) =>
    [20, 50, 200, 500].flatMap((rate) =>
      Object.entries(factors).flatMap(([label, factor]) =>
        smallAndLarge(rate).map((capacity) =>
          measureChange({ label, at, rate, to: rate * factor, capacity }, seeds),
        ),
      ),
    ),
  );
}

function twoClients(seeds: readonly number[]): PaceRow[] {
  const rows: PaceRow[] = [];
  for (const [label, startsAt, from, until] of [
    ['start together', 0, 5, 60],
    ['second starts 20 s later', 20_000, 40, 100],
    ['second starts 20 s later, over 20–60 s', 20_000, 20, 60],
  ] as const)
    for (const rate of [20, 50, 200, 1000])
      for (const capacity of smallAndLarge(rate)) {
        const runs = seeds.map((seed) => {
          const clients = [{ rows: rate * until + capacity }, { rows: rate * until, startsAt }];
          const results = simulate({
            service: tokenBucket({ limit: steady(rate), capacity }),
            clients,
            seed,
          });
          const sums = results.map(({ accepted }) =>
            accepted.slice((from * 1000) / BIN, (until * 1000) / BIN).reduce((sum, n) => sum + n, 0),
          );
          const [a = 0, b = 0] = sums;
          const throttled = results.reduce((sum, one) => sum + one.throttled, 0);
          const requests = results.reduce((sum, one) => sum + one.requests, 0);
          return {
            together: (a + b) / (rate * (until - from)),
            smaller: Math.min(a, b) / (a + b),
            throttled,
            requests,
          };
        });
        const together = downward(runs.map((one) => one.together));
        const smaller = downward(runs.map((one) => one.smaller));
        rows.push({
          group: `two clients, ${label}`,
          name: `R ${rate}, B ${capacity}`,
          runs: runs.length,
          throttled: upward(runs.map((one) => one.throttled)),
          throttledShare: upward(runs.map((one) => one.throttled / one.requests)),
          together,
          smaller,
          misses: [
            ...(together[2] < 0.95 ? ['together < 0.95'] : []),
            ...(smaller[0] < 0.35
              ? ['smaller median < 35 %']
              : smaller[2] < 0.35
                ? ['smaller least < 35 %']
                : []),
          ],
        });
      }
  return rows;
}

/** All rows whose group contains `only`. */
export function measurePace(seeds: readonly number[], only = ''): PaceRow[] {
  const chosen = cases().filter(({ group }) => group.includes(only));
  const rows = chosen.map((one) => measure(one, seeds));
  if ('rate halved doubled tenth'.includes(only)) rows.push(...changes(seeds));
  if ('two clients'.includes(only)) rows.push(...twoClients(seeds));
  return rows;
}

export function paceTable(rows: readonly PaceRow[]): string {
  const three = (values: Three | undefined, digits: number, unit = '') =>
    values === undefined ? '' : values.map((value) => `${value.toFixed(digits)}${unit}`).join(' / ');
  const lines: string[] = [];
  let group = '';
  for (const row of rows) {
    if (row.group !== group) {
      group = row.group;
      lines.push('', `${group} (${row.runs} seeds)`);
    }
    const figures = [
      row.makespan && `× ideal ${three(row.makespan, 3)}`,
      row.settled && `settled ${three(row.settled, 1)} s`,
      row.together && `together ${three(row.together, 3)}`,
      row.smaller && `smaller ${three(row.smaller, 2)}`,
      `throttled ${three(row.throttled, 0)} = ${three(row.throttledShare.map((share) => share * 100) as unknown as Three, 2)} %`,
    ];
    lines.push(
      `  ${row.name.padEnd(16)} ${figures.filter(Boolean).join('  ')}${row.misses.length > 0 ? `   MISS ${row.misses.join('; ')}` : ''}`,
    );
  }
  return lines.join('\n');
}
