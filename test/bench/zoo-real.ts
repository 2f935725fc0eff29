/**
 * The *zoo-real* part of the bench: the built command against the emulator in a process of its own, once for each kind of
 * limit, beside the same in simulated time. The rates are low, so that a busy machine changes little.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pLimit from 'p-limit';
import { anyWindow, delaying, sharded, straying } from '../pace/rate/limiter-zoo.js';
import { fixedWindow, type Service, simulate, tokenBucket } from '../pace/rate/simulation.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

interface Kind {
  readonly name: string;
  readonly rows: number;
  /** s; the shortest time there is. */
  readonly ideal: number;
  /** ms; 60 if not given. */
  readonly latency?: number;
  /** How the emulator is started, beside its users and its latency. */
  readonly args: string;
  readonly service: (seed: number) => Service;
}

const bucket = (rate: number, capacity: number, retryAfter?: number) =>
  tokenBucket({ limit: [{ from: 0, rate }], capacity, ...(retryAfter === undefined ? {} : { retryAfter }) });

/** At most so many calls at once, each as long as its answer takes. */
function atOnce(most: number, latency: number, seed: number): Service {
  const way = straying({ accepts: () => true }, 0, seed);
  let ends: number[] = [];
  return {
    ...way,
    accepts(at) {
      ends = ends.filter((end) => end > at);
      return ends.length < most && ends.push(at + latency) > 0;
    },
  };
}

const KINDS: readonly Kind[] = [
  { name: 'clean, 50/s', rows: 1550, ideal: 30, args: '--rate 50', service: () => bucket(50, 50) },
  {
    name: 'shards, 4 even, 50/s',
    rows: 1550,
    ideal: 30,
    args: '--rate 50 --limiter shards',
    service: (seed) => sharded(50, 50, [1, 1, 1, 1], seed),
  },
  {
    name: 'strays 2 %, 50/s',
    rows: 1550,
    ideal: 30,
    args: '--rate 50 --fault throttle:share=2%',
    service: (seed) => straying(bucket(50, 50), 0.02, seed),
  },
  {
    name: 'no burst, 10/s',
    rows: 300,
    ideal: 30,
    args: '--rate 10 --burst 1',
    service: () => bucket(10, 1),
  },
  {
    name: 'fixed window, 30 in a second',
    rows: 930,
    ideal: 30,
    args: '--rate 30 --limiter window',
    service: (seed) => fixedWindow(30, (seed * 137) % 1000),
  },
  {
    name: 'any window, 30 in a second',
    rows: 930,
    ideal: 30,
    args: '--rate 30 --limiter sliding',
    service: () => anyWindow(30, 1000),
  },
  {
    name: 'fixed window, 300 in a minute',
    rows: 500,
    // The emulator's clock begins with it.
    ideal: 60,
    args: '--rate 5 --limiter minute',
    service: () => fixedWindow(5, 1500, 60_000),
  },
  {
    name: 'Retry-After 5 s, 20/s',
    rows: 620,
    ideal: 30,
    args: '--rate 20 --retry-after 5',
    service: () => bucket(20, 20, 5000),
  },
  {
    name: '6 at once',
    rows: 1800,
    ideal: 30,
    latency: 100,
    args: '--rate 6 --limiter at-once',
    service: (seed) => atOnce(6, 100, seed),
  },
  {
    name: 'delay, 50/s',
    rows: 1520,
    ideal: 30,
    args: '--rate 50 --burst 20 --limiter queue',
    service: () => delaying(50, 20),
  },
  {
    name: '50/s, 700 ms',
    rows: 1550,
    ideal: 30,
    latency: 700,
    args: '--rate 50',
    service: () => bucket(50, 50),
  },
];

/** Time over the shortest, and the share of the requests that were throttled. */
interface Figures {
  readonly time: number;
  readonly throttled: number;
}

export interface RealRow {
  readonly name: string;
  readonly real: Figures;
  /** In the median, and the times of the quickest and the slowest seed. */
  readonly simulated: Figures & { readonly range: readonly [number, number] };
}

/** All of the emulator's latency, which varies by 30 %, lies behind its limiter. */
function simulated({ rows, latency = 60, ideal, service }: Kind): RealRow['simulated'] {
  const runs = Array.from({ length: 20 }, (_, seed) => {
    const way = { latency: latency + 2, jitter: 0.6, there: 0.02 };
    const [run] = simulate({ service: service(seed + 1), clients: [{ rows }], seed: seed + 1, ...way });
    return {
      time: (run?.endsAt ?? Number.NaN) / 1000 / ideal,
      throttled: (run?.throttled ?? Number.NaN) / (run?.requests ?? 1),
    };
  });
  const sorted = (of: keyof Figures) => runs.map((run) => run[of]).sort((a, b) => a - b);
  const times = sorted('time');
  return {
    time: times[10] ?? Number.NaN,
    throttled: sorted('throttled')[10] ?? Number.NaN,
    range: [times[0] ?? Number.NaN, times[19] ?? Number.NaN],
  };
}

/** What the emulator prints for a shell to set. */
async function settingsOf(emulator: ChildProcess): Promise<Record<string, string>> {
  const settings: Record<string, string> = {};
  if (emulator.stdout === null) throw new Error('the emulator has no output');
  for await (const line of createInterface({ input: emulator.stdout })) {
    const [, name = '', value = ''] = /^ +export (\w+)=(.*)$/.exec(line) ?? [];
    if (name !== '') settings[name] = value;
    if (line.startsWith('Ctrl-C')) break;
  }
  return settings;
}

async function real({ name, rows, latency = 60, ideal, args }: Kind, folder: string): Promise<Figures> {
  const place = join(folder, name.replace(/\W+/g, '-'));
  await mkdir(place);
  const input = join(place, 'users.csv');
  const lines = Array.from({ length: rows }, (_, i) => `${10_000_001 + i},First ${i}\n`);
  await writeFile(input, `userId,firstName\n${lines.join('')}`);
  const service = ['emulator', '--port', '0', '--users', String(rows), '--latency', String(latency)];
  const emulator = spawn(process.execPath, [main, ...service, ...args.split(' ')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const env = { ...(await settingsOf(emulator)), HOME: place, AWS_EC2_METADATA_DISABLED: 'true' };
    const out = join(place, 'run');
    const command = ['update', input, '--network-id', '12345678', '--out', out, '--no-keep-before'];
    await promisify(execFile)(process.execPath, [main, ...command, '--no-progress'], { env });
    const [head = '', ...report] = (await readFile(join(out, 'report.csv'), 'utf8')).trim().split('\n');
    const column = (wanted: string) => {
      const at = head.trim().split(',').indexOf(wanted);
      return report.map((line) => line.split(',')[at] ?? '');
    };
    const sum = (values: readonly string[]) => values.reduce((all, value) => all + Number(value), 0);
    const moments = (of: string) => column(of).map((text) => Date.parse(text));
    const seconds = (Math.max(...moments('finishedAt')) - Math.min(...moments('startedAt'))) / 1000;
    return { time: seconds / ideal, throttled: sum(column('throttled')) / sum(column('attempts')) };
  } finally {
    emulator.kill();
    if (emulator.exitCode === null) await once(emulator, 'exit');
  }
}

/** @param only of the kinds whose names contain it */
export async function measureZooReal(folder: string, only = ''): Promise<RealRow[]> {
  // A few at once: they wait nearly all the time.
  const slot = pLimit(3);
  const kinds = KINDS.filter(({ name }) => name.includes(only));
  const runs = kinds.map(async (kind) => ({
    name: kind.name,
    real: await slot(() => real(kind, folder)),
    simulated: simulated(kind),
  }));
  return Promise.all(runs);
}

export function zooRealTable(rows: readonly RealRow[]): string {
  const lines = ['time over the shortest, and throttled: the built command, simulated (20 seeds)'];
  for (const { name, real: of, simulated: model } of rows) {
    const text = ({ time, throttled }: Figures) =>
      `${time.toFixed(3)} ${(100 * throttled).toFixed(1).padStart(4)} %`;
    const [least, most] = model.range;
    const off = of.time / model.time - 1;
    const mark = Math.abs(off) > 0.05 ? `   DIFFERS by ${(100 * off).toFixed(0)} %` : '';
    lines.push(
      `${name.padEnd(30)} ${text(of)}   ${text(model)} (${least.toFixed(3)} to ${most.toFixed(3)})${mark}`,
    );
  }
  return lines.join('\n');
}
