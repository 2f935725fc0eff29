/** The time series of a run, as it goes and as a resume goes on with it. */

import { appendFile, mkdir, rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type RunSample, resumeRun, type Sample, updateUsers } from '../../src/index.js';
import { readSeries } from '../../src/report/series.js';
import { silentLogger } from '../../src/run/options/table/logger.js';
import { isLong } from '../length.js';
import { reachOf, renames, serviceOf, until, updateIn, useWorkplace } from '../workplace.js';

const place = useWorkplace();
const series = async () => (await readSeries(place.path('run/metrics.jsonl')))?.samples ?? [];
const sum = (samples: readonly Sample[], name: 'requests' | 'accepted' | 'throttled' | 'retried' | 'reads') =>
  samples.reduce((total, sample) => total + sample[name], 0);

describe('the time series of a run', () => {
  it('adds up to what the summary says, and so does what the hook is told', async () => {
    const faults = [{ kinds: ['500'], share: 0.2 } as const];
    const emulator = await place.emulate({ users: 200, latency: 20, faults, seed: 3 });
    const told: RunSample[] = [];
    const onSample = (sample: RunSample) => void told.push(sample);
    const summary = await updateIn(place, renames(200), { rate: 150, onSample }, emulator);
    const samples = await series();
    expect(samples.length).toBeGreaterThan(1);
    expect(samples).toEqual(told.map(({ ended: _, ...sample }) => sample));
    expect(samples.at(-1)).toMatchObject({ done: 200, updated: 200, failed: 0, inFlight: 0 });
    expect(told.at(-1)?.ended).toEqual(summary.statuses);
    const failed = sum(samples, 'requests') - sum(samples, 'accepted') - sum(samples, 'throttled');
    expect({ attempts: sum(samples, 'requests'), failed, retried: sum(samples, 'retried') }).toEqual({
      attempts: summary.attempts,
      failed: summary.attempts - 200,
      retried: summary.attempts - 200,
    });
    expect(failed).toBeGreaterThan(10);
    const first = samples[0];
    expect(first?.rate).toBe(150);
    expect(first?.latency?.p50).toBeGreaterThanOrEqual(19);
    expect(samples.map(({ at }) => at)).toEqual(samples.map(({ at }) => at).toSorted());
  });

  it('counts looks at users as reads, those before the first row not at all', async () => {
    const emulator = await place.emulate({ users: 30 });
    await updateIn(place, renames(30), { keepBefore: true, maxAgeMs: 1, rate: 1000 }, emulator);
    const samples = await series();
    expect(sum(samples, 'reads')).toBe(sum(samples, 'requests') - 30);
    expect(sum(samples, 'reads')).toBeLessThanOrEqual(emulator.requests.length - 30);
  });

  it.runIf(isLong)('tells the limit that was found, and the log why', async () => {
    const emulator = await place.emulate({ users: 120, rate: 20, burst: 2 });
    const found: object[] = [];
    const logger = {
      ...silentLogger,
      info: (fields: object, event: string) => void (event === 'rate found' && found.push(fields)),
    };
    const input = await place.write('users.csv', renames(120));
    const options = { input, folder: place.path('run'), keepBefore: false, logger };
    await updateUsers({ ...options, ...serviceOf(emulator) }).summary;
    const samples = await series();
    expect(sum(samples, 'throttled')).toBeGreaterThan(0);
    expect(samples.at(-1)?.limit).toBeGreaterThan(1);
    expect(found).toEqual([{ run: 'run', to: expect.any(Number), why: 'measured between two throttles' }]);
  });

  it('says that the service is down', async () => {
    const faults = [{ kind: 'reset-before', after: 50 }] as const;
    const emulator = await place.emulate({ users: 150, faults });
    const run = updateIn(place, renames(150), { rate: 500, outagePatienceMs: 60_000 }, emulator);
    await until(async () => (await series()).at(-1)?.state === 'down');
    expect((await series()).at(-1)?.rate).toBe(0);
    emulator.setFaults([]);
    await run;
    expect((await series()).at(-1)).toMatchObject({ done: 150, state: 'running' });
  });

  it('says that nothing is sent while the service asks to wait', async () => {
    const faults = [{ kind: 'throttle', retryAfter: 3, after: 20, times: 1 }] as const;
    const emulator = await place.emulate({ users: 30, faults });
    await updateIn(place, renames(30), { concurrency: 1 }, emulator);
    const samples = await series();
    expect(samples.filter(({ state }) => state === 'waiting')).not.toEqual([]);
    expect(samples.at(-1)).toMatchObject({ done: 30, state: 'running' });
  });
});

describe('a resumed run', () => {
  async function stopped() {
    const emulator = await place.emulate({ users: 200, latency: 5 });
    const stopping = new AbortController();
    const run = updateIn(place, renames(200), { rate: 100, stopping: stopping.signal }, emulator);
    await until(async () => (await series()).length > 0);
    stopping.abort({ signal: 'SIGINT', message: 'stopped', hint: 'go on' });
    await run;
    const told: string[] = [];
    const onNotice = (what: string) => void told.push(what);
    const resume = () => resumeRun(place.path('run'), { ...reachOf(emulator), rate: 5000, onNotice }).summary;
    return { resume, told };
  }

  it('goes on with the series', async () => {
    const { resume, told } = await stopped();
    const before = await series();
    const summary = await resume();
    const samples = await series();
    expect(samples.slice(0, before.length)).toEqual(before);
    expect(samples.length).toBeGreaterThan(before.length);
    expect(sum(samples, 'requests')).toBe(summary.attempts);
    expect([samples.at(-1)?.done, told]).toEqual([200, []]);
  });

  it('goes on although something else has written into it, and says so', async () => {
    const { resume, told } = await stopped();
    await appendFile(place.path('run/metrics.jsonl'), '<html>\n');
    expect((await resume()).statuses.updated).toBe(200);
    expect(told).toEqual([expect.stringContaining('metrics.jsonl is not as a run wrote it')]);
    expect((await series()).at(-1)?.done).toBe(200);
  });

  it('goes on although there cannot be one, and says so once', async () => {
    const { resume, told } = await stopped();
    await rm(place.path('run/metrics.jsonl'));
    await mkdir(place.path('run/metrics.jsonl'));
    expect((await resume()).statuses.updated).toBe(200);
    expect(told).toEqual([expect.stringContaining('the time series is not kept any more')]);
  });
});
