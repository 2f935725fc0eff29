/** What a run makes of what it is told. A clock that is set is nothing that can be had of a real Redis. */
import { expect, it } from 'vitest';
import { RedisError } from '../../../src/errors.js';
import type { Incoming, Mailbox, Outgoing } from '../../../src/pace/shared/mailbox.js';
import type { Decision } from '../../../src/pace/shared/report.js';
import { SharedPace } from '../../../src/pace/shared/shared-pace.js';
import { until } from '../../workplace.js';

/** A mailbox for one run, which decides; its clock can be set. */
class Alone implements Mailbox {
  ahead = 1_000_000;
  decided: Decision | undefined;
  exchanges = 0;
  readonly demands: number[] = [];
  term = 1;
  isGone = false;
  accepted = 0;
  onExchange = () => {};

  async exchange({ demand, report, decided }: Outgoing): Promise<Incoming> {
    this.exchanges += 1;
    this.demands.push(demand);
    this.onExchange();
    if (this.isGone) throw new Error('gone');
    this.accepted += report.answers.length;
    this.decided = decided?.decision ?? this.decided;
    return {
      now: performance.now() + this.ahead,
      term: this.term,
      decision: this.decided,
      demands: [{ id: 'me', rate: demand }],
      reports: [report],
    };
  }

  errorOf = () => new RedisError('', '');
  close = async () => {};
}

const join = (
  mailbox: Mailbox,
  longestWait = 60_000,
  onAlone: (reason: Error | undefined) => void = () => {},
) => SharedPace.join({ id: 'me', mailbox, rate: { longestWait }, onAlone });

const answer = (pace: SharedPace, result: 'accepted' | 'throttled', retryAfter?: number) => {
  const at = performance.now();
  pace.sent(at);
  pace.answered({ at, sentAt: at, result, ...(retryAfter !== undefined && { retryAfter }) });
  return at;
};

it('carries what it has to say over an exchange that fails', async () => {
  const mailbox = new Alone();
  const pace = await join(mailbox);
  mailbox.isGone = true;
  const before = mailbox.exchanges;
  answer(pace, 'accepted');
  await until(() => mailbox.exchanges > before + 1);
  expect(mailbox.accepted).toBe(0);
  mailbox.isGone = false;
  await until(() => mailbox.accepted === 1);
  await pace.close();
});

it('a new term keeps a hold of the one before', async () => {
  const mailbox = new Alone();
  const pace = await join(mailbox);
  const at = answer(pace, 'throttled', 50_000);
  const holds = () => (mailbox.decided?.holdUntil ?? 0) > at + mailbox.ahead + 49_000;
  await until(holds);
  mailbox.term = 2;
  const before = mailbox.exchanges;
  await until(() => mailbox.exchanges > before + 4);
  expect(holds()).toBe(true);
  await pace.close();
});

it('a Retry-After outlasts losing the others and joining them again, and a hook that throws ends nothing', async () => {
  const mailbox = new Alone();
  const said: boolean[] = [];
  const pace = await join(mailbox, 60_000, (reason) => {
    said.push(reason === undefined);
    throw new Error('of the caller');
  });
  const at = answer(pace, 'throttled', 50_000);
  const isHeld = () => pace.holdUntil > at + 49_000;
  mailbox.isGone = true;
  await until(() => said.length === 1);
  expect(isHeld()).toBe(true);
  mailbox.isGone = false;
  await until(() => said.length === 2);
  const before = mailbox.exchanges;
  await until(() => mailbox.exchanges > before + 2);
  expect([isHeld(), said]).toEqual([true, [false, true]]);
  await pace.close();
});

it('keeps to a bound that is set anew, with the others and alone', async () => {
  const mailbox = new Alone();
  let isAlone = false;
  const pace = await join(mailbox, 60_000, (reason) => {
    isAlone = reason !== undefined;
  });
  expect(pace.rate).toBeGreaterThan(3);
  pace.cap(3);
  expect(pace.rate).toBe(3);
  mailbox.isGone = true;
  await until(() => isAlone);
  pace.cap(2);
  expect(pace.rate).toBe(2);
  await pace.close();
});

it('asks for all it can get until it is known what it uses', async () => {
  const mailbox = new Alone();
  const pace = await join(mailbox);
  await until(() => mailbox.exchanges > 3);
  await pace.close();
  expect(mailbox.demands.slice(0, 4)).toEqual(new Array(4).fill(Number.POSITIVE_INFINITY));
});

it('a clock that is set back leaves no hold and no rate behind', async () => {
  const mailbox = new Alone();
  const pace = await join(mailbox);
  const at = performance.now();
  pace.sent(at);
  pace.answered({ at, sentAt: at, result: 'throttled', retryAfter: 500 });
  await until(() => (mailbox.decided?.holdUntil ?? 0) > at + mailbox.ahead + 400);
  mailbox.ahead = 0;
  const before = mailbox.exchanges;
  await until(() => mailbox.exchanges > before + 2);
  expect(pace.holdUntil).toBeLessThan(performance.now() + 2000);
  await pace.close();
});

it('exchanges no more once it is closed, also if one is under way then', async () => {
  const mailbox = new Alone();
  const pace = await join(mailbox);
  const closed = new Promise<void>((resolve) => {
    mailbox.onExchange = () => resolve(pace.close());
  });
  await closed;
  const { exchanges } = mailbox;
  const other = new Alone();
  const later = await join(other);
  await until(() => other.exchanges > 4);
  await later.close();
  expect(mailbox.exchanges).toBe(exchanges);
});
