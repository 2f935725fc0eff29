/** The command is killed at any moment and resumed until its end: what must hold of every run. */
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { cases, size } from '../length.js';
import { environmentOf, notRenamed, outcomes, renames, until, useWorkplace } from '../workplace.js';
import { start } from './command.js';

const CRASHES = cases(1, 100);
const ROWS = size(600, 2000);
const CONCURRENCY = 16;

const place = useWorkplace();

/** mulberry32: a run of this test is repeated by its seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const userOf = (row: number) => String(10_000_000 + row);

/** Starts the command and kills it once so many requests more have arrived, if it has not ended by then. */
async function killed(args: string[], emulator: Emulator, requests: number): Promise<boolean> {
  const { child, ended } = start(args, { env: environmentOf(emulator, place.folder) });
  const due = emulator.arrival(emulator.counts.UpdateUser + requests).then(() => 'due' as const);
  due.catch(() => {});
  if ((await Promise.race([due, ended])) !== 'due') return false;
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  // What it had sent may still be on its way in.
  await until(() => emulator.connections.open === 0);
  return child.signalCode === 'SIGKILL';
}

it.each(Array.from({ length: CRASHES }, (_, i) => i + 1))(
  'killed and resumed until it ends, every row has one line and no row with a line was sent again (seed %i)',
  async (seed) => {
    const random = randomOf(seed);
    const emulator = await place.emulate({
      users: ROWS,
      latency: 5,
      seed,
      rate: 1400,
      faults: [{ kinds: ['500', 'reset-before', '503'], share: 0.05 }],
    });
    const input = await place.write('users.csv', renames(ROWS));
    const out = place.path('run');
    const format = seed % 2 === 0 ? 'csv' : 'jsonl';
    const pace = ['--concurrency', String(CONCURRENCY), '--no-progress', '--rate', '1500'];
    const first = ['update', input, '--network-id', '12345678', '--out', out, '--report-format', format];
    const kills = 1 + Math.floor(random() * 3);
    let done = new Set<number>();
    let again = 0;
    let args = [...first, ...pace];
    for (let kill = 0; kill < kills; kill += 1) {
      const before = emulator.requests.length;
      const wasKilled = await killed(args, emulator, 1 + Math.floor((random() * 1.2 * ROWS) / kills));
      const sent = emulator.requests.slice(before);
      expect(sent.filter(({ userId }) => done.has(Number(userId)))).toEqual([]);
      if (!wasKilled) break;
      await access(`${out}/run.json`);
      const lines = await outcomes(`${out}/report.${format}`, format);
      done = new Set(lines.map(({ userId }) => Number(userId)));
      expect(done.size).toBe(lines.length);
      again += sent.filter(({ userId, applied }) => applied && !done.has(Number(userId))).length;
      args = ['resume', out, ...pace];
    }
    const before = emulator.requests.length;
    const { code, stderr } = await start(['resume', out, ...pace], {
      env: environmentOf(emulator, place.folder),
    }).ended;
    expect({
      code,
      stderr: stderr.replace(/^(this run has ended|wickr-bulk: network |credentials: ).*\n/gm, ''),
    }).toEqual({
      code: 0,
      stderr: '',
    });
    expect(emulator.requests.slice(before).filter(({ userId }) => done.has(Number(userId)))).toEqual([]);
    const lines = await outcomes(`${out}/report.${format}`, format);
    expect(lines.map(({ row }) => row).sort((a, b) => a - b)).toEqual(
      Array.from({ length: ROWS }, (_, i) => i + 1),
    );
    expect(lines.filter(({ status, row, userId }) => status !== 'updated' || userId !== userOf(row))).toEqual(
      [],
    );
    expect(notRenamed(emulator, ROWS)).toEqual([]);
    // Applied without a line when the kill came: those are what is applied once more.
    expect(again).toBeLessThanOrEqual(kills * CONCURRENCY);
  },
);
