/** Why a run stops: what a caller's signal says, the error that says it to the caller, and the switch between them. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  CredentialsError,
  InterruptedError,
  LockedError,
  ReadError,
  type StopReason,
} from '../../../src/errors.js';
import { errorOf, Stop, stopReasonOf } from '../../../src/run/service/stop-switch.js';

describe('the reason of a signal', () => {
  const said = { message: 'stopped by Ctrl-C', hint: 'Go on later.' };
  const aborted: StopReason = {
    code: 'INTERRUPTED',
    message: 'the run was aborted',
    hint: 'Resume the run to continue it.',
  };

  it.each<[string, unknown, StopReason]>([
    ['in the words of the caller', said, { code: 'INTERRUPTED', ...said }],
    [
      'with the process signal that the caller names',
      { ...said, signal: 'SIGINT' },
      { code: 'INTERRUPTED', ...said, signal: 'SIGINT' },
    ],
    ['without a signal that is no text', { ...said, signal: 2 }, { code: 'INTERRUPTED', ...said }],
    ['never with the code of another reason', { ...said, code: 'CAP' }, { code: 'INTERRUPTED', ...said }],
    ['without a hint', { message: 'x' }, aborted],
    ['without a message', { hint: 'x' }, aborted],
    ['with a message that is no text', { message: 1, hint: 'x' }, aborted],
    ['with a hint that is no text', { message: 'x', hint: null }, aborted],
    ['an error of any kind', new RangeError('x'), aborted],
    ['a text', 'enough', aborted],
    ['null', null, aborted],
    ['none', undefined, aborted],
  ])('%s', (_, reason, expected) => {
    expect(stopReasonOf(AbortSignal.abort(reason))).toStrictEqual(expected);
  });

  it('is needed before the signal is aborted, too', () => {
    expect(stopReasonOf(new AbortController().signal)).toStrictEqual(aborted);
  });
});

describe('the error for the caller', () => {
  const words = { message: 'what happened', hint: 'what to do' };

  it('is the reason itself if that is an error', () => {
    const error = new LockedError('busy', 'wait');
    expect(errorOf(error)).toBe(error);
    const interrupted = new InterruptedError({ signal: 'SIGTERM' }, { message: 'in its own words' });
    expect(errorOf(interrupted)).toBe(interrupted);
  });

  it('about credentials has their kind', () => {
    const error = errorOf({ code: 'CREDENTIALS', ...words });
    expect(error).toBeInstanceOf(CredentialsError);
    expect(error).toMatchObject(words);
  });

  it('of an interruption names the process signal', () => {
    const error = errorOf({ code: 'INTERRUPTED', ...words, signal: 'SIGTERM' });
    expect(error).toBeInstanceOf(InterruptedError);
    expect(error).toMatchObject({ code: 'INTERRUPTED', signal: 'SIGTERM' });
  });

  it.each(['OUTAGE', 'THROTTLED', 'UNREACHABLE'] as const)(
    'of a read that %s ended has that code',
    (code) => {
      const error = errorOf({ code, ...words });
      expect(error).toBeInstanceOf(ReadError);
      expect(error).toMatchObject({ code, ...words });
    },
  );
});

describe('the switch', () => {
  const reason: StopReason = { code: 'OUTAGE', message: 'down', hint: 'wait' };

  it('is off until it is set', () => {
    const stop = new Stop();
    expect([stop.reason, stop.signal.aborted]).toEqual([undefined, false]);
    stop.abort(reason);
    expect([stop.reason, stop.signal.aborted]).toEqual([reason, true]);
  });

  it('keeps the first reason', () => {
    const stop = new Stop();
    stop.abort(reason);
    stop.abort({ code: 'CREDENTIALS', message: 'refused', hint: 'renew' });
    expect(stop.reason).toBe(reason);
  });

  it('tells all who listen once', () => {
    const stop = new Stop();
    const told: number[] = [];
    for (let row = 0; row < 3; row += 1) stop.signal.addEventListener('abort', () => told.push(row));
    stop.abort(reason);
    stop.abort(reason);
    expect(told).toEqual([0, 1, 2]);
  });

  it('lets any number of rows listen without a warning', async () => {
    const stop = new Stop();
    const warnedOf: unknown[] = [];
    const onWarning = (warning: Error & { target?: unknown }) => warnedOf.push(warning.target);
    process.on('warning', onWarning);
    for (let row = 0; row < 100; row += 1) stop.signal.addEventListener('abort', () => row);
    // Node.js warns on the next tick, which is over before this.
    await setImmediate();
    process.off('warning', onWarning);
    expect(warnedOf).not.toContain(stop.signal);
  });
});
