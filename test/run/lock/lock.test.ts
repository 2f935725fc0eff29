import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { InterruptedError, LockedError } from '../../../src/errors.js';
import { Fence } from '../../../src/run/lock/fence.js';
import type { Lock } from '../../../src/run/lock/held-lock.js';
import { lookAtLock, takeLock } from '../../../src/run/lock/lock.js';
import type { Holder } from '../../../src/run/lock/lock-file.js';
import { lockTerms, until, useWorkplace } from '../../workplace.js';

const place = useWorkplace();
const ID = '5b9f6a3e-5b53-4a39-9a5b-3f1f0c3f0a0';

const holderIn = async (path: string) => JSON.parse(await readFile(path, 'utf8')) as Holder;

/** What a process of this machine that has died leaves. */
async function deadHolder(path: string): Promise<Holder> {
  const lock = await takeLock(path, 'it', lockTerms());
  const mine = await holderIn(path);
  await lock.release();
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return { ...mine, id: `${ID}1`, pid: child.pid ?? 0 };
}

/** What a process of another machine leaves, of which only its signs of life can be told. */
async function foreignHolder(path: string, takeOverMs: number): Promise<Holder> {
  const holder = { ...(await deadHolder(path)), host: 'elsewhere', takeOverMs };
  await writeFile(path, JSON.stringify(holder));
  return holder;
}

const lossOf = (lock: Lock) => new Promise<LockedError>((resolve) => lock.onLost(resolve));

describe('a lock', () => {
  it('is held by one until it is released, and leaves nothing behind', async () => {
    const path = place.path('locks/one');
    const lock = await takeLock(path, 'network 1', lockTerms());
    const second = takeLock(path, 'network 1', lockTerms());
    await expect(second).rejects.toThrow(LockedError);
    await expect(second).rejects.toMatchObject({ code: 'LOCKED' });
    await expect(second).rejects.toThrow(
      new RegExp(
        `network 1: process ${process.pid} on ${hostname()}, since \\d{4}-.*, last sign of life \\d{4}-`,
      ),
    );
    await expect(second).rejects.toMatchObject({ hint: expect.stringContaining('taken over 30 s after') });
    expect(lock.isHeld()).toBe(true);
    await lock.release();
    await (await takeLock(path, 'network 1', lockTerms())).release();
    expect(await readdir(place.path('locks'))).toEqual([]);
  });

  it('of a process that has died is taken over by one alone, however many want it', async () => {
    const path = place.path('lock');
    const dead = await deadHolder(path);
    for (let round = 0; round < 20; round += 1) {
      await writeFile(path, JSON.stringify(dead));
      const taken = await Promise.allSettled(
        Array.from({ length: 8 }, () => takeLock(path, 'it', lockTerms())),
      );
      const locks = taken.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      expect(locks).toHaveLength(1);
      expect(await lookAtLock(path)).toMatchObject({ state: 'alive', holder: { pid: process.pid } });
      await locks[0]?.release();
    }
    expect(await readdir(place.folder)).toEqual([]);
  });

  it('is taken over also if one who took it over died meanwhile', async () => {
    const path = place.path('lock');
    const dead = await deadHolder(path);
    await writeFile(path, JSON.stringify(dead));
    await writeFile(`${path}.${dead.id}`, JSON.stringify({ ...dead, id: `${ID}2` }));
    const lock = await takeLock(path, 'it', lockTerms());
    expect(lock.isHeld()).toBe(true);
    expect((await lookAtLock(path))?.holder.pid).toBe(process.pid);
    await lock.release();
    expect(await readdir(place.folder)).toEqual([]);
  });

  it('of a holder that nobody can see is taken over once it has been silent for its own time', async () => {
    const path = place.path('lock');
    await foreignHolder(path, 200);
    const begun = performance.now();
    const lock = await takeLock(path, 'it', lockTerms());
    expect(performance.now() - begun).toBeGreaterThanOrEqual(200);
    await lock.release();
    expect(await readdir(place.folder)).toEqual([]);
  });

  it('of a run that has lost another one to the same run is taken over without more watching', async () => {
    const fence = new Fence();
    const other = await foreignHolder(place.path('other'), 100);
    await foreignHolder(place.path('lock'), 3_600_000);
    const [first, watched] = [
      await takeLock(place.path('other'), 'it', lockTerms(), fence),
      place.path('lock'),
    ];
    expect(fence.overtaken).toEqual(new Set([other.owner]));
    await writeFile(watched, JSON.stringify({ ...(await holderIn(watched)), owner: other.owner }));
    const second = await takeLock(watched, 'it', lockTerms(), fence);
    await Promise.all([first.release(), second.release()]);
    expect(await readdir(place.folder)).toEqual([]);
  });

  it('of a holder that gives signs of life is refused, whatever its clock says', async () => {
    const path = place.path('lock');
    const holder = await foreignHolder(path, 30_000);
    const second = takeLock(path, 'it', lockTerms({ takeOverMs: 1, onWait: () => void beat() }));
    const beat = () => writeFile(path, JSON.stringify({ ...holder, beat: 7 }));
    await expect(second).rejects.toThrow('process');
    expect(await holderIn(path)).toMatchObject({ host: 'elsewhere', beat: 7 });
  });

  it('that is waited for is taken when it is released, and whoever waits is told for whom', async () => {
    const path = place.path('lock');
    const first = await takeLock(path, 'it', lockTerms());
    const waiting: unknown[] = [];
    const onWait = (told: unknown) => {
      waiting.push(told);
      void first.release();
    };
    const second = await takeLock(path, 'it', lockTerms({ waitMs: 3_600_000, onWait }));
    expect(waiting).toMatchObject([{ what: 'it', pid: process.pid, host: hostname(), waitMs: 3_600_000 }]);
    await second.release();
  });

  it('is no longer waited for once the job is stopped', async () => {
    const path = place.path('lock');
    const first = await takeLock(path, 'it', lockTerms());
    const { signal, abort } = stopping();
    const second = takeLock(path, 'it', lockTerms({ waitMs: 3_600_000, signal, onWait: abort }));
    await expect(second).rejects.toThrow(InterruptedError);
    await expect(second).rejects.toMatchObject({ signal: 'SIGTERM' });
    await first.release();
  });

  it('that does not say who holds it is not taken', async () => {
    const path = await place.write('lock', '{"by":"another version"}');
    await expect(takeLock(path, 'it', lockTerms())).rejects.toMatchObject({
      code: 'LOCKED',
      hint: expect.stringContaining('delete'),
    });
  });

  it('that was copied to the name of its own successor is not taken, and nobody looks for its end for ever', async () => {
    const path = place.path('lock');
    const first = await takeLock(path, 'it', lockTerms());
    await copyFile(path, `${path}.${(await holderIn(path)).id}`);
    await expect(takeLock(path, 'it', lockTerms())).rejects.toMatchObject({
      code: 'LOCKED',
      hint: expect.stringContaining('delete'),
    });
    await first.release();
  });
});

it.each(['', '\0\0\0\0'])('a lock whose holder died before writing into it is taken (%j)', async (text) => {
  const path = await place.write('lock', text);
  const lock = await takeLock(path, 'it', lockTerms());
  expect(lock.isHeld()).toBe(true);
  await lock.release();
  expect(await readdir(place.folder)).toEqual([]);
});

function stopping() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort({ signal: 'SIGTERM' }) };
}

describe('a holder', () => {
  it('gives signs of life by itself', async () => {
    const path = place.path('lock');
    const lock = await takeLock(path, 'it', lockTerms({ takeOverMs: 1000 }));
    await until(async () => (await holderIn(path)).beat >= 2);
    await lock.release();
  });

  it('notices that somebody has taken over, and leaves the lock to them', async () => {
    const path = place.path('lock');
    const fence = new Fence();
    const lock = await takeLock(path, 'network 1', lockTerms({ takeOverMs: 100 }), fence);
    const told: LockedError[] = [];
    fence.onLost((error) => told.push(error));
    const mine = await holderIn(path);
    const successor = await place.write(
      'successor',
      JSON.stringify({ ...mine, id: `${ID}3`, pid: 4711, host: 'other' }),
    );
    // Whole at once: the holder looks every few ms.
    await rename(successor, `${path}.${mine.id}`);
    expect((await lossOf(lock)).message).toMatch(/^process 4711 on other took over network 1 at \d{4}-/);
    expect(told).toHaveLength(1);
    expect(lock.isHeld()).toBe(false);
    expect(() => fence.check()).toThrow(LockedError);
    const before = await readFile(path, 'utf8');
    await lock.release();
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(await readdir(place.folder)).toHaveLength(2);
  });

  it('notices a successor who has not written into its file yet', async () => {
    const path = place.path('lock');
    const lock = await takeLock(path, 'network 1', lockTerms({ takeOverMs: 100 }));
    await place.write(`lock.${(await holderIn(path)).id}`, '');
    expect((await lossOf(lock)).message).toMatch(/^another process took over network 1, as/);
    await lock.release();
  });

  it('notices that its lock was deleted', async () => {
    const path = place.path('lock');
    const lock = await takeLock(path, 'it', lockTerms({ takeOverMs: 100 }));
    await rm(path);
    expect((await lossOf(lock)).message).toContain('is gone');
    await lock.release();
  });
});

describe('whoever looks at a lock', () => {
  it('whose holder is dead sees none', async () => {
    const path = place.path('lock');
    await writeFile(path, JSON.stringify(await deadHolder(path)));
    expect(await lookAtLock(path)).toBe(undefined);
  });

  it('whose holder is silent, but maybe not dead, sees that', async () => {
    const path = place.path('lock');
    await foreignHolder(path, 4000);
    expect((await lookAtLock(path))?.state).toBe('silent');
  });

  it('sees that its holder is alive by its signs of life alone', async () => {
    const path = place.path('lock');
    const holder = await foreignHolder(path, 30_000);
    const seen = lookAtLock(path);
    await writeFile(path, JSON.stringify({ ...holder, beat: 7 }));
    expect((await seen)?.state).toBe('alive');
  });
});
