/** What the orders of another process do to a run. */
import type { StopReason } from '../errors.js';
import { OrderWatch } from './control/order-watch.js';
import type { Fence } from './lock/fence.js';
import type { Logger } from './options/table/logger.js';
import type { Session } from './service/session.js';
import type { RunFolder } from './state/run-folder.js';

/** Has a run obey orders that are left in its folder. The caller closes it. */
export const obeyOrders = (
  folder: RunFolder,
  fence: Fence,
  { stop, service: { limiters, standstill } }: Pick<Session, 'stop' | 'service'>,
  logger: Logger,
): OrderWatch =>
  new OrderWatch(
    folder,
    fence,
    {
      stop: () => stop.abort(ordered),
      pause: (isPaused) => {
        limiters.hold(isPaused);
        if (isPaused) standstill.begin(performance.now());
        else standstill.end(performance.now());
      },
      tune: (bounds) => limiters.tune(bounds),
    },
    logger,
  );

/** As by one Ctrl-C. */
const ordered: StopReason = {
  code: 'INTERRUPTED',
  message: 'stopped by `stopRun`',
  hint: 'Every row that was sent has its outcome in the report.',
  signal: 'SIGINT',
};
