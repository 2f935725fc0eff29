import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { LockedError } from '../../../src/errors.js';
import { type Holder, holderOf, isDead, type ProcessId, takeLock } from '../../../src/run/state/lock.js';
import { useWorkplace } from '../../workplace.js';

const place = useWorkplace();

describe('a holder is dead', () => {
  const here: ProcessId = { host: 'a', boot: 'b1', namespace: 'n1', pid: 1, start: '10' };
  it.each<[string, Partial<ProcessId>, string | undefined, boolean]>([
    ['no: it is there', {}, '10', false],
    ['yes: there is no such process', {}, undefined, true],
    ['yes: its number is that of another process now', {}, '11', true],
    ['not for sure: the system does not say when it was started', {}, '', false],
    ['yes: the machine was started anew', { boot: 'b0' }, '10', true],
    ['not for sure: it is on another machine', { host: 'z' }, undefined, false],
    [
      'not for sure: another machine that was started at another time',
      { host: 'z', boot: 'b0' },
      undefined,
      false,
    ],
    ['not for sure: it is in another container', { namespace: 'n2' }, undefined, false],
  ])('%s', (_case, holder, start, dead) => {
    expect(isDead({ ...here, pid: 2, ...holder }, here, start)).toBe(dead);
  });
});

describe('a lock', () => {
  it('is held by one until it is released, and leaves nothing behind', async () => {
    const path = place.path('locks/one');
    const lock = await takeLock(path, 'network 1');
    const second = takeLock(path, 'network 1');
    await expect(second).rejects.toThrow(LockedError);
    await expect(second).rejects.toMatchObject({ code: 'LOCKED' });
    await expect(second).rejects.toThrow(
      new RegExp(`network 1: process ${process.pid} on ${hostname()}, since \\d{4}-`),
    );
    await lock.release();
    await (await takeLock(path, 'network 1')).release();
    expect(await readdir(place.path('locks'))).toEqual([]);
  });

  /** What a process that has died leaves. */
  async function deadHolder(path: string): Promise<Holder> {
    const lock = await takeLock(path, 'it');
    const mine = JSON.parse(await readFile(path, 'utf8')) as Holder;
    await lock.release();
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    return { ...mine, id: '5b9f6a3e-5b53-4a39-9a5b-3f1f0c3f0a01', pid: child.pid ?? 0 };
  }

  it('of a process that has died is taken over by one alone, however many want it', async () => {
    const path = place.path('lock');
    const dead = await deadHolder(path);
    for (let round = 0; round < 20; round += 1) {
      await writeFile(path, JSON.stringify(dead));
      const taken = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(path, 'it')));
      const locks = taken.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      expect(locks).toHaveLength(1);
      expect((await holderOf(path))?.pid).toBe(process.pid);
      await locks[0]?.release();
    }
    expect(await readdir(place.folder)).toEqual([]);
  });

  it('is taken over also if one who took it over died meanwhile', async () => {
    const path = place.path('lock');
    const dead = await deadHolder(path);
    await writeFile(path, JSON.stringify(dead));
    await writeFile(
      `${path}.${dead.id}`,
      JSON.stringify({ ...dead, id: '5b9f6a3e-5b53-4a39-9a5b-3f1f0c3f0a02' }),
    );
    const lock = await takeLock(path, 'it');
    expect((await holderOf(path))?.pid).toBe(process.pid);
    await lock.release();
    expect(await readdir(place.folder)).toEqual([]);
  });

  it('that does not say who holds it is not taken', async () => {
    const path = await place.write('lock', '');
    await expect(takeLock(path, 'it')).rejects.toMatchObject({
      code: 'LOCKED',
      hint: expect.stringContaining('delete'),
    });
  });
});
