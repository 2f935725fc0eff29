/**
 * How long a lock holds without a sign of life of its holder. Pure: no clock of its own. Nobody compares the clocks of
 * two machines: who holds counts from its own last renewal, who waits from when it saw the last one.
 */
import type { Evidence } from './process-id.js';

/** A lock is renewed so many times within the time after which it may be taken over. */
const RENEWALS = 10;
/** For so much of that time its holder believes without looking that it still holds: it stops before others may begin. */
const BELIEVED = 0.5;

/** ms from one renewal to the next. */
export const renewalInterval = (takeOverMs: number): number => takeOverMs / RENEWALS;

/** ms from one look at somebody else's lock to the next. */
export const lookInterval = (takeOverMs: number): number => Math.min(takeOverMs / (2 * RENEWALS), 500);

/** A moment on both clocks of a machine, in ms. */
export interface Moment {
  /** Never set, but it may stand still while the machine sleeps. */
  readonly monotonic: number;
  /** Goes on while the machine sleeps, but may be set. */
  readonly wall: number;
}

/** Whether a holder may believe without looking that it holds what it renewed at that moment. */
export function isBelieved(renewed: Moment, now: Moment, takeOverMs: number): boolean {
  // A clock that was set forward costs one look, and one that was set back does not count.
  const passed = Math.max(now.monotonic - renewed.monotonic, now.wall - renewed.wall);
  return passed < BELIEVED * takeOverMs;
}

/** What one who wants a lock knows of it. Times in ms, on its own monotonic clock. */
export interface Watched {
  /** What the holder's process number says. */
  readonly evidence: Evidence;
  /** Since the last sign of life that was seen, or the first look. */
  readonly silentFor: number;
  /** Whether a sign of life was seen since the first look. */
  readonly hasMoved: boolean;
  readonly waitedFor: number;
}

/**
 * What to do about a lock that somebody has: it is over, it is watched a while longer, or it is held.
 *
 * @param takeOverMs after so many ms without a sign of life it is over
 * @param waitMs how long the one who wants it waits for a holder that is alive
 */
export function nextStep(watched: Watched, takeOverMs: number, waitMs: number): 'over' | 'watch' | 'held' {
  const { evidence, silentFor, hasMoved, waitedFor } = watched;
  if (evidence === 'dead' || silentFor >= takeOverMs) return 'over';
  if (waitedFor < waitMs) return 'watch';
  return evidence === 'alive' || hasMoved ? 'held' : 'watch';
}

/** Signs of life that a holder has to leave out for it to be called silent. */
const MOST_MISSED = 3;

/** How a lock stands that nobody wants; undefined as long as it has to be watched. */
export function standing(watched: Watched, takeOverMs: number): 'over' | 'alive' | 'silent' | undefined {
  const { evidence, silentFor, hasMoved } = watched;
  if (evidence === 'dead' || silentFor >= takeOverMs) return 'over';
  if (evidence === 'alive' || hasMoved) return 'alive';
  return silentFor > MOST_MISSED * renewalInterval(takeOverMs) ? 'silent' : undefined;
}
