import { describe, expect, it } from 'vitest';
import { Measurement } from '../../../src/pace/rate/delivery-rate.js';

/** `rows` accepted rows since a throttle at 0, each arrived after it. */
function measured(rows: number, waited = 0): Measurement {
  const measurement = new Measurement(0);
  measurement.restart(0, 0, waited);
  for (let i = 1; i <= rows; i++) measurement.add(i);
  return measurement;
}

/** The same after a full bucket gave what is said of it. */
function emptied(full: { accepted: number; ms: number }, rows: number, waited: number): Measurement {
  const measurement = new Measurement(0);
  for (let i = 1; i <= full.accepted; i++) measurement.add(i);
  measurement.emptied(full.ms);
  measurement.restart(0, 0, waited);
  for (let i = 1; i <= rows; i++) measurement.add(i);
  return measurement;
}

describe('a measurement', () => {
  it('is what was accepted, by the time since the throttle', () => {
    expect(measured(100).rate(2000, 0)).toBe(50);
    expect(measured(100).accepted).toBe(100);
    expect(measured(100).elapsed(2000)).toBe(2000);
  });

  it('counts part of the next token if there are few rows', () => {
    expect(measured(5).rate(1000, 0)).toBe(5.45);
  });

  it('leaves rows out that came before the throttled one', () => {
    const measurement = new Measurement(0);
    measurement.restart(1000, 980);
    for (const arrivedAt of [970, 980, 981]) measurement.add(arrivedAt);
    expect(measurement.accepted).toBe(1);
    measurement.restart(2000);
    for (const arrivedAt of [980, 981]) measurement.add(arrivedAt);
    expect(measurement.accepted).toBe(1);
  });

  it.each([
    [100, 50],
    [40, 32],
    [10, 25],
  ])(
    'lies, after a wait that was asked for, anywhere in between: near the %s rows/s that were known',
    (known, rate) => {
      expect(emptied({ accepted: 48, ms: 500 }, 50, 1000).rate(2000, known)).toBeCloseTo(rate, 10);
    },
  );

  it.each([
    // A burst of 20, and 20 rows/s.
    [{ accepted: 30, ms: 500 }, 120, 1000, 6000, 20],
    // So short a wait that the bucket had not filled.
    [{ accepted: 100, ms: 1000 }, 125, 250, 6000, 125 / 6],
    // A time as long as this one tells nothing.
    [{ accepted: 90, ms: 5000 }, 120, 1000, 6000, 20],
  ])('takes a full bucket, %j, from what another gave (%s)', (full, rows, waited, at, rate) => {
    expect(emptied(full, rows, waited).rate(at, 22)).toBeCloseTo(rate, 10);
  });

  it('knows how much a full bucket holds, if it knows what flows in', () => {
    const measurement = emptied({ accepted: 30, ms: 500 }, 125, 1000);
    expect(measurement.burst(20)).toBe(20);
    expect(measurement.burst(80)).toBe(0);
    // Five rows more than 20/s and a full bucket give, and four.
    expect(measurement.hasSurplus(6000, 20)).toBe(true);
    expect(measurement.hasSurplus(6050, 20)).toBe(false);
  });

  it('adds up what was asked to wait', () => {
    const measurement = measured(50, 500);
    measurement.wait(250);
    expect(measurement.waited).toBe(750);
    expect([1750, 3049, 3051].map((at) => measurement.hasSurplus(at, 20))).toEqual([true, true, false]);
  });

  it.each([
    [20, 240, 30, true],
    [19, 240, 30, false],
    [20, 239, 30, false],
  ])('of %s rows in %s ms at round trips of %s ms is enough: %s', (rows, elapsed, trip, isEnough) => {
    expect(measured(rows).isEnough(elapsed, trip)).toBe(isEnough);
  });

  it('guesses from a few rows, and from none', () => {
    expect(measured(2).guess(10, 40, false)).toBe(50);
    expect(measured(2).guess(100, 40, false)).toBe(20);
    expect(measured(0).guess(0, 40, true)).toBe(11.25);
  });
});
