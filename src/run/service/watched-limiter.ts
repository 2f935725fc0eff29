/** A limiter whose owner's caller is told of throttles and of the rate. */
import type { Limiter } from '../../pace/limiter.js';
import type { ControlStage } from '../options/parsed-options.js';

/** The limiter itself if nobody wants to be told. */
export function watchedLimiter(
  limiter: Limiter,
  { onThrottle, onRate }: Pick<ControlStage, 'onThrottle' | 'onRate'>,
): Limiter {
  if (!onThrottle && !onRate) return limiter;
  let lastRate: number | undefined;
  return {
    acquire: (urgent) => limiter.acquire(urgent),
    answered(verdict, sentAt, retryAfter, again) {
      limiter.answered(verdict, sentAt, retryAfter, again);
      const { rate } = limiter;
      if (verdict === 'throttled') onThrottle?.({ retryAfterMs: retryAfter, rate });
      if (rate !== lastRate) onRate?.(rate);
      lastRate = rate;
    },
    stop: () => limiter.stop(),
    get rate() {
      return limiter.rate;
    },
    get found() {
      return limiter.found;
    },
    get rowsInFlight() {
      return limiter.rowsInFlight;
    },
  };
}
