/** What stands on a page, before anything shows it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyBins } from '../../src/page/latency-bins.js';
import { OverTime } from '../../src/page/over-time.js';
import { seriesPoints } from '../../src/page/series-points.js';
import { el, scriptJson, toHtml } from '../../src/page/view/element.js';
import type { SeriesPoint } from '../../src/page/view/page-data.js';
import { type PageRow, RowPacker, RowUnpacker } from '../../src/page/view/row-chunk.js';
import { chosenRows, NOT_THROUGH, type TableChoice } from '../../src/page/view/row-order.js';
import { condensed, timelineOf } from '../../src/page/view/timeline.js';
import { verdictOf } from '../../src/page/view/verdict.js';
import { emptyTally } from '../../src/report/summary.js';
import { randomCases } from '../length.js';

describe('the first line', () => {
  const none = emptyTally().statuses;
  it.each([
    ['ended', 1500, { updated: 1500 }, 'good', 'Yes: all 1,500 rows went through.'],
    ['ended', 1, { unchanged: 1 }, 'good', 'Yes: the row went through.'],
    ['ended', 10, { updated: 8, skipped: 2 }, 'good', 'Yes: 8 of 10 rows went through, and 2 were left out.'],
    ['ended', 10, { skipped: 10 }, 'good', 'Nothing was to be done: all 10 rows were left out.'],
    [
      'ended',
      10,
      { updated: 6, failed: 1, invalid: 1, conflict: 1, mismatch: 1 },
      'bad',
      'No: 4 of 10 rows did not go through.',
    ],
    ['stopped', 10, { updated: 6, unprocessed: 4 }, 'bad', 'No: 4 of 10 rows are still to be done.'],
    [
      'stopped',
      10,
      { updated: 8, failed: 1 },
      'bad',
      'No: 1 of 10 rows is still to be done, and 1 did not go through.',
    ],
    ['running', 10, { updated: 6 }, 'busy', 'It goes on: 6 of 10 rows done.'],
    ['running', 10, { updated: 5, failed: 1 }, 'bad', 'It goes on: 6 of 10 rows done, 1 did not go through.'],
    ['paused', 10, { updated: 6 }, 'busy', 'It is paused: 6 of 10 rows done.'],
    ['unknown', 10, { updated: 6 }, 'bad', 'Nobody knows whether it goes on: 6 of 10 rows done.'],
  ] as const)('of a run that is %s, with %i rows', (state, rows, met, tone, text) => {
    const statuses = { ...none, ...met };
    const done = Object.values(met).reduce((sum, some) => sum + some, 0) - statuses.unprocessed;
    expect(verdictOf({ state, rows, done, statuses })).toEqual({ tone, text });
  });
});

describe('markup', () => {
  it('is escaped in texts and attributes', () => {
    const view = el('p', { 'aria-label': `"'><script>` }, '<b>&"', el('code', {}, '</p>'));
    expect(toHtml(view)).toBe(
      '<p aria-label="&quot;&#39;&gt;&lt;script&gt;">&lt;b&gt;&amp;&quot;<code>&lt;/p&gt;</code></p>',
    );
  });

  it('in JSON ends no script', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '/', 'script', '!--', '>', '\\', '"', '\u2028') }),
        (text) => {
          expect(scriptJson(text)).not.toContain('<');
          expect(JSON.parse(scriptJson(text))).toBe(text);
        },
      ),
      randomCases(100, 5000),
    );
  });
});

const word = fc.constantFrom('', 'a', 'failed', 'updated', 'no such user', '<b>');
const pageRow: fc.Arbitrary<PageRow> = fc
  .record({
    row: fc.nat(1e6),
    line: fc.nat(1e6),
    userId: fc.string(),
    kind: fc.record({ status: word, httpStatus: fc.nat(600), code: word, fields: word, message: word }),
    attempts: fc.nat(20),
    throttled: fc.nat(5),
    startedAt: fc.integer({ min: 1, max: 2e12 }),
    took: fc.integer({ min: -1, max: 1e6 }),
    requestId: word,
  })
  .map(({ took, startedAt, ...row }) => ({
    ...row,
    startedAt: took < 0 ? 0 : startedAt,
    finishedAt: took < 0 ? 0 : startedAt + took,
  }));

describe('rows', () => {
  it('are the same once they were packed and unpacked, in however many chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.array(pageRow)), (parts) => {
        const packer = new RowPacker();
        const unpacker = new RowUnpacker();
        const read = parts.flatMap((rows) => {
          for (const row of rows) packer.add(row);
          return unpacker.rowsOf(JSON.parse(JSON.stringify(packer.take())));
        });
        expect(read).toEqual(parts.flat());
      }),
      randomCases(100, 2000),
    );
  });

  const row = (line: number, status: string, message: string, userId: string, attempts = 1): PageRow => ({
    ...{
      row: line - 1,
      line,
      userId,
      attempts,
      throttled: 0,
      startedAt: 0,
      finishedAt: 1000 - line,
      requestId: '',
    },
    kind: { status, httpStatus: 0, code: '', fields: '', message },
  });
  const rows = [
    row(2, 'failed', 'No such user', '900', 3),
    row(3, 'updated', '', '1000', 1),
    row(4, 'conflict', 'changed since', '1001', 2),
    row(12, 'updated', '', '2', 1),
  ];
  const lines = (choice: Partial<TableChoice>) =>
    chosenRows(rows, { search: '', status: '', key: 'line', descending: false, ...choice }).map(
      ({ line }) => line,
    );

  it.each<[Partial<TableChoice>, number[]]>([
    [{}, [2, 3, 4, 12]],
    [{ descending: true }, [12, 4, 3, 2]],
    [{ search: 'USER such' }, [2]],
    [{ search: '100' }, [3, 4]],
    [{ search: '1' }, [3, 4, 12]],
    [{ search: 'nothing' }, []],
    [{ status: 'updated' }, [3, 12]],
    [{ status: NOT_THROUGH }, [2, 4]],
    [{ status: 'updated', search: '2' }, [12]],
    // IDs that are numbers are ordered as numbers.
    [{ key: 'userId' }, [12, 2, 3, 4]],
    [{ key: 'status' }, [4, 2, 3, 12]],
    [{ key: 'reason' }, [3, 12, 2, 4]],
    [{ key: 'attempts', descending: true }, [2, 4, 3, 12]],
    [{ key: 'time' }, [12, 4, 3, 2]],
  ])('are chosen by %j', (choice, expected) => {
    expect(lines(choice)).toEqual(expected);
  });
});

const point = (at: number, more: Partial<SeriesPoint> = {}): SeriesPoint => ({
  ...{
    at: at * 1000,
    seconds: 1,
    done: 10,
    failed: 0,
    throttled: 0,
    p50: 50,
    p95: 90,
    rate: 20,
    limit: null,
  },
  ...more,
});

describe('the course of a run', () => {
  it('leaves out the time in which nobody worked on it, and marks it', () => {
    const { x, done, resumed } = timelineOf([point(1), point(2), point(5000), point(5001)]);
    expect(x).toEqual([1, 2, 2, 3, 4]);
    expect(done).toEqual([10, 10, null, 10, 10]);
    expect(resumed).toEqual([2]);
  });

  it('shows a moment without a row as one', () => {
    expect(timelineOf([point(1), point(5)]).x).toEqual([1, 5]);
  });

  it('has at most so many points, and loses no row and no slow moment', () => {
    const series = Array.from({ length: 1000 }, (_, at) =>
      point(at + 1, at === 500 ? { p95: 9000, throttled: 4 } : {}),
    );
    const less = condensed(series, 300);
    expect(less.length).toBe(250);
    expect(less.reduce((sum, { done }) => sum + done, 0)).toBe(10_000);
    expect(less.reduce((sum, { throttled }) => sum + throttled, 0)).toBe(4);
    expect(Math.max(...less.map(({ p95 }) => p95 ?? 0))).toBe(9000);
    expect(less.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(1000);
  });

  it('counts its last moment with what came before', () => {
    const last = point(3.01, { seconds: 0.01, done: 5 });
    expect(condensed([point(1), point(2), point(3), last], 300)).toEqual([
      point(1),
      point(2),
      { ...point(3.01), seconds: 1.01, done: 15 },
    ]);
  });

  it('is told by its own series, whose rows are those of the whole run', () => {
    const line = {
      ...{
        at: '2026-01-31T12:00:01.000Z',
        seconds: 1,
        done: 100,
        updated: 98,
        failed: 2,
        requests: 9,
        accepted: 8,
      },
      ...{ throttled: 1, retried: 1, reads: 0, rate: 20, limit: 40, inFlight: 2, state: 'running' as const },
      latency: { p50: 61, p95: 90, p99: 120 },
    };
    const later = { ...line, at: '2026-01-31T12:00:02.000Z', done: 130, failed: 3, latency: null };
    // After a resume the rows that were unprocessed have no outcome any more.
    const resumed = { ...line, at: '2026-01-31T13:00:02.000Z', done: 120, failed: 3 };
    const at = Date.parse(line.at);
    const common = { seconds: 1, throttled: 1, rate: 20, limit: 40 };
    expect(seriesPoints([line, later, resumed])).toEqual([
      { ...common, at, done: 100, failed: 2, p50: 61, p95: 90 },
      { ...common, at: at + 1000, done: 30, failed: 1, p50: null, p95: null },
      { ...common, at: Date.parse(resumed.at), done: 0, failed: 0, p50: 61, p95: 90 },
    ]);
  });

  it('is told by the report if there is no series, in at most 300 points', () => {
    const time = new OverTime();
    for (let second = 0; second < 4000; second += 1)
      time.add({
        ...{
          row: second + 1,
          line: second + 2,
          userId: '1',
          status: 'updated',
          changed: ['firstName'],
          attempts: 1,
        },
        ...{
          throttled: second % 2,
          httpStatus: 200,
          requestId: '',
          startedAt: second * 1000,
          finishedAt: second * 1000 + 100,
        },
      });
    const points = time.points();
    expect(points.length).toBeLessThanOrEqual(300);
    expect(points.reduce((sum, { done }) => sum + done, 0)).toBe(4000);
    expect(points.reduce((sum, { throttled }) => sum + throttled, 0)).toBe(2000);
    expect(points.every(({ seconds, p50 }) => seconds === 16 && Math.abs((p50 ?? 0) - 100) < 10)).toBe(true);
  });
});

it('a quantile is right to a tenth', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 500_000 }), { minLength: 1 }),
      fc.constantFrom(0.5, 0.95),
      (times, share) => {
        const bins = new LatencyBins();
        for (const ms of times) bins.add(ms);
        const wanted = times.toSorted((a, b) => a - b)[Math.ceil(share * times.length) - 1] ?? 0;
        expect(Math.abs((bins.quantile(share) ?? 0) - wanted)).toBeLessThanOrEqual(Math.max(1, wanted / 10));
      },
    ),
    randomCases(200, 5000),
  );
  expect(new LatencyBins().quantile(0.5)).toBe(null);
});
