/** Access to the service, for as long as one command needs it. */
import type { Limiters, RequestKind } from '../../pace/limiters.js';
import type { RateOptions } from '../../pace/rate/rate-controller.js';
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
  /** Requests/s that were asked for, or else updates/s seen before, in this run or by the last one; undefined if none is known. */
  readonly knownRate: number | undefined;
  /** Runs that share the rate, this one included; 0 while it goes on by itself. Undefined if it shares none. */
  readonly sharedBy: number | undefined;
  /** Drops what is in flight, stops listening to signals, and remembers the rates that were found. May be called again. */
  close(): Promise<void>;
}

/**
 * Opens the way to the service; nothing is sent.
 *
 * @param rows how many updates will be sent; undefined if the session is not for updates. With 0 nobody asks for
 *   credentials
 * @param fence once one of its locks does not hold any more, the session is over
 * @param shown updates/s that this run was seen to make before; they count for more than what other runs have found
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
  const scope = pace.redis === undefined ? pace.scope : 'all';
  const memory =
    rows === 0
      ? undefined
      : openRateMemory(pace.rateMemory, endpoint, networkId, await access.credentials(), scope);
  const start = { ...(await memory?.recall()), ...(shown !== undefined && { writes: shown }) };
  const rate = { ...pace.rate, ...(rows !== undefined && { rows }), start };
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
  const found = new FoundRates(service.limiters, async (kind, rate) => {
    if (fence.lost === undefined) await memory?.remember(kind, rate);
  });
  const close = async () => {
    for (const end of unfollow) end();
    await service.close();
    await found.close();
  };
  let closing: Promise<void> | undefined;
  return {
    stop,
    service,
    knownRate: pace.rate.fixed ?? start.writes,
    get sharedBy() {
      return shared?.runs;
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** Joins the runs with which this one is to share a rate, if it is. */
async function sharedPace(
  { service: { endpoint }, pace: { redis, retry }, control: { logger, onShared } }: SessionStages,
  { start, ...own }: Parameters<typeof openService>[1],
  access: Access,
): Promise<SharedPace | undefined> {
  if (redis === undefined) return undefined;
  const account = accountOf(await access.credentials());
  const known = start?.writes ?? start?.reads;
  const rate: RateOptions = {
    ...{ ...own, longestWait: retry.throttlePatience },
    ...(known !== undefined && { start: known }),
  };
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

/** Has the rates that were found kept as the run goes, so that they are not lost if the process is killed. */
class FoundRates {
  readonly #limiters: Limiters;
  readonly #keep: (kind: RequestKind, rate: number) => Promise<void>;
  readonly #looking = setInterval(() => this.#look(CHANGED), LOOK).unref();
  readonly #kept = { reads: 0, writes: 0 };
  #writing = Promise.resolve();

  constructor(limiters: Limiters, keep: (kind: RequestKind, rate: number) => Promise<void>) {
    this.#limiters = limiters;
    this.#keep = keep;
  }

  close(): Promise<void> {
    clearInterval(this.#looking);
    this.#look(0);
    return this.#writing;
  }

  #look(changed: number): void {
    for (const kind of ['reads', 'writes'] as const) {
      const rate = this.#limiters.of(kind).found;
      const kept = this.#kept[kind];
      if (rate === undefined || Math.abs(rate - kept) <= changed * kept) continue;
      this.#kept[kind] = rate;
      this.#writing = this.#writing.then(() => this.#keep(kind, rate));
    }
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
