import { describe, expect, it } from 'vitest';
import {
  carriedOut,
  isAnswered,
  type Order,
  parseControl,
  parseOrder,
  tunedBy,
  unsteered,
} from '../../../src/run/control/order.js';

const owner = 'a1b2c3d4-0000-4000-8000-000000000001';
const id = 'a1b2c3d4-0000-4000-8000-000000000002';
const to = owner;
const orders: readonly Order[] = [
  { kind: 'stop', id, to },
  { kind: 'pause', id, to, isPaused: true },
  { kind: 'pause', id, to, isPaused: false },
  { kind: 'tune', id, to, maxRate: 0.5 },
  { kind: 'tune', id, to, concurrency: 3 },
];

describe('an order', () => {
  it.each(orders)('is read as it was written: %j', (order) => {
    expect(parseOrder(JSON.stringify(order))).toEqual(order);
  });

  it.each([
    '',
    '{',
    'null',
    JSON.stringify({ kind: 'stop', id }),
    JSON.stringify({ kind: 'stop', id: 'x', to }),
    JSON.stringify({ kind: 'fly', id, to }),
    JSON.stringify({ kind: 'pause', id, to }),
    JSON.stringify({ kind: 'tune', id, to, maxRate: 0 }),
    JSON.stringify({ kind: 'tune', id, to, maxRate: 'much' }),
    JSON.stringify({ kind: 'tune', id, to, concurrency: 1.5 }),
  ])('is none if it is not understood: %s', (text) => {
    expect(parseOrder(text)).toBeUndefined();
  });
});

describe('a run that is steered', () => {
  const none = unsteered(owner);
  const told = (...given: Order[]) =>
    given.reduce((state, order, index) => carriedOut(state, order, `2026-01-31T12:00:0${index}.000Z`), none);
  const [stop, pause, goOn, rate, rows] = orders as [Order, Order, Order, Order, Order];

  it('says which order of each kind it has carried out last', () => {
    const state = told(stop, pause);
    expect(orders.map((order) => isAnswered(state, order))).toEqual([true, true, true, false, false]);
    expect(isAnswered(state, { ...stop, id: owner })).toBe(false);
    expect(isAnswered({ ...state, of: id }, stop)).toBe(false);
    expect(isAnswered(undefined, stop)).toBe(false);
  });

  it('says since when it is paused, and since when it is not any more', () => {
    expect(told(pause, pause)).toMatchObject({ isPaused: true, since: '2026-01-31T12:00:00.000Z' });
    expect(told(pause, goOn, goOn)).toMatchObject({ isPaused: false, since: '2026-01-31T12:00:01.000Z' });
    expect(told(goOn)).toEqual({ ...none, answered: { pause: id } });
  });

  it('keeps what a later order does not name', () => {
    expect(told(rate, rows, { ...rate, maxRate: 7 } as Order)).toMatchObject({ maxRate: 7, concurrency: 3 });
    expect([tunedBy(told(rows)), tunedBy(told(stop))]).toEqual([{ tuned: { concurrency: 3 } }, {}]);
  });

  it('is read as it was written', () => {
    for (const state of [none, told(stop, pause, rate, rows)])
      expect(parseControl(JSON.stringify(state))).toEqual(state);
    expect(parseControl('{"of":1}')).toBeUndefined();
  });
});
