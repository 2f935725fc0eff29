/** The time left, in runs in simulated time: from a tenth of the rows on it is right within a fifth. */
import { describe, expect, it } from 'vitest';
import { ProgressDisplay } from '../../src/screen/progress.js';
import { TimeLeft } from '../../src/screen/time-left.js';

interface Shape {
  readonly rows: number;
  /** Rows that were done before the run was resumed. */
  readonly before?: number;
  /** Rows/s, `at` ms of work after the start. */
  readonly rate: (at: number) => number;
  /** The rows that come to their end at once. */
  readonly batch?: number;
}

/** The largest share by which it is wrong from a tenth of the rows on, and when. */
function worst({ rows, before = 0, rate, batch = 1 }: Shape): number {
  const ends: number[] = [];
  for (let [at, done] = [0, before]; done < rows; done += batch) {
    at += (batch * 1000) / rate(at);
    ends.push(at);
  }
  const whole = ends.at(-1) ?? 0;
  const timeLeft = new TimeLeft();
  let wrong = 0;
  ends.forEach((at, index) => {
    const done = before + (index + 1) * batch;
    timeLeft.add(at, done);
    const left = timeLeft.of(rows);
    // What is shown in the last seconds is rounded to them.
    if (done - before < (rows - before) / 10 || whole - at < 5000) return;
    if (left === undefined) throw new Error(`nothing is said at ${done} of ${rows}`);
    wrong = Math.max(wrong, Math.abs(left / (whole - at) - 1));
  });
  return wrong;
}

describe('the time left is right within a fifth from a tenth of the rows on', () => {
  const limit = (least: number, most: number) => (at: number) => Math.min(most, least * 2 ** (at / 1000));
  it.each<[string, Shape]>([
    ['at one rate', { rows: 1000, rate: () => 25 }],
    ['at a row in ten seconds', { rows: 200, rate: () => 0.1 }],
    ['from 20/s up to a limit', { rows: 20_000, rate: limit(20, 400) }],
    ['in a run that was resumed late', { rows: 20_000, before: 15_000, rate: limit(20, 100) }],
    ['with rows that end in bursts of 50', { rows: 5000, batch: 50, rate: () => 30 }],
    ['at a rate that goes up and down', { rows: 10_000, rate: (at) => 40 + 8 * Math.sin(at / 3000) }],
  ])('%s', (_name, shape) => {
    expect(worst(shape)).toBeLessThan(0.2);
  });

  it('soon after the rate has changed for good', () => {
    const timeLeft = new TimeLeft();
    for (let at = 1; at <= 200; at += 1) timeLeft.add(at * 1000, at * 50);
    for (let at = 1; at <= 35; at += 1) timeLeft.add((200 + at) * 1000, 10_000 + at * 5);
    const left = timeLeft.of(20_000) ?? 0;
    expect(left / ((9825 / 5) * 1000)).toBeCloseTo(1, 1);
  });
});

/**
 * What the display says of a run in simulated time that is paused for 30 s at a third, and is stopped and resumed at two
 * thirds: its largest error, as a share of the work that is left.
 */
function worstShown(rows: number, rate: number): number {
  let wrong = 0;
  let shown = '';
  let worked = 0;
  let display = new ProgressDisplay({ isTTY: true, columns: 100, write: (text) => (shown = text) }, 0);
  // It goes on in a pause; while somebody is asked it stands still.
  let clock = 0;
  const tick = (done: number, paused: boolean) => {
    clock += 100;
    if (!paused) worked += 100;
    display.show({ rows, done, updated: done, failed: 0, throttled: 0, rate, heldMs: 0, paused }, clock);
    const [, minutes = '0', seconds] = /(?:(\d+) min )?(\d+) s left/.exec(shown) ?? [];
    const left = (1000 * (rows - done)) / rate;
    if (paused || done < rows / 10 || done >= rows || left < 10_000) return;
    if (seconds === undefined) throw new Error(`nothing is said at ${done}: ${shown}`);
    const told = (60 * Number(minutes) + Number(seconds)) * 1000;
    wrong = Math.max(wrong, Math.abs(told / left - 1));
  };
  const done = () => Math.min(rows, Math.floor((worked * rate) / 1000));
  while (done() < rows) {
    if (done() >= rows / 3 && worked === clock) for (let at = 0; at < 30_000; at += 100) tick(done(), true);
    if (done() >= (2 * rows) / 3 && clock > worked + 1000) {
      display = new ProgressDisplay({ isTTY: true, columns: 100, write: (text) => (shown = text) }, 0);
      [clock, shown] = [0, ''];
      // From a tenth of the rows on that are left.
      for (const from = done(); done() < from + (rows - from) / 10; ) {
        [worked, clock] = [worked + 100, clock + 100];
        display.show(
          { rows, done: done(), updated: 0, failed: 0, throttled: 0, rate, heldMs: 0, paused: false },
          clock,
        );
      }
    }
    tick(done(), false);
  }
  return wrong;
}

it.each([
  [2000, 20],
  [20_000, 100],
  [600, 4],
])('a pause and a resume change nothing about it: %i rows at %i/s', (rows, rate) => {
  expect(worstShown(rows, rate)).toBeLessThan(0.2);
});

it('nothing is said before two rows have ended, and behind the last', () => {
  const timeLeft = new TimeLeft();
  expect(timeLeft.of(10)).toBeUndefined();
  timeLeft.add(100, 5);
  expect(timeLeft.of(10)).toBeUndefined();
  timeLeft.add(600, 6);
  expect(timeLeft.of(10)).toBe(2000);
  timeLeft.add(3000, 10);
  expect(timeLeft.of(10)).toBeUndefined();
});

it('little is kept of a run of a million rows', () => {
  const timeLeft = new TimeLeft();
  for (let row = 1; row <= 1_000_000; row += 1) timeLeft.add(row, row);
  expect(timeLeft.kept).toBeLessThan(200);
});
