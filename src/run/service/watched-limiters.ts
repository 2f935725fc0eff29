/** Limiters that report throttles and changes of the rate to the caller of the run. */
import type { Limiter } from '../../pace/limiter.js';
import type { Limiters, RequestKind } from '../../pace/limiters.js';
import type { ControlStage } from '../options/parsed-options.js';

/**
 * The limiters themselves if there are no hooks. The rate that is told is that of the reads until the first update has
 * been answered, and then that of the updates.
 */
export function watchedLimiters(
  limiters: Limiters,
  { onThrottle, onRate }: Pick<ControlStage, 'onThrottle' | 'onRate'>,
): Limiters {
  if (!onThrottle && !onRate) return limiters;
  let told: RequestKind = 'reads';
  let lastRate: number | undefined;
  const watched = (kind: RequestKind): Limiter => {
    const limiter = limiters.of(kind);
    return {
      acquire: (urgent) => limiter.acquire(urgent),
      answered(result, sentAt, retryAfter, isRetry) {
        limiter.answered(result, sentAt, retryAfter, isRetry);
        const { rate } = limiter;
        if (result === 'throttled') onThrottle?.({ retryAfterMs: retryAfter, rate });
        if (kind === 'writes') told = 'writes';
        if (kind !== told || rate === lastRate) return;
        onRate?.(rate);
        lastRate = rate;
      },
      unused: (grantedAt) => limiter.unused(grantedAt),
      reuse: () => limiter.reuse(),
      get rate() {
        return limiter.rate;
      },
      get found() {
        return limiter.found;
      },
      get heldMs() {
        return limiter.heldMs;
      },
    };
  };
  const both = { reads: watched('reads'), writes: watched('writes') };
  return {
    of: (kind) => both[kind],
    hold: (isHeld) => limiters.hold(isHeld),
    tune: (bounds) => limiters.tune(bounds),
    stop: () => limiters.stop(),
    get rowsInFlight() {
      return limiters.rowsInFlight;
    },
  };
}
