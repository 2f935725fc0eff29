/** What is said of a run that cannot be steered, or that does not answer; test/e2e/steer.test.ts steers one. */
import { readdir, rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { continueRun, pauseRun, readRunStatus, stopRun, tuneRun, updateUsers } from '../../src/index.js';
import { takeLock } from '../../src/run/lock/lock.js';
import { tell } from '../../src/verbs/steer.js';
import { lockTerms, renames, serviceOf, until, updateIn, useWorkplace } from '../workplace.js';

const place = useWorkplace();
const run = () => place.path('run');
const ended = async () => updateIn(place, renames(2), {}, await place.emulate({ users: 2 }));
const left = async () => (await readdir(run())).filter((name) => /order|control|part/.test(name));

it('a run that has ended, or was killed, is told nothing', async () => {
  await ended();
  const tuned = (folder: string) => tuneRun(folder, { maxRate: 5 });
  for (const told of [stopRun, pauseRun, continueRun, tuned])
    await expect(told(run())).rejects.toMatchObject({
      code: 'NOT_RUNNING',
      message: expect.stringMatching(/ended at .*: no process works on it/),
    });
  await rm(place.path('run/summary.json'));
  await expect(stopRun(run())).rejects.toMatchObject({
    code: 'NOT_RUNNING',
    message: expect.stringContaining('it was killed'),
    hint: expect.stringContaining('`resumeRun`'),
  });
  await expect(stopRun(place.path('nowhere'))).rejects.toMatchObject({ code: 'NOT_A_RUN' });
  expect(await left()).toEqual([]);
});

it('a process that does not answer is not told later either', async () => {
  await ended();
  const lock = await takeLock(place.path('run/lock'), 'it', lockTerms());
  await expect(tell(run(), { kind: 'stop' }, 60)).rejects.toMatchObject({
    code: 'NO_ANSWER',
    message: expect.stringMatching(/^process \d+ on .* has not answered within 0 s/),
  });
  await lock.release();
  expect(await left()).toEqual([]);
});

it('a run that ends before it answers is stopped, and cannot be paused any more', async () => {
  await ended();
  for (const kind of ['stop', 'pause'] as const) {
    const lock = await takeLock(place.path('run/lock'), 'it', lockTerms());
    const instruction = kind === 'stop' ? { kind } : { kind, isPaused: true };
    const told = tell(run(), instruction, 3_600_000);
    const result = told.catch(({ code }: { code: string }) => code);
    while ((await left()).length === 0) await new Promise((resolve) => setImmediate(resolve));
    await lock.release();
    expect(await result).toEqual(kind === 'stop' ? { folder: run(), paused: false } : 'NOT_RUNNING');
  }
  expect(await left()).toEqual([]);
});

it('time in which a run is paused is no work, and lowers no rate', async () => {
  const emulator = await place.emulate({ users: 60 });
  const input = await place.write('users.csv', renames(60));
  const begun = performance.now();
  const going = updateUsers({ ...serviceOf(emulator), input, folder: run(), maxRate: 20 });
  await emulator.arrival(1);
  await until(async () => (await readRunStatus(run())).done > 0);
  await pauseRun(run());
  const from = performance.now();
  await tuneRun(run(), { maxRate: 1000 });
  expect((await readRunStatus(run())).state).toBe('paused');
  await tuneRun(run(), { concurrency: 8 });
  const lasted = performance.now() - from;
  await continueRun(run());
  const { workedMs, rowsPerSecond, statuses } = await going.summary;
  const most = performance.now() - begun - lasted;
  expect(statuses.updated).toBe(60);
  expect(workedMs).toBeLessThan(most);
  expect(rowsPerSecond).toBeGreaterThan((60 * 1000) / most - 0.1);
});

it.each<[object, RegExp]>([
  [{}, /nothing is to be changed/],
  [{ maxRate: undefined }, /nothing is to be changed/],
  [{ maxRate: 0, concurrency: 0.5 }, /^`maxRate` needs a number .*\n`concurrency` needs a whole number/],
  [{ rate: 5 }, /`rate` is no option of tune/],
])('%j cannot be set anew', async (options, message) => {
  await expect(tuneRun(run(), options)).rejects.toThrow(message);
});
