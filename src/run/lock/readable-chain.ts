/** The files of a lock while other programs, such as a virus scanner, open them now and then. */
import { setTimeout as sleep } from 'node:timers/promises';
import { InterruptedError } from '../../errors.js';
import { type Link, readChain, unknownHolder } from './lock-file.js';

/** ms in which another program has long closed a file. */
const BUSY = 10_000;
/** ms from one look to the next. */
const LOOK = 100;

/**
 * The files of a lock, as soon as the system lets them all be read. While it does not, nothing says whether the holder
 * lives.
 *
 * @throws LockedError if it does not for long; InterruptedError once the signal is aborted
 */
export async function readableChain(path: string, signal?: AbortSignal): Promise<readonly Link[]> {
  for (const begun = performance.now(); ; ) {
    const chain = readChain(path);
    if (!chain.at(-1)?.isBusy) return chain;
    if (performance.now() - begun > BUSY) throw unknownHolder(path);
    await pause(LOOK, signal);
  }
}

/** Waits, until the signal is aborted: then it throws an InterruptedError. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
  if (signal?.aborted) throw interruptedBy(signal);
}

function interruptedBy({ reason }: AbortSignal): InterruptedError {
  const { signal } = (reason ?? {}) as { readonly signal?: unknown };
  return new InterruptedError({ signal: typeof signal === 'string' ? signal : undefined });
}
