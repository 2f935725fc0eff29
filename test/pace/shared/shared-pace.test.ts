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
  onExchange = () => {};

  async exchange({ demand, report, decided }: Outgoing): Promise<Incoming> {
    this.exchanges += 1;
    this.demands.push(demand);
    this.onExchange();
    this.decided = decided?.decision ?? this.decided;
    return {
      now: performance.now() + this.ahead,
      term: 1,
      decision: this.decided,
      demands: [{ id: 'me', rate: demand }],
      reports: [report],
    };
  }

  errorOf = () => new RedisError('', '');
  close = async () => {};
}

const join = (mailbox: Mailbox, longestWait = 60_000) =>
  SharedPace.join({ id: 'me', mailbox, rate: { longestWait }, onAlone: () => {} });

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
