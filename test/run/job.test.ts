/** Runs as their caller holds them: iterated over or not, stopped, killed, aborted, failed. */

import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  InterruptedError,
  type Outcome,
  type Progress,
  type RunHandle,
  resumeRun,
  type Summary,
  type UpdateOptions,
  UsageError,
  updateUsers,
} from '../../src/index.js';
import { size } from '../length.js';
import { notRenamed, outcomes, reachOf, renames, serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();

/** Starts an update of the first users of an emulator with that many and some more. */
async function start(rows: number, options: Partial<UpdateOptions> = {}, latency = 0) {
  const emulator = await place.emulate({ users: rows, latency });
  const input = await place.write('users.csv', renames(rows));
  const given = { ...serviceOf(emulator), input, folder: place.path('run'), rate: 5000, keepBefore: false };
  return { emulator, start: () => updateUsers({ ...given, ...options }) };
}

async function all(run: AsyncIterable<Outcome>): Promise<Outcome[]> {
  const given: Outcome[] = [];
  for await (const outcome of run) given.push(outcome);
  return given;
}

const failure = (task: Promise<unknown>): Promise<unknown> => task.catch((error: unknown) => error);
const summaryFile = async () => JSON.parse(await place.read('run/summary.json')) as Summary;

/** Progress, and the moment from which on nothing has changed for a second. */
function stalling() {
  let [done, same] = [-1, 0];
  let stalled = () => {};
  const stall = new Promise<void>((resolve) => {
    stalled = resolve;
  });
  const onProgress = (progress: Progress) => {
    same = progress.done === done && done > 0 ? same + 1 : 0;
    done = progress.done;
    if (same === 10) stalled();
  };
  return { stall, onProgress };
}

describe('a loop over a run', () => {
  it('gives the lines of the report in its order, and ends with the run', async () => {
    const { start: begin } = await start(100);
    const run = begin();
    const given = await all(run);
    expect(given).toHaveLength(100);
    expect(given).toEqual(await outcomes(place.path('run/report.csv')));
    // Written before the loop's end.
    expect(await summaryFile()).toEqual(await run.summary);
    expect(run.folder).toBe(place.path('run'));
  });

  it('gives an outcome when its line is in the report, while other rows are under way', async () => {
    const { emulator, start: begin } = await start(40, { rate: 100 });
    let seen = 0;
    for await (const { row } of begin()) {
      expect(await place.read('run/report.csv')).toMatch(new RegExp(`^${row},`, 'm'));
      if (seen === 0) expect(emulator.counts.UpdateUser).toBeLessThan(40);
      seen += 1;
    }
    expect(seen).toBe(40);
  });

  it('holds the run back that is faster', async () => {
    const ROWS = size(700, 2000);
    const { stall, onProgress } = stalling();
    const { emulator, start: begin } = await start(ROWS, { onProgress, concurrency: 8 });
    const run = begin();
    const given: Outcome[] = [];
    for await (const outcome of run) {
      if (given.length === 0) await stall;
      given.push(outcome);
      if (given.length > 1) continue;
      // Those that may wait, and the open rows that each bring one more.
      expect(emulator.counts.UpdateUser).toBeLessThan(256 + 8 * 4 + 8);
    }
    expect(given).toHaveLength(ROWS);
    expect((await run.summary).statuses.updated).toBe(ROWS);
  });

  it('is not needed', async () => {
    const { emulator, start: begin } = await start(100);
    expect((await begin().summary).statuses.updated).toBe(100);
    expect(notRenamed(emulator, 100)).toEqual([]);
  });

  it('that begins too late, or again, is refused', async () => {
    const { start: begin } = await start(50);
    const run = begin();
    await run.summary;
    await expect(all(run)).rejects.toThrow(UsageError);
    await expect(all(run)).rejects.toThrow('began too late');
  });

  it('of a resumed run gives the rows that were left', async () => {
    const { emulator, start: begin } = await start(200, { rate: 300 });
    const run = begin();
    const first: Outcome[] = [];
    for await (const outcome of run) {
      first.push(outcome);
      if (first.length === 20) run.stop();
    }
    const unprocessed = first.filter(({ status }) => status === 'unprocessed');
    expect(unprocessed.length).toBeGreaterThan(0);
    const resumed = resumeRun(run.folder, { ...reachOf(emulator), rate: 5000 });
    const rest = await all(resumed);
    expect(rest.map(({ row }) => row).sort((a, b) => a - b)).toEqual(unprocessed.map(({ row }) => row));
    expect((await resumed.summary).statuses).toMatchObject({ updated: 200, unprocessed: 0 });
    expect(await all(resumeRun(run.folder, reachOf(emulator)))).toEqual([]);
  });
});

describe('a loop that is left', () => {
  it('stops the run in good order, and is over when the run is', async () => {
    const locks = place.path('locks');
    const { emulator, start: begin } = await start(300, { rate: 300, locks }, 30);
    const run = begin();
    for await (const { status } of run) {
      expect(status).toBe('updated');
      break;
    }
    const sent = emulator.requests.length;
    const summary = await run.summary;
    expect(summary.stopped?.message).toContain('loop');
    expect(summary.statuses.unprocessed).toBeGreaterThan(0);
    expect(summary.statuses.updated).toBe(sent);
    // Nothing of it is left that could be in the way.
    const given = { ...serviceOf(emulator), input: place.path('users.csv'), limit: 1, locks };
    const next = updateUsers({ keepBefore: false, ...given, folder: place.path('next') });
    expect((await next.summary).statuses.updated).toBe(1);
  });

  it('by an error gives just that error', async () => {
    const { start: begin } = await start(100, { rate: 300 });
    const run = begin();
    const looping = async () => {
      for await (const _ of run) throw new RangeError('mine');
    };
    await expect(looping()).rejects.toThrow('mine');
    expect((await run.summary).stopped).toBeDefined();
  });
});

describe('stop', () => {
  it('lets the rows in flight end; the rest is unprocessed, and given out as well', async () => {
    const { start: begin } = await start(200, { rate: 200 }, 30);
    const run = begin();
    const given: Outcome[] = [];
    for await (const outcome of run) {
      given.push(outcome);
      if (given.length === 10) run.stop('enough for today');
    }
    const { statuses, stopped } = await run.summary;
    expect(stopped).toEqual({
      code: 'INTERRUPTED',
      message: 'enough for today',
      hint: expect.stringContaining('resumeRun'),
    });
    expect(statuses.updated + statuses.unprocessed).toBe(200);
    expect(statuses.unprocessed).toBeGreaterThan(0);
    expect(given).toEqual(await outcomes(place.path('run/report.csv')));
  });

  it('before anything was sent leaves nothing behind', async () => {
    const { emulator, start: begin } = await start(10);
    const run = begin();
    run.stop();
    expect(await failure(run.summary)).toBeInstanceOf(InterruptedError);
    expect(emulator.requests).toEqual([]);
    expect(await readdir(place.folder)).toEqual(['users.csv']);
  });

  it('of a run that has ended changes nothing', async () => {
    const { start: begin } = await start(10);
    const run = begin();
    const summary = await run.summary;
    run.stop();
    run.kill();
    expect(await run.summary).toBe(summary);
    expect(summary).not.toHaveProperty('stopped');
  });
});

it('kill lets go of what is in flight', async () => {
  const emulator = await place.emulate({ users: 10, faults: [{ kind: 'hang' }] });
  const input = await place.write('users.csv', renames(10));
  const given = { ...serviceOf(emulator), input, folder: place.path('run'), timeoutMs: 3_600_000 };
  const run = updateUsers(given);
  await emulator.arrival(1);
  run.kill();
  const { statuses, stopped } = await run.summary;
  expect(statuses.unprocessed).toBe(10);
  expect(stopped?.message).toContain('stopped');
  const messages = (await outcomes(place.path('run/report.csv'))).map(({ message }) => message);
  expect(messages.join()).toContain('may have been made');
});

describe('after the abort of its signal', () => {
  it('a run ends in good order, and its loop and summary by the reason', async () => {
    const aborting = new AbortController();
    const { emulator, start: begin } = await start(200, { rate: 200, signal: aborting.signal }, 30);
    const run = begin();
    const given: Outcome[] = [];
    const looping = async () => {
      for await (const outcome of run) {
        given.push(outcome);
        if (given.length === 10) aborting.abort();
      }
    };
    await expect(looping()).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(await failure(run.summary)).toBe(aborting.signal.reason);
    const report = await outcomes(place.path('run/report.csv'));
    expect(given).toEqual(report);
    expect(report).toHaveLength(200);
    expect(report.filter(({ status }) => status === 'updated')).toHaveLength(
      emulator.requests.filter(({ applied }) => applied).length,
    );
    expect((await summaryFile()).statuses.unprocessed).toBeGreaterThan(0);
  });

  it('nothing begins', async () => {
    const reason = new RangeError('no');
    const { emulator, start: begin } = await start(10, { signal: AbortSignal.abort(reason) });
    const run = begin();
    await expect(all(run)).rejects.toBe(reason);
    expect(await failure(run.summary)).toBe(reason);
    expect(emulator.requests).toEqual([]);
    expect(await readdir(place.folder)).toEqual(['users.csv']);
  });

  it('an input that gives nothing is waited for no longer', async () => {
    const aborting = new AbortController();
    const input = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
    const { start: begin } = await start(1, { input, signal: aborting.signal });
    const run = begin();
    setImmediate(() => aborting.abort('enough'));
    expect(await failure(run.summary)).toBe('enough');
    expect(await readdir(place.folder)).toEqual(['users.csv']);
  });

  it('a run that has ended stays as it is', async () => {
    const aborting = new AbortController();
    const { start: begin } = await start(10, { signal: aborting.signal });
    const run = begin();
    const given = await all(run);
    aborting.abort();
    expect(given).toHaveLength(10);
    expect((await run.summary).statuses.updated).toBe(10);
  });
});

describe('what makes a run impossible', () => {
  const cases: [string, Partial<UpdateOptions>, RegExp][] = [
    ['an option that there is not', { skipInvalids: true } as object, /nearest: `skipInvalid`/],
    ['an option of another job', { maxShrink: '5%' } as object, /no option of update/],
    ['no folder', { folder: undefined } as object, /folder has to be given/],
    ['a value', { rate: 0 }, /`rate` needs/],
    ['a value of another type', { skipInvalid: 'false' } as object, /`skipInvalid` needs true or false/],
    ['credentials that are none', { credentials: 'AKIA' } as object, /`credentials` needs/],
    ['no input', { input: 7 } as object, /`input` needs/],
  ];

  it.each(cases)('%s is met by who awaits the summary', async (_case, options, message) => {
    const { start: begin } = await start(1, options);
    const error = await failure(begin().summary);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toMatch(message);
    expect(await readdir(place.folder)).toEqual(['users.csv']);
  });

  // Vitest fails a file in which a rejection is met by nobody.
  it.each(cases)('%s is met by who iterates', async (_case, options, message) => {
    const { start: begin } = await start(1, options);
    await expect(all(begin())).rejects.toThrow(message);
  });

  it('is met also by a loop that begins later', async () => {
    const { start: begin } = await start(1, { rate: 0 });
    const run: RunHandle = begin();
    await failure(run.summary);
    await expect(all(run)).rejects.toThrow('`rate` needs');
  });

  it('is a folder that exists', async () => {
    const { emulator, start: begin } = await start(1, { folder: place.folder });
    await expect(begin().summary).rejects.toThrow('exists already');
    expect(emulator.requests).toEqual([]);
  });
});

describe('hooks', () => {
  it('tell of throttles and of the rate', async () => {
    const throttles: unknown[] = [];
    const rates: number[] = [];
    const emulator = await place.emulate({
      users: 60,
      faults: [{ kind: 'throttle', after: 20, times: 3, retryAfter: 1 }],
    });
    const input = await place.write('users.csv', renames(60));
    const given = { ...serviceOf(emulator), input, folder: place.path('run') };
    const hooks = { onThrottle: (it: unknown) => throttles.push(it), onRate: (it: number) => rates.push(it) };
    const { throttled } = await updateUsers({ keepBefore: false, ...given, ...hooks }).summary;
    expect(throttled).toBe(3);
    expect(throttles).toEqual(Array(3).fill({ retryAfterMs: 1000, rate: expect.any(Number) }));
    expect(rates.length).toBeGreaterThan(1);
    expect(rates.every((rate, i) => rate >= 0 && rate !== rates[i - 1])).toBe(true);
  });

  it('tell of a rate once that does not change', async () => {
    const rates: number[] = [];
    const { start: begin } = await start(50, { rate: 1000, onRate: (rate) => rates.push(rate) });
    await begin().summary;
    expect(rates).toEqual([1000]);
  });

  it('tell of an outage as of a rate of 0', async () => {
    const rates: number[] = [];
    const emulator = await place.emulate({ users: 2000, faults: [{ kind: '503' }] });
    const input = await place.write('users.csv', renames(2000));
    const given = { ...serviceOf(emulator), input, folder: place.path('run'), outagePatienceMs: 10_000 };
    await updateUsers({ keepBefore: false, ...given, onRate: (rate) => rates.push(rate) }).summary;
    expect(rates.at(-1)).toBe(0);
  });
});

it('credentials can be given as they are', async () => {
  const emulator = await place.emulate({ users: 3 });
  const input = await place.write('users.csv', renames(3));
  const given = { ...serviceOf(emulator), input, folder: place.path('run') };
  const run = updateUsers({ keepBefore: false, ...given, credentials: emulator.credentials });
  expect((await run.summary).statuses.updated).toBe(3);
});
