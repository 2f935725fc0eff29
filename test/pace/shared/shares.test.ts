import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sharesOf } from '../../../src/pace/shared/shares.js';
import { randomCases } from '../../length.js';

const all = Number.POSITIVE_INFINITY;

it.each([
  ['all want all they can get', 100, { a: all, b: all }, { a: 50, b: 50 }],
  ['one wants little', 100, { a: 10, b: all, c: all }, { a: 10, b: 45, c: 45 }],
  ['two want less than an even part, in turn', 100, { a: 40, b: 5, c: all }, { a: 40, b: 5, c: 55 }],
  ['nobody wants so much: the rest is room to grow', 100, { a: 10, b: 30 }, { a: 40, b: 60 }],
  ['one is alone', 7, { a: 2 }, { a: 7 }],
  ['nobody is there', 7, {}, {}],
])('%s', (_when, rate, demands, expected) => {
  const asked = Object.entries<number>(demands).map(([id, rate]) => ({ id, rate }));
  const shares = sharesOf(rate, asked);
  expect(Object.keys(shares).sort()).toEqual(Object.keys(expected).sort());
  for (const [id, share] of Object.entries<number>(expected)) expect(shares[id]).toBeCloseTo(share, 9);
});

it('together they are the rate, and nobody has less than an even part who can use it', () => {
  const demand = fc.oneof(fc.constant(all), fc.double({ min: 0.01, max: 1000, noNaN: true }));
  fc.assert(
    fc.property(
      fc.double({ min: 0.5, max: 5000, noNaN: true }),
      fc.array(demand, { minLength: 1 }),
      (rate, rates) => {
        const shares = sharesOf(
          rate,
          rates.map((wanted, i) => ({ id: String(i), rate: wanted })),
        );
        const sum = Object.values(shares).reduce((total, share) => total + share, 0);
        expect(sum).toBeCloseTo(rate, 6);
        rates.forEach((wanted, i) => {
          expect(shares[i]).toBeGreaterThanOrEqual(Math.min(wanted, rate / rates.length) - 1e-6);
        });
      },
    ),
    randomCases(200, 5000),
  );
});
