/** How fast requests go out, and how patient each is. */
import { parseRedisUrl } from '../../../redis/address.js';
import { choice, hook, milliseconds, option, positive, text, textFor, wholeOr, yesOrNo } from './option.js';
import type { SharedRate } from './run-events.js';

/** The jobs that send updates. */
const sending = ['update', 'reconcile', 'apply', 'undo', 'resume', 'retry'] as const;
/** All jobs that send requests and say how fast. */
const paced = [...sending, 'plan', 'validate', 'export'] as const;
/** The jobs that have to do with the queue of runs. */
const queued = ['enqueue', 'dequeue', 'worker', 'runs'] as const;
const inRedis = [...paced, ...queued] as const;
const queueIn = 'the Redis that has the queue of runs (with a password: give the variable)';

export const paceOptions = {
  /** Requests a second, kept whatever happens. Default: found by itself. */
  rate: option(positive('requests a second', 100_000), {
    on: paced,
    recorded: true,
    flag: { group: 'pace', value: '<n>', help: 'requests a second', default: 'found by itself' },
  }),
  /** Requests a second that are never exceeded. */
  maxRate: option(positive('requests a second', 100_000), {
    on: [...paced, 'tune'],
    recorded: true,
    flag: {
      group: 'pace',
      value: '<n>',
      help: 'never more requests a second than this',
      helpOn: { tune: 'never more requests a second than this from now on' },
    },
  }),
  /**
   * What the service's limit counts: the reads and the updates each (`operation`), or `all` requests together. AWS throttles
   * each operation by itself, but does not say so of Wickr. `rate` and `maxRate` are for all requests together, whatever
   * is said here. With `redis` it is always `all`. Default: `operation`.
   */
  rateScope: option(choice('operation', 'all'), {
    on: paced,
    recorded: true,
    flag: {
      group: 'pace',
      value: '<scope>',
      help: 'what the limit of the service counts: operation, reads and updates each by itself, or all, both together',
      default: 'operation',
      choices: ['operation', 'all'],
    },
  }),
  /** A file that keeps found rates from run to run; it is made if there is none. Default: they are not kept. */
  rateMemory: option(text('a file'), { on: paced }),
  /**
   * The URL of a Redis by which runs share a rate, `redis://` or, with TLS, `rediss://`: all runs on an endpoint with an
   * account go at one rate together, whatever their networks, and `rate` and `maxRate` bound this run's part of it. Runs
   * that write also lock their network in it. Not recorded: it may hold a password. Default: none; the run finds a rate of
   * its own.
   */
  redis: option(
    textFor(
      'a URL such as rediss://user:password@host:6379/0 (rediss with TLS, redis without)',
      parseRedisUrl,
    ),
    {
      on: inRedis,
      flag: {
        group: 'pace',
        value: '<url>',
        help: 'share rate and locks with other runs by way of this Redis (with a password: give the variable)',
        helpOn: { enqueue: queueIn, dequeue: queueIn, worker: queueIn, runs: queueIn },
      },
    },
  ),
  /** What stands before each key in Redis; runs with the same one share. Default: `wickr-bulk:`. */
  redisPrefix: option(text('a prefix without spaces, at most 100 characters', /^[!-~]{1,100}$/), {
    on: inRedis,
    flag: {
      group: 'pace',
      value: '<text>',
      help: 'before each key in Redis',
      default: 'wickr-bulk:',
    },
  }),
  /**
   * Go on without the Redis by which the run has shared its rate and the lock of its network. Nobody keeps a run on another
   * machine from the network then. Default: false; it needs `redis` again.
   */
  withoutRedis: option(yesOrNo(), {
    on: ['resume', 'retry'],
    flag: {
      group: 'safety',
      help: 'go on without the Redis of the run: the network is locked on this machine only',
      noVariable: true,
    },
  }),
  /** Told when Redis goes away, and the run goes on at its own rate, and when it shares one again. */
  onShared: option(hook<(shared: SharedRate) => void>(), { on: paced }),
  /**
   * Most requests in flight, and most connections; within that, as many as the rate needs at the latency seen. Default:
   * 512, which is 600 requests/s at a latency of half a second.
   */
  concurrency: option(wholeOr(512, 1, 1024), {
    on: [...sending, 'tune'],
    recorded: true,
    flag: {
      group: 'pace',
      value: '<n>',
      help: 'requests in flight at the most',
      helpOn: { tune: 'requests in flight at the most, up to what the run was started with' },
      default: '512',
    },
  }),
  /** Most attempts of a row or a read that fail for another reason than a throttle. Default: 6. */
  maxAttempts: option(wholeOr(6, 1, 100), {
    on: paced,
    recorded: true,
    flag: {
      group: 'pace',
      value: '<n>',
      help: 'attempts of a row, throttled ones not counted',
      default: '6',
    },
  }),
  /** Milliseconds for which a row may meet nothing but throttles. Default: 900,000. */
  throttlePatienceMs: option(milliseconds(900_000, 7 * 86_400_000), {
    on: paced,
    recorded: true,
    flag: {
      group: 'pace',
      name: 'throttle-patience',
      value: '<s>',
      help: 'seconds for which a row may be throttled',
      default: '900',
    },
  }),
  /**
   * Milliseconds for which the service may be down before the run stops, its rows unprocessed. A tenth of it if the
   * service has not answered once. Default: 300,000.
   */
  outagePatienceMs: option(milliseconds(300_000, 7 * 86_400_000), {
    on: paced,
    recorded: true,
    flag: {
      group: 'pace',
      name: 'outage-patience',
      value: '<s>',
      help: 'seconds for which the service may be down',
      default: '300',
    },
  }),
};
