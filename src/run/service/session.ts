/** Access to the service, for as long as one command needs it. */
import type { RateOptions } from '../../pace/rate-controller.js';
import { accountOf } from '../../wickr/credentials.js';
import { Fence } from '../lock/fence.js';
import type { SessionStages } from '../options/parsed-options.js';
import { logEvent } from '../options/table/log-events.js';
import { openRateMemory } from '../state/remembered.js';
import type { Access } from './access.js';
import type { Service } from './attempt-loop.js';
import { openService, type SharedPace } from './open-service.js';
import { Stop, stopReasonOf } from './stop-switch.js';

/** One switch and one pace for everything that is sent, reads as well as updates. The caller closes it. */
export interface Session {
  readonly stop: Stop;
  readonly service: Service;
  /** Requests/s that were asked for, or else seen before, in this run or by the last one; undefined if none is known. */
  readonly knownRate: number | undefined;
  /** Drops what is in flight, stops listening to signals, and remembers the rate that was found. May be called again. */
  close(): Promise<void>;
}

/**
 * Opens the way to the service; nothing is sent.
 *
 * @param rows how many updates will be sent; undefined if the session is not for updates. With 0 nobody asks for
 *   credentials
 * @param fence once one of its locks does not hold any more, the session is over
 * @param shown requests/s that this run was seen to make before; they count for more than what other runs have found
 * @throws CredentialsError if there are no credentials, InterruptedError if the job is stopped meanwhile, RedisError if
 *   the rate is to be shared and cannot be
 */
export async function openSession(
  { service: reach, pace, control }: SessionStages,
  networkId: string,
  access: Access,
  rows?: number,
  fence: Fence = new Fence(),
  shown?: number,
): Promise<Session> {
  const { region, endpoint } = reach;
  control.onReach?.({ networkId, region, endpoint });
  const stop = new Stop();
  access.yieldTo(stop.signal);
  const memory =
    rows === 0
      ? undefined
      : openRateMemory(pace.rateMemory, reach.endpoint, networkId, await access.credentials());
  const start = shown ?? (await memory?.recall())?.start;
  const rate = { ...pace.rate, ...(rows !== undefined && { rows }), ...(start !== undefined && { start }) };
  const shared = rows === 0 ? undefined : await sharedPace({ service: reach, pace, control }, rate, access);
  const service = openService({ service: reach, pace, control }, rate, access.gate, { stop, fence, shared });
  fence.onLost((lost) => {
    stop.abort(lost);
    void service.close();
  });
  const unfollow = [
    follow(control.signal, (signal) => stop.abort(stopReasonOf(signal))),
    follow(control.abandon, (signal) => {
      stop.abort(stopReasonOf(signal));
      void service.close();
    }),
  ];
  const found = new FoundRate(
    () => service.limiter.found,
    async (rate) => {
      if (fence.lost === undefined) await memory?.remember(rate);
    },
  );
  const close = async () => {
    for (const end of unfollow) end();
    await service.close();
    await found.close();
  };
  let closing: Promise<void> | undefined;
  return {
    stop,
    service,
    knownRate: pace.rate.fixed ?? start,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** Joins the runs with which this one is to share a rate, if it is. */
async function sharedPace(
  { service: { endpoint }, pace: { redis, retry }, control: { logger, onShared } }: SessionStages,
  own: RateOptions,
  access: Access,
): Promise<SharedPace | undefined> {
  if (redis === undefined) return undefined;
  const account = accountOf(await access.credentials());
  const rate = { ...own, longestWait: retry.throttlePatience };
  const { shareRate } = await import('../../redis/shared-rate.js');
  const pace: SharedPace = await shareRate(redis, {
    ...{ endpoint, account, rate },
    onAlone: (error) => {
      const reason = error?.message;
      if (reason === undefined) logEvent(logger, 'rate shared again', { rate: pace.rate });
      else logEvent(logger, 'rate not shared: going on alone', { reason, rate: pace.rate });
      onShared?.({ isShared: reason === undefined, rate: pace.rate, reason });
    },
  });
  return pace;
}

/** ms between two looks at the rate, and by which share it has to have changed to be written before the end. */
const LOOK = 1000;
const CHANGED = 0.1;

/** Has the rate that was found kept as the run goes, so that it is not lost if the process is killed. */
class FoundRate {
  readonly #found: () => number | undefined;
  readonly #keep: (rate: number) => Promise<void>;
  readonly #looking = setInterval(() => this.#look(CHANGED), LOOK).unref();
  #kept = 0;
  #writing = Promise.resolve();

  constructor(found: () => number | undefined, keep: (rate: number) => Promise<void>) {
    this.#found = found;
    this.#keep = keep;
  }

  close(): Promise<void> {
    clearInterval(this.#looking);
    this.#look(0);
    return this.#writing;
  }

  #look(changed: number): void {
    const rate = this.#found();
    if (rate === undefined || Math.abs(rate - this.#kept) <= changed * this.#kept) return;
    this.#kept = rate;
    this.#writing = this.#writing.then(() => this.#keep(rate));
  }
}

/** Reports a signal's abort, even if it has already happened. Returns the function that stops this. */
function follow(signal: AbortSignal | undefined, tell: (signal: AbortSignal) => void): () => void {
  if (signal === undefined) return () => {};
  const onAbort = () => tell(signal);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  return () => signal.removeEventListener('abort', onAbort);
}
