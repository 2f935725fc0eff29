import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { updateUsers } from '../../../src/index.js';
import { openInputMemory, openRateMemory } from '../../../src/run/state/remembered.js';
import { accountOf } from '../../../src/wickr/credentials.js';
import { isLong } from '../../length.js';
import { renames, serviceOf, until, useWorkplace } from '../../workplace.js';

const place = useWorkplace();
const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 's' };
const memory = (networkId = '12345678', keys = credentials, origin = 'https://a.example') =>
  openRateMemory(place.path('state/rates.json'), new URL(origin), networkId, keys, 'operation');

describe('a found rate', () => {
  it('is kept for its endpoint, network and account', async () => {
    await memory().remember('writes', 120);
    expect(await memory().recall()).toEqual({ writes: 120 });
    expect(await memory('87654321').recall()).toEqual({});
    expect(
      await memory('12345678', { ...credentials, accessKeyId: 'AKIAQQQQQQQQQQQQQQQQ' }).recall(),
    ).toEqual({});
    expect(await memory('12345678', credentials, 'https://b.example').recall()).toEqual({});
  });

  it('of reads is none of updates, and the other way round', async () => {
    await memory().remember('reads', 500);
    expect(await memory().recall()).toEqual({ reads: 500 });
    await memory().remember('writes', 20);
    expect(await memory().recall()).toEqual({ reads: 500, writes: 20 });
  });

  it('is kept in a file for its owner alone, which names neither network nor account', async () => {
    await memory().remember('writes', 120);
    expect((await stat(place.path('state/rates.json'))).mode & 0o777).toBe(0o600);
    expect(await place.read('state/rates.json')).not.toMatch(/12345678|AKIA|example/);
  });

  it('takes the place of the one before; of a hundred others the oldest goes', async () => {
    for (let network = 10_000_000; network < 10_000_101; network += 1)
      await memory(String(network)).remember('writes', 5);
    await memory('10000100').remember('writes', 7);
    expect(await memory('10000100').recall()).toEqual({ writes: 7 });
    expect(Object.keys(JSON.parse(await place.read('state/rates.json')))).toHaveLength(100);
  });

  it.each(['', '{', '[]', '{"x":{"rate":-1,"at":""}}', '{"x":1}'])(
    'is unknown in a file that reads %j',
    async (text) => {
      const path = await place.write('rates.json', text);
      const damaged = openRateMemory(path, new URL('https://a.example'), '12345678', credentials, 'all');
      expect(await damaged.recall()).toEqual({});
      await damaged.remember('writes', 9);
      expect(await damaged.recall()).toEqual({ reads: 9, writes: 9 });
    },
  );

  it('does no harm if it cannot be kept', async () => {
    const path = `${await place.write('file', '')}/rates.json`;
    const none = openRateMemory(path, new URL('https://a.example'), '12345678', credentials, 'all');
    await none.remember('writes', 9);
    expect(await none.recall()).toEqual({});
  });
});

describe('the length of an input', () => {
  const lengths = (name: string, networkId = '12345678', keys = credentials) =>
    openInputMemory(place.path('state/inputs.json'), new URL('https://a.example'), networkId, keys, name);

  it.each(['hr-2026-11-27.csv', 'HR_20261127.csv', 'hr 1.CSV', 'hrs.csv', 'h.csv', 'rh.csv'])(
    'of hr-2026-11-26.csv is that of %s',
    async (name) => {
      await lengths('hr-2026-11-26.csv').remember(500);
      expect(await lengths(name).recall()).toBe(500);
      expect(await lengths(name).knowsOthersOnly()).toBe(false);
    },
  );

  it('of a name that is another is not known, which is said', async () => {
    await lengths('hr-2026-11-26.csv').remember(500);
    const other = lengths('hr-final.csv');
    expect(await other.recall()).toBeUndefined();
    expect(await other.knowsOthersOnly()).toBe(true);
    await other.remember(30);
    expect([await other.recall(), await other.knowsOthersOnly()]).toEqual([30, false]);
    expect(await lengths('hr.csv').recall()).toBe(500);
  });

  it('that shrinks each night by less than a larger cap allows does not make the last night the measure', async () => {
    const nights = lengths('hr.csv');
    await nights.remember(1000, 20);
    await nights.remember(850, 20);
    expect(await nights.recall()).toBe(1000);
    // Allowed once: from here on it is what counts.
    await nights.remember(700, 40);
    expect(await nights.recall()).toBe(700);
    await nights.remember(500, 10);
    expect(await nights.recall()).toBe(700);
    await nights.remember(450);
    expect(await nights.recall()).toBe(450);
  });

  it('that cannot be kept is a reason to stop', async () => {
    // Its draft has a longer name than a file can have.
    const path = place.path('x'.repeat(250));
    const memory = openInputMemory(path, new URL('https://a.example'), '12345678', credentials, 'hr.csv');
    expect(await memory.recall()).toBeUndefined();
    await expect(memory.remember(500)).rejects.toThrow('cannot be written; nothing was sent');
  });

  it('is that of one network and account', async () => {
    await lengths('hr.csv').remember(500);
    const others = [
      lengths('hr.csv', '87654321'),
      lengths('hr.csv', '12345678', { ...credentials, accessKeyId: 'AKIAQQQQQQQQQQQQQQQQ' }),
    ];
    for (const other of others)
      expect([await other.recall(), await other.knowsOthersOnly()]).toEqual([undefined, false]);
  });
});

it.runIf(isLong)('a run keeps the rate that it found, and a wrong one does no harm to the next', async () => {
  const rows = 300;
  // Throttled by number, not by time: it finds a rate however busy this machine is.
  const emulator = await place.emulate({
    users: rows,
    latency: 10,
    faults: [{ kind: 'throttle', every: 90 }],
  });
  const input = await place.write('users.csv', renames(rows));
  const rateMemory = place.path('state/rates.json');
  const run = (folder: string) =>
    updateUsers({ keepBefore: false, input, folder: place.path(folder), rateMemory, ...serviceOf(emulator) })
      .summary;
  expect((await run('first')).statuses.updated).toBe(rows);
  const kept = JSON.parse(await readFile(rateMemory, 'utf8')) as Record<string, { rate: number; at: number }>;
  expect(Object.values(kept)).toEqual([{ rate: expect.any(Number), at: expect.any(Number) }]);
  for (const memory of Object.values(kept)) memory.rate = 2000;
  await place.write('state/rates.json', JSON.stringify(kept));
  emulator.setFaults([]);
  emulator.setRate(200, 20);
  const second = await run('second');
  expect(second.statuses.updated).toBe(rows);
  expect(second.throttled).toBeLessThan(rows / 4);
});

it('the rate is kept as the run goes, in case that it is killed', async () => {
  const emulator = await place.emulate({ users: 2000, latency: 10, rate: 50, burst: 5 });
  const input = await place.write('users.csv', renames(2000));
  const rateMemory = place.path('state/rates.json');
  const run = updateUsers({ input, folder: place.path('run'), rateMemory, ...serviceOf(emulator) });
  await until(() => existsSync(rateMemory));
  expect(emulator.counts.UpdateUser).toBeLessThan(2000);
  run.stop();
  expect((await run.summary).statuses.unprocessed).toBeGreaterThan(0);
});

it.each([
  ['named by the provider', { ...credentials, accountId: '111122223333' }, '111122223333'],
  ['held in the key ID', { ...credentials, accessKeyId: 'ASIAQNZGKIQY56JQ7WML' }, '029608264753'],
  ['unknown, so the key ID', { ...credentials, accessKeyId: 'short' }, 'short'],
  [
    'unknown, so the key ID, which is no base 32',
    { ...credentials, accessKeyId: 'AKIA0000000000000000' },
    'AKIA0000000000000000',
  ],
])('the account is %s', (_case, given, account) => {
  expect(accountOf(given)).toBe(account);
});
