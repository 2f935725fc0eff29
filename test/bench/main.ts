/** `npm run bench`: how fast, how close to the limit, how much memory, how soon. `-- pace` and the like take one part. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startEmulator } from '../../src/emulator/server.js';
import { updateUsers } from '../../src/index.js';
import { measurePace, paceTable } from './pace.js';
import { measurePages } from './pages.js';
import { measureShared } from './shared.js';
import { csvRow, measureBareLoop, measurePipeline, type Speed, startSink } from './throughput.js';
import { measureZoo, zooTable } from './zoo.js';
import { measureZooReal, zooRealTable } from './zoo-real.js';

const execute = promisify(execFile);
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const print = (text: string) => process.stdout.write(`${text}\n`);
const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Has the command say at its end how much memory it took, in KiB. */
const PEAK = `data:text/javascript,process.on('exit',()=>process.stderr.write(String(process.resourceUsage().maxRSS)))`;

const folder = await mkdtemp(join(tmpdir(), 'wickr-bulk-bench-'));
const parts = { start, throughput, memory, real, pages, shared, pace, zoo, 'zoo-real': zooReal };
const [asked = ''] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const results: Record<string, unknown> = {};
try {
  for (const [name, part] of Object.entries(parts)) {
    if (asked !== '' && asked !== name) continue;
    print(`\n# ${name}`);
    results[name] = await part();
  }
  await writeFile(
    'bench-results.json',
    `${JSON.stringify({ node: process.version, ...results }, null, 2)}\n`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** ms from the start to the end of the process, median of 15. */
async function start() {
  const main = here('../../dist/cli/main.js');
  const commands = { 'node -e 0': ['-e', '0'], '--version': [main, '--version'], '--help': [main, '--help'] };
  const times: Record<string, number[]> = {};
  for (let i = 0; i < 15; i += 1) {
    for (const [name, args] of Object.entries(commands)) {
      const began = performance.now();
      await execute(process.execPath, args);
      times[name] = [...(times[name] ?? []), performance.now() - began];
    }
  }
  const medians = Object.fromEntries(
    Object.entries(times).map(([name, values]) => [name, Math.round(median(values))]),
  );
  for (const [name, ms] of Object.entries(medians)) print(`${name.padEnd(12)} ${ms} ms`);
  return medians;
}

async function throughput() {
  const rows = 200_000;
  const input = await makeInput(rows);
  const sink = await startSink();
  const speeds: { bare: Speed; pipeline: Speed; ratio: number }[] = [];
  for (let round = 0; round < 4; round += 1) {
    const bare = await measureBareLoop(sink.url, rows);
    const pipeline = await measurePipeline(sink.url, input, rows, folder);
    // The first round warms both up.
    if (round > 0) speeds.push({ bare, pipeline, ratio: pipeline.rowsPerSecond / bare.rowsPerSecond });
  }
  sink.close();
  const show = (name: string, of: (speed: (typeof speeds)[number]) => Speed) =>
    print(
      `${name.padEnd(12)} ${Math.round(median(speeds.map((each) => of(each).rowsPerSecond)))} rows/s, ${median(speeds.map((each) => of(each).cpuMicrosecondsPerRow)).toFixed(1)} µs CPU a row`,
    );
  show('bare loop', ({ bare }) => bare);
  show('update', ({ pipeline }) => pipeline);
  print(`ratio        ${median(speeds.map(({ ratio }) => ratio)).toFixed(2)}`);
  return speeds;
}

/** `-- shared --rate=40` takes another limit than 200 requests/s. */
function shared() {
  const rate = process.argv.find((argument) => argument.startsWith('--rate='))?.slice('--rate='.length);
  return measureShared(print, Number(rate ?? 200));
}

/** Each size in a process of its own, since a peak cannot be taken back. */
async function memory() {
  const sizes = [100_000, 1_000_000, ...(process.argv.includes('--long') ? [10_000_000] : [])];
  const sink = await startSink();
  const peaks: Record<string, number> = {};
  for (const rows of sizes) {
    const input = await makeInput(rows);
    const out = join(folder, `memory-${rows}`);
    const args = [
      'update',
      input,
      '--network-id',
      '12345678',
      '--out',
      out,
      '--rate',
      '100000',
      '--no-progress',
    ];
    const { stderr } = await execute(
      process.execPath,
      ['--import', PEAK, here('../../dist/cli/main.js'), ...args],
      {
        env: {
          AWS_REGION: 'us-east-1',
          AWS_ENDPOINT_URL_WICKR: sink.url,
          AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
          AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
        },
      },
    );
    peaks[rows] = Math.round(Number(stderr) / 1024);
    print(`${rows.toLocaleString('en-US').padStart(12)} rows  ${peaks[rows]} MB at the most`);
  }
  sink.close();
  return peaks;
}

/** The real shell against the emulator, which the client shares the machine with. */
async function real() {
  const table = [];
  for (const [rate, burst] of [
    [20, 20],
    [200, 100],
    [1000, 500],
  ] as const) {
    const rows = 30 * rate + burst;
    const input = await makeInput(rows);
    const emulator = await startEmulator({ users: rows + 1, rate, burst, latency: 30, keepRequests: false });
    const began = performance.now();
    const summary = await updateUsers({
      keepBefore: false,
      input,
      networkId: emulator.networkId,
      region: emulator.region,
      endpointUrl: emulator.url,
      credentials: async () => emulator.credentials,
      folder: join(folder, `real-${rate}`),
    }).summary;
    const ideal = (rows - burst) / rate;
    const seconds = (performance.now() - began) / 1000;
    const share = (100 * summary.throttled) / summary.attempts;
    table.push({ rate, burst, rows, ideal, seconds, throttled: summary.throttled, share });
    print(
      `${String(rate).padStart(5)}/s, burst ${burst}: ${seconds.toFixed(1)} s, ${(seconds / ideal).toFixed(3)} × ideal, ${share.toFixed(2)} % throttled`,
    );
    await emulator.close();
  }
  return table;
}

/** Pages are to cost a run at 50/s less than 2 % of its rate. */
async function pages() {
  const rows = 1000;
  const results = await measurePages(print, await makeInput(rows), rows, folder);
  const rateWith = (isOpen: boolean) =>
    median(results.filter((each) => each.pages > 0 === isOpen).map(({ rowsPerSecond }) => rowsPerSecond));
  print(`ratio     ${(rateWith(true) / rateWith(false)).toFixed(4)}`);
  return results;
}

async function pace() {
  // The constants of src/pace were tuned on the first twenty; of the others nothing was seen before they were fixed.
  const seeds = [1, 5001].flatMap((first) => Array.from({ length: 20 }, (_, i) => first + i));
  const rows = measurePace(seeds);
  print(paceTable(rows));
  return rows;
}

async function zoo() {
  const rows = measureZoo(
    Array.from({ length: 20 }, (_, i) => 9001 + i),
    512,
  );
  print(zooTable(rows));
  return rows;
}

async function zooReal() {
  const rows = await measureZooReal(folder, process.argv[3]);
  print(zooRealTable(rows));
  return rows;
}

async function makeInput(rows: number): Promise<string> {
  const path = join(folder, `${rows}.csv`);
  const file = createWriteStream(path);
  file.write('userId,firstName,lastName,securityGroupIds\n');
  for (let i = 1; i <= rows; i += 1) if (!file.write(csvRow(i))) await once(file, 'drain');
  file.end();
  await once(file, 'finish');
  return path;
}
