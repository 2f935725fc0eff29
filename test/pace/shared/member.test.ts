import { describe, expect, it } from 'vitest';
import { Member } from '../../../src/pace/shared/member.js';

const decision = (madeAt: number, share: number, holdUntil = 0) => ({
  ...{ madeAt, holdUntil, rate: 2 * share },
  shares: { me: share, you: share },
});

/** Sends `rate` requests/s for a second from `from` on. */
function send(member: Member, from: number, rate: number): void {
  for (let i = 0; i < rate; i += 1) member.sent(from + (i * 1000) / rate);
}

describe('what it can use', () => {
  it('is all it can get, as long as it uses what it has', () => {
    const member = new Member('me', 1, 0, 60_000);
    member.take(decision(0, 20), 0);
    expect(member.demand(10)).toBe(Number.POSITIVE_INFINITY);
    send(member, 10, 19);
    expect(member.demand(1010)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is somewhat more than it uses, if it leaves a part', () => {
    const member = new Member('me', 1, 0, 60_000);
    member.take(decision(0, 20), 0);
    send(member, 0, 8);
    expect(member.demand(1000)).toBe(14);
  });

  it('is not less because it had to wait', () => {
    const member = new Member('me', 1, 0, 60_000);
    member.take(decision(0, 20, 800), 0);
    send(member, 800, 4);
    expect(member.demand(1000)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a run that sends nothing', () => {
  const idle = () => {
    const member = new Member('me', 1, 0, 60_000);
    member.take(decision(0, 20), 0);
    expect(member.demand(1000)).toBe(0);
    member.take({ ...decision(1, 20), shares: { me: 0, you: 40 } }, 1000);
    return member;
  };

  it('gives up its share, but for one request', () => {
    const member = idle();
    expect(member.isIdle).toBe(true);
    expect(member.share).toBe(0.1);
    expect(member.demand(60_000)).toBe(0);
  });

  it('asks for all it can get as soon as it goes on', () => {
    const member = idle();
    member.sent(60_000);
    expect(member.demand(60_001)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is no run whose share has not allowed a single request yet', () => {
    const member = new Member('me', 1, 0, 60_000);
    member.take(decision(0, 0.05), 0);
    expect(member.demand(9_000)).toBe(Number.POSITIVE_INFINITY);
    expect(member.demand(11_000)).toBeGreaterThan(0);
  });
});

describe('what it reports', () => {
  it('is told with the next report if it has not arrived', () => {
    const member = new Member('me', 1, 0, 60_000);
    member.take(decision(100, 20), 150);
    member.sent(200);
    member.answered({ at: 210, sentAt: 200, result: 'accepted' });
    const lost = member.report();
    member.sent(300);
    member.takeBack(lost);
    expect(member.report()).toEqual({ ...lost, sent: [200, 300] });
  });

  it('says under which decision a request went out, and hands each over once', () => {
    const member = new Member('me', 1, 0, 60_000);
    member.take(decision(100, 20), 150);
    member.sent(200);
    member.take(decision(300, 20), 350);
    member.sent(400);
    member.answered({ at: 500, sentAt: 200, result: 'accepted' });
    member.answered({ at: 510, sentAt: 400, result: 'throttled', retryAfter: 70 });
    expect(member.report()).toEqual({
      sent: [200, 400],
      answers: [
        { at: 500, under: 100, result: 'accepted' },
        { at: 510, under: 300, result: 'throttled', retryAfter: 70 },
      ],
      lag: 100,
    });
    expect(member.report()).toEqual({ sent: [], answers: [], lag: 0 });
  });
});

describe('a hold', () => {
  it('begins at its own throttle, before anybody has heard of that', () => {
    const member = new Member('me', 1, 0, 60_000);
    member.take(decision(0, 10), 0);
    member.answered({ at: 50, sentAt: 20, result: 'throttled' });
    expect(member.holdUntil).toBe(200);
    member.answered({ at: 60, sentAt: 20, result: 'throttled', retryAfter: 5000 });
    expect(member.holdUntil).toBe(5060);
  });

  it('ends for one after the other', () => {
    const [me, you] = ['me', 'you'].map((id) => new Member(id, 1, 0, 60_000));
    for (const member of [me, you]) member?.take(decision(0, 10, 1000), 0);
    expect([me?.holdUntil, you?.holdUntil]).toEqual([1000, 1050]);
  });
});

it('waits no longer than it may, whatever is decided or asked for', () => {
  const member = new Member('me', 1, 0, 2000);
  member.take(decision(0, 10, 500_000), 100);
  expect(member.holdUntil).toBe(2100);
  // The same hold is no reason to begin again.
  member.take(decision(10, 10, 500_000), 200);
  expect(member.holdUntil).toBe(2100);
  member.answered({ at: 300, sentAt: 0, result: 'throttled', retryAfter: 90_000 });
  expect(member.holdUntil).toBe(2300);
});

it('somebody who is not counted yet takes less than an even part', () => {
  const member = new Member('she', 1, 0, 60_000);
  member.take(decision(0, 30), 0);
  expect(member.share).toBe(10);
});
