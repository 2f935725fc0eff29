import { expect, it } from 'vitest';
import { type EndedRequest, Traffic } from '../../src/metrics/traffic.js';

const ended = (changes: Partial<EndedRequest> = {}): EndedRequest => ({
  result: 'accepted',
  isRetry: false,
  isRead: false,
  ms: 10,
  ...changes,
});

it('counts each request once, by how it ended', () => {
  const traffic = new Traffic();
  for (const request of [
    ended(),
    ended({ isRead: true }),
    ended({ result: 'throttled' }),
    ended({ result: 'failed', isRetry: true, ms: 1000 }),
  ]) {
    traffic.sent();
    traffic.ended(request);
  }
  traffic.sent();
  const { latency, ...counts } = traffic.take();
  expect(counts).toEqual({
    requests: 4,
    accepted: 2,
    throttled: 1,
    retried: 1,
    reads: 1,
    inFlight: 1,
    isIdle: false,
  });
  expect(latency?.p50).toBeLessThan(latency?.p95 ?? 0);
});

it('an interval knows nothing of the one before but what is in flight', () => {
  const traffic = new Traffic();
  traffic.sent();
  traffic.sent();
  traffic.ended(ended());
  traffic.take();
  const none = { requests: 0, accepted: 0, throttled: 0, retried: 0, reads: 0, latency: null };
  expect(traffic.take()).toEqual({ ...none, inFlight: 1, isIdle: false });
  traffic.ended(ended());
  expect(traffic.take()).toMatchObject({ requests: 1, inFlight: 0, isIdle: false });
  expect(traffic.take()).toEqual({ ...none, inFlight: 0, isIdle: true });
});
