/**
 * A service in a process of its own that lets through so many requests a second in all, whatever the network, and counts
 * them by network. It checks no signatures; what it is for is how several runs share its limit.
 *
 * Arguments: kind of limiter, rate, burst, latency in ms.
 */
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LimiterKind, limiterOf } from '../../src/emulator/rate-limiter.js';

const [kind = 'bucket', rate = '200', burst = '100', latency = '30'] = process.argv.slice(2);
const limiter = limiterOf(kind as LimiterKind, false, Math.random);
limiter.change(performance.now(), Number(rate), Number(burst));

/** What a network has had: its requests that were let through, by tenth of a second, and those that were not. */
const counts: Record<string, { accepted: number[]; throttled: number }> = {};
let startedAt: number | undefined;

createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  await sleep(Number(latency) * (0.35 + Math.random() * 0.3));
  const at = performance.now();
  startedAt ??= at;
  const networkId = /^\/networks\/(\d+)/.exec(request.url ?? '')?.[1] ?? '';
  counts[networkId] ??= { accepted: [], throttled: 0 };
  const count = counts[networkId];
  const isAccepted = limiter.take(at);
  const tenth = Math.floor((at - startedAt) / 100);
  if (isAccepted) count.accepted[tenth] = (count.accepted[tenth] ?? 0) + 1;
  else count.throttled += 1;
  await sleep(Number(latency) * (0.35 + Math.random() * 0.3));
  const { userId } = JSON.parse(text || '{}') as { userId?: string };
  const headers = {
    'content-type': 'application/json',
    'x-amzn-requestid': '2f0e6a3c-8d1b-4a57-9a55-0c7b2b1f4d11',
  };
  if (isAccepted)
    response.writeHead(200, headers).end(JSON.stringify({ userId, networkId, suspended: false }));
  else
    response
      .writeHead(429, { ...headers, 'x-amzn-errortype': 'RateLimitError' })
      .end(JSON.stringify({ message: 'too fast' }));
}).listen(0, '127.0.0.1', function listening(this: import('node:net').Server) {
  const address = this.address();
  if (typeof address === 'object' && address) process.send?.(address.port);
}).keepAliveTimeout = 60_000;
process.on('message', () => process.send?.(counts));
process.on('disconnect', () => process.exit());
