/** What is said of the locks that keep two runs from one network, and two processes from one run. */
import { hook, milliseconds, option } from './option.js';
import type { Waiting } from './run-events.js';

const sending = ['update', 'reconcile', 'apply', 'undo', 'retry', 'resume'] as const;

/** ms; what a lock is taken over after if nothing else is said. */
export const TAKE_OVER = 30_000;
const DAY = 24 * 3_600_000;
const HOUR = 3_600_000;

export const lockingOptions = {
  /** ms to wait for a network or a run that another process works on. Default: it is refused. */
  waitMs: option(milliseconds(0, 7 * DAY), {
    on: sending,
    flag: {
      group: 'run',
      name: 'wait',
      value: '<s>',
      help: 'seconds to wait for another run to let go of the network or the run',
      default: 'refuse',
    },
  }),
  /**
   * ms without a sign of life after which another run may take over what this one holds, at least 1000. This one gives
   * ten of them in that time, and if it could give none, because it was halted, it looks before it goes on. Default:
   * 30 s.
   */
  takeOverMs: option(milliseconds(TAKE_OVER, HOUR, 1000), {
    on: sending,
    flag: {
      group: 'run',
      name: 'take-over',
      value: '<s>',
      help: 'seconds without a sign of life after which another run may take over',
      default: '30',
    },
  }),
  /** Told when it begins to wait for another process, be it for its end or for a sign that it is alive. */
  onWait: option(hook<(waiting: Waiting) => void>(), { on: sending }),
};
