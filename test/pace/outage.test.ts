import { describe, expect, it } from 'vitest';
import { type HealthSignal, Outage } from '../../src/pace/outage.js';

const PATIENCE = 300_000;

/** A service, request by request, at which an outage is tried in simulated time. */
class Trial {
  readonly outage = new Outage(PATIENCE);
  /** ms */
  now = 0;
  readonly sentAt: number[] = [];

  /** Sends and answers `count` requests, `ms` apart, each as soon as it may go. */
  all(sign: HealthSignal, count: number, again = false, ms = 1): this {
    for (let i = 0; i < count; i += 1) this.one(sign, again, ms);
    return this;
  }

  one(sign: HealthSignal, again = false, ms = 1): void {
    this.now = Math.max(this.now, this.outage.holdUntil);
    const sentAt = this.now;
    this.sentAt.push(sentAt);
    this.outage.sent();
    this.now += ms;
    this.outage.ended({ at: this.now, sentAt, signal: sign, isRetry: again });
  }

  get state() {
    return this.outage.isLasting ? 'lasting' : this.outage.isOn ? 'on' : 'none';
  }
}

/** A share of bad answers, spread by a generator that always gives the same. */
function* signs(bad: number): Generator<HealthSignal> {
  for (let seed = 1; ; ) {
    seed = (seed * 48_271) % 2_147_483_647;
    yield seed / 2_147_483_647 < bad ? 'bad' : 'good';
  }
}

describe('an outage begins', () => {
  it.each<[string, (trial: Trial) => Trial, string]>([
    ['with 20 rows that fail one after the other', (t) => t.all('bad', 20), 'on'],
    ['and not with 19', (t) => t.all('bad', 19), 'none'],
    ['also after thousands of good answers', (t) => t.all('good', 5000).all('bad', 20), 'on'],
    ['and not with one row that fails forever', (t) => t.all('bad', 1).all('bad', 500, true), 'none'],
    ['nor with good answers in between', (t) => t.all('bad', 19).all('good', 1).all('bad', 2), 'none'],
    ['and not with throttles or refused credentials', (t) => t.all('none', 1000), 'none'],
  ])('%s', (_case, happens, state) => {
    expect(happens(new Trial()).state).toBe(state);
  });

  it.each([
    [0.1, 'none'],
    [0.3, 'none'],
    [0.5, 'none'],
    [0.9, 'on'],
    [1, 'on'],
  ])('%d of all requests failing: %s', (share, state) => {
    const trial = new Trial();
    const coming = signs(share);
    for (let i = 0; i < 10_000 && trial.state === 'none'; i += 1) trial.one(coming.next().value);
    expect(trial.state).toBe(state);
  });
});

describe('while the service is down', () => {
  it('one request goes out at a time, after waits that double up to a 30th of the patience', () => {
    const trial = new Trial().all('good', 1).all('bad', 20);
    const before = trial.sentAt.length;
    const downAt = trial.now;
    trial.all('bad', 9, true, 0);
    const waits = trial.sentAt.slice(before).map((at, i, all) => at - (all[i - 1] ?? downAt));
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
    trial.outage.sent();
    expect(trial.outage.holdUntil).toBe(Number.POSITIVE_INFINITY);
  });

  it('what was sent before says nothing more, neither good nor bad', () => {
    const { outage } = new Trial().all('bad', 20);
    const before = outage.holdUntil;
    for (const sign of ['good', 'bad', 'none'] as const)
      outage.ended({ at: 21, sentAt: 5, signal: sign, isRetry: false });
    expect([outage.isOn, outage.holdUntil]).toEqual([true, before]);
  });

  it('a throttled probe neither ends it nor lengthens the wait', () => {
    const trial = new Trial().all('bad', 20);
    trial.all('none', 3, true, 0);
    expect(trial.outage.holdUntil).toBe(trial.now + 250);
    expect(trial.state).toBe('on');
  });
});

describe('an outage ends', () => {
  it('with as many requests at once as the budget holds, and then all', () => {
    const trial = new Trial().all('bad', 20);
    trial.one('good');
    const atOnce: number[] = [];
    for (; trial.outage.isOn; trial.one('good')) {
      let out = 0;
      for (; trial.outage.holdUntil <= trial.now && out < 100; out += 1) trial.outage.sent();
      const sentAt = trial.now;
      for (let i = 0; i < out; i += 1) {
        trial.outage.ended({ at: sentAt + 1, sentAt, signal: 'none', isRetry: false });
      }
      atOnce.push(out);
    }
    expect(atOnce).toEqual([4, 6, 8, 10, 12, 14, 16, 18]);
  });

  it('not if the service fails again at once: the next probe has to wait', () => {
    const trial = new Trial().all('bad', 20).all('good', 1).all('bad', 4, true);
    expect(trial.outage.holdUntil).toBe(trial.now + 250);
  });

  it('within seconds if the service is back with 30 % of all requests failing', () => {
    const trial = new Trial().all('good', 1).all('bad', 25, true).all('bad', 20);
    const coming = signs(0.3);
    const backAt = trial.now;
    while (trial.outage.isOn) trial.one(coming.next().value);
    expect(trial.now - backAt).toBeLessThan(10_000);
  });

  it.each([
    ['after the patience', true, PATIENCE],
    ['after a tenth of it if no answer was ever good', false, PATIENCE / 10],
  ])('by itself %s', (_case, answered, patience) => {
    const trial = new Trial();
    if (answered) trial.one('good');
    trial.all('bad', 20);
    const downAt = trial.now;
    let requests = 0;
    for (; trial.state === 'on'; requests += 1) trial.one('bad', true, 0);
    expect(trial.state).toBe('lasting');
    expect(trial.now - downAt).toBe(patience);
    expect(requests).toBeLessThan(patience / 5000 + 10);
    expect(trial.outage.isFromTheStart).toBe(!answered);
    expect(trial.all('good', 50).state).toBe('lasting');
  });

  it('by itself even if it comes back for single requests only', () => {
    const trial = new Trial().all('good', 1).all('bad', 20);
    for (let i = 0; i < 10_000 && trial.state === 'on'; i += 1) trial.all('good', 1).all('bad', 4, true);
    expect(trial.state).toBe('lasting');
  });
});

describe('the patience', () => {
  const down = () => {
    const trial = new Trial().all('good', 1);
    return trial.all('bad', 20);
  };

  it('does not run out while nothing is to be sent', () => {
    const [still, other] = [down(), down()];
    for (const trial of [still, other]) {
      const from = trial.now;
      trial.now += 10 * PATIENCE;
      if (trial === still) trial.outage.stoodStill(from, trial.now);
      trial.one('bad');
    }
    expect([still.state, other.state]).toEqual(['on', 'lasting']);
  });

  it('gets back no more than what has passed since the outage began', () => {
    const trial = down();
    trial.outage.stoodStill(trial.now - 10 * PATIENCE, trial.now);
    trial.now += PATIENCE;
    trial.one('bad');
    expect(trial.state).toBe('lasting');
  });
});
