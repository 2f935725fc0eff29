import { expect, it } from 'vitest';
import { Standstill } from '../../src/pace/standstill.js';

it('counts the time in which there is at least one reason to stand still', () => {
  const still = new Standstill();
  expect([still.total(50), still.worked(50)]).toEqual([0, 50]);
  still.begin(100);
  still.begin(150);
  expect([still.total(170), still.over, still.worked(170)]).toEqual([70, 0, 100]);
  still.end(180);
  expect([still.total(200), still.over]).toEqual([100, 0]);
  still.end(220);
  expect([still.total(500), still.over, still.worked(500)]).toEqual([120, 120, 380]);
  still.begin(600);
  expect([still.total(610), still.over]).toEqual([130, 120]);
});
