/** Where a run is kept, and who is told how it goes. */
import type { Logger } from './logger.js';
import { choice, hook, option, text, value } from './option.js';
import type { Progress } from './run-events.js';

const starting = ['update', 'reconcile', 'apply', 'undo', 'retry'] as const;
const sending = [...starting, 'resume'] as const;
const all = [...sending, 'plan', 'validate', 'export'] as const;

const signal = () => value<AbortSignal>('an AbortSignal', (given) => given instanceof AbortSignal);

export const runFolderOptions = {
  /** The run's folder, which must not exist. */
  folder: option(text('a folder'), {
    on: [...starting, 'demo'],
    flag: {
      name: 'out',
      value: '<dir>',
      help: "the run's folder",
      default: 'a new one below wickr-bulk-runs',
    },
  }),
  /** The file to keep a plan in, for `applyPlan`; it must not exist. Default: it is kept nowhere. */
  planFile: option(text('a file'), {
    on: ['plan'],
    flag: {
      name: 'out',
      value: '<file>',
      help: 'keep the plan in this new file, for "wickr-bulk apply"',
    },
  }),
  /** `csv` or `jsonl`. Default: `csv`. */
  reportFormat: option(
    { ...choice('csv', 'jsonl'), check: choice('csv', 'jsonl').check.default('csv') },
    {
      on: ['update', 'reconcile', 'apply', 'undo'],
      recorded: true,
      flag: { value: '<format>', help: 'csv or jsonl', default: 'csv' },
    },
  ),
  /**
   * A folder in which a run holds its network, so that no other run that names the same folder changes it at the same
   * time; it is made if there is none. Default: networks are not held.
   */
  locks: option(text('a folder'), { on: [...sending, 'validate', 'plan'] }),
  /** Aborting it lets the rows in flight end and leaves the rest unprocessed. */
  signal: option(signal(), { on: all }),
  /** Aborting it, after `signal`, lets go of the rows in flight as well: they are unprocessed. */
  abandon: option(signal(), { on: sending }),
  /** Told what happens; pino's loggers fit. Default: nobody is told. */
  logger: option(
    value<Logger>('a logger', (given) => typeof given === 'object' && given !== null && 'info' in given),
    { on: all },
  ),
  /** Called with every stretch of progress. */
  onProgress: option(hook<(progress: Progress) => void>(), { on: sending }),
};
