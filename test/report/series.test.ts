import { mkdir, symlink, truncate } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  formatSample,
  parseSample,
  readLastSample,
  readSeries,
  type Sample,
} from '../../src/report/series.js';
import { useWorkplace } from '../workplace.js';
import { anySample } from './any-sample.js';

const place = useWorkplace();
const agreed =
  '{"at":"2026-03-01T12:00:00.123Z","seconds":1,"done":0,"updated":0,"failed":0,"requests":0,"accepted":0,"throttled":0,"retried":0,"reads":0,"rate":20,"limit":null,"inFlight":0,"latency":{"p50":61,"p95":90,"p99":120},"state":"running"}';

describe('a line of a time series', () => {
  it('is read as it was written', () => {
    expect(formatSample(parseSample(agreed) as Sample)).toBe(`${agreed}\n`);
  });

  it('may have members that a later version has added', () => {
    expect(parseSample(agreed.replace('{', '{"later":1,'))).toEqual(parseSample(agreed));
  });

  it('may say which worker did it, and how many runs shared the rate', () => {
    const of = { sharedBy: 3, worker: 'host-77' };
    expect(parseSample(formatSample(anySample(1, of)))).toEqual(anySample(1, of));
  });

  it.each([
    '',
    '[]',
    'null',
    agreed.slice(0, -1),
    agreed.replace('"done":0', '"done":-1'),
    agreed.replace('"done":0', '"done":0.5'),
    agreed.replace('"seconds":1', '"seconds":0'),
    agreed.replace('"rate":20', '"rate":"20"'),
    agreed.replace('"state":"running"', '"state":"<b>"'),
    agreed.replace('2026-03-01T12:00:00.123Z', 'yesterday'),
    agreed.replace('"p95":90,', ''),
  ])('is not %s', (line) => {
    expect(parseSample(line)).toBeUndefined();
  });
});

describe('a time series read back', () => {
  const line = (end: number) => formatSample(anySample(end));
  const read = async (content: string) => {
    const series = await readSeries(await place.write('metrics.jsonl', content));
    return series && { ...series, samples: series.samples.map(({ done }) => done) };
  };

  it('has the lines in their order', async () => {
    const content = line(1) + line(2);
    expect(await read(content)).toEqual({ samples: [1, 2], bytes: content.length, isDamaged: false });
  });

  it('leaves out what was being written at a kill, or when the power failed', async () => {
    const whole = { samples: [1], bytes: line(1).length, isDamaged: false };
    expect(await read(line(1) + line(2).slice(0, 40))).toEqual(whole);
    expect(await read(`${line(1)}${line(2).slice(0, 40)}${'\0'.repeat(30)}`)).toEqual(whole);
    expect(await read(`${line(1)}${'\0'.repeat(30)}\n${line(3)}`)).toEqual(whole);
    expect(await read('')).toEqual({ samples: [], bytes: 0, isDamaged: false });
  });

  it('says that something else has written into it', async () => {
    expect(await read(`${line(1)}hello\n${line(2)}`)).toMatchObject({ samples: [1, 2], isDamaged: true });
  });

  it('is not read if it has become larger than any run makes it', async () => {
    const path = await place.write('metrics.jsonl', line(1));
    await truncate(path, 20 * 1024 * 1024);
    expect(await readSeries(path)).toEqual({ samples: [], bytes: 0, isDamaged: true });
  });

  it('may be missing; a folder in its place is told', async () => {
    expect(await readSeries(place.path('metrics.jsonl'))).toBeUndefined();
    await mkdir(place.path('metrics.jsonl'));
    await expect(readSeries(place.path('metrics.jsonl'))).rejects.toThrow('cannot be read (EISDIR)');
  });
});

describe('the last line of a time series', () => {
  const read = async (content: string) =>
    (await readLastSample(await place.write('metrics.jsonl', content)))?.done;

  it('is the last whole one, however many there are', async () => {
    const many = Array.from({ length: 100 }, (_, i) => formatSample(anySample(i + 1))).join('');
    expect(many.length).toBeGreaterThan(3 * 4096);
    expect(await read(many)).toBe(100);
    expect(await read(`${many}${formatSample(anySample(101)).slice(0, 40)}`)).toBe(100);
    expect(await read(formatSample(anySample(1)))).toBe(1);
  });

  it('is not there without a series, and not read by way of a link', async () => {
    expect(await read('')).toBeUndefined();
    expect(await readLastSample(place.path('none'))).toBeUndefined();
    await mkdir(place.path('folder'));
    expect(await readLastSample(place.path('folder'))).toBeUndefined();
    await place.write('metrics.jsonl', formatSample(anySample(1)));
    await symlink(place.path('metrics.jsonl'), place.path('link'));
    expect(await readLastSample(place.path('link'))).toBeUndefined();
  });
});
