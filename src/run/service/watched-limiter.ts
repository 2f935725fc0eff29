/** A limiter that reports throttles and changes of the rate to the caller of the run. */
import type { Limiter } from '../../pace/limiter.js';
import type { ControlStage } from '../options/parsed-options.js';

/** The limiter itself if there are no hooks. */
export function watchedLimiter(
  limiter: Limiter,
  { onThrottle, onRate }: Pick<ControlStage, 'onThrottle' | 'onRate'>,
): Limiter {
  if (!onThrottle && !onRate) return limiter;
  let lastRate: number | undefined;
  return {
    acquire: (urgent) => limiter.acquire(urgent),
    answered(result, sentAt, retryAfter, isRetry) {
      limiter.answered(result, sentAt, retryAfter, isRetry);
      const { rate } = limiter;
      if (result === 'throttled') onThrottle?.({ retryAfterMs: retryAfter, rate });
      if (rate !== lastRate) onRate?.(rate);
      lastRate = rate;
    },
    unused: (grantedAt) => limiter.unused(grantedAt),
    hold: (isHeld) => limiter.hold(isHeld),
    tune: (bounds) => limiter.tune(bounds),
    stop: () => limiter.stop(),
    get rate() {
      return limiter.rate;
    },
    get found() {
      return limiter.found;
    },
    get heldMs() {
      return limiter.heldMs;
    },
    get rowsInFlight() {
      return limiter.rowsInFlight;
    },
  };
}
