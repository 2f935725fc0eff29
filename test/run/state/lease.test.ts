import { expect, it } from 'vitest';
import { isBelieved, nextStep, standing, type Watched } from '../../../src/run/state/lease.js';

const TAKE_OVER = 30_000;

it.each<[string, { monotonic: number; wall: number }, boolean]>([
  ['just after a renewal', { monotonic: 1, wall: 1 }, true],
  ['shortly before half of the time', { monotonic: 14_999, wall: 14_999 }, true],
  ['after half of the time, long before anybody takes over', { monotonic: 15_000, wall: 15_000 }, false],
  ['after the machine slept: one clock stood still', { monotonic: 1, wall: 600_000 }, false],
  ['after the wall clock was set back', { monotonic: 1, wall: -3_600_000 }, true],
  ['after it was set back and the time went by', { monotonic: 15_000, wall: -3_600_000 }, false],
])('a holder believes that it holds %s: %o %s', (_case, passed, believed) => {
  const renewed = { monotonic: 7000, wall: 1_700_000_000_000 };
  const now = { monotonic: renewed.monotonic + passed.monotonic, wall: renewed.wall + passed.wall };
  expect(isBelieved(renewed, now, TAKE_OVER)).toBe(believed);
});

const fresh: Watched = { evidence: 'unknown', silentFor: 0, hasMoved: false, waitedFor: 0 };

it.each<[string, Partial<Watched>, number, ReturnType<typeof nextStep>]>([
  ['dead for sure: at once', { evidence: 'dead' }, 0, 'over'],
  ['silent for the whole time', { silentFor: 30_000 }, 0, 'over'],
  [
    'silent for the whole time though its process is there',
    { evidence: 'alive', silentFor: 30_000 },
    0,
    'over',
  ],
  ['silent for nearly the whole time', { silentFor: 29_999 }, 0, 'watch'],
  ['its process is there', { evidence: 'alive' }, 0, 'held'],
  ['nothing is known yet', {}, 0, 'watch'],
  ['it has given a sign of life', { hasMoved: true }, 0, 'held'],
  ['its process is there, and it is waited for', { evidence: 'alive', waitedFor: 999 }, 1000, 'watch'],
  ['it was waited for long enough', { hasMoved: true, waitedFor: 1000 }, 1000, 'held'],
  ['silent, and waited for long enough: not yet known', { silentFor: 1000, waitedFor: 1000 }, 1000, 'watch'],
  ['dead while it is waited for', { evidence: 'dead', waitedFor: 1 }, 1000, 'over'],
])('who wants a lock whose holder is %s', (_case, watched, waitMs, step) => {
  expect(nextStep({ ...fresh, ...watched }, TAKE_OVER, waitMs)).toBe(step);
});

it.each<[string, Partial<Watched>, ReturnType<typeof standing>]>([
  ['dead for sure', { evidence: 'dead' }, 'over'],
  ['its process is there', { evidence: 'alive' }, 'alive'],
  ['nothing is known yet', {}, undefined],
  ['it has given a sign of life', { hasMoved: true }, 'alive'],
  ['three signs of life are missing', { silentFor: 9001 }, 'silent'],
  ['silent for the whole time', { silentFor: 30_000 }, 'over'],
])('who looks on at a lock whose holder is %s', (_case, watched, state) => {
  expect(standing({ ...fresh, ...watched }, TAKE_OVER)).toBe(state);
});
