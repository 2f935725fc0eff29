/** Where a run is kept, and who is told how it goes. */
import type { Logger } from './logger.js';
import { choice, hook, option, text, value, yesOrNo } from './option.js';
import type { Progress, RunSample, RunStart, Throttle } from './run-events.js';

const starting = ['update', 'reconcile', 'apply', 'undo', 'retry'] as const;
const sending = [...starting, 'resume'] as const;
const all = [...sending, 'plan', 'validate', 'export'] as const;

const signal = () => value<AbortSignal>('an AbortSignal', (given) => given instanceof AbortSignal);

export const runFolderOptions = {
  /** The path of the run's folder, which must not exist: it is made, mode 0700. */
  folder: option(text('a folder'), {
    on: [...starting, 'demo'],
    flag: {
      group: 'common',
      name: 'out',
      value: '<dir>',
      help: "the run's folder",
      default: 'a new one below wickr-bulk-runs',
    },
  }),
  /** The path of the file to keep a plan in, for `applyPlan`; it must not exist. Default: it is kept nowhere. */
  planFile: option(text('a file'), {
    on: ['plan'],
    flag: {
      group: 'common',
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
      flag: { group: 'run', value: '<format>', help: 'csv or jsonl', default: 'csv' },
    },
  ),
  /** What is between the cells of a CSV report: `,`, `;`, `|` or `tab`. Default: `,`. */
  reportDelimiter: option(choice(',', ';', '|', 'tab'), {
    on: ['update', 'reconcile', 'apply', 'undo'],
    recorded: true,
    flag: {
      group: 'run',
      value: '<char>',
      help: 'between the cells of a CSV report: , ; | or tab',
      default: ',',
    },
  }),
  /** Whether a CSV report begins with a byte order mark, by which Excel knows UTF-8. Default: false. */
  reportBom: option(yesOrNo(), {
    on: ['update', 'reconcile', 'apply', 'undo'],
    recorded: true,
    flag: { group: 'run', help: 'begin a CSV report with a byte order mark' },
  }),
  /**
   * Whether a CSV report opens right in an Excel of a country that writes 1,5 for one and a half: `;` between its cells
   * unless `reportDelimiter` says otherwise, a byte order mark, and user IDs with a zero in front as text. Default: false.
   */
  excel: option(yesOrNo(), {
    on: ['update', 'reconcile', 'apply', 'undo'],
    recorded: true,
    flag: {
      group: 'run',
      help: 'a CSV report that a double click opens right in Excel, where the list separator is ;',
    },
  }),
  /**
   * A folder in which a run holds its network, so that no other run that names the same folder changes it at the same
   * time; it is made if there is none. Default: networks are not held.
   */
  locks: option(text('a folder'), { on: [...sending, 'validate', 'plan'] }),
  /** The name of the worker of a queue that runs it, up to 300 characters, for its time series and `readRunStatus`. Default: none. */
  worker: option(text('a name of up to 300 characters', /^.{1,300}$/), { on: sending }),
  /** Once it is aborted, the job stops as by `stop()`; the loop throws the signal's reason, and `summary` rejects with it. */
  signal: option(signal(), { on: all }),
  /** Told what happens; pino's loggers fit. Default: nobody is told. */
  logger: option(
    value<Logger>('a logger', (given) => typeof given === 'object' && given !== null && 'info' in given),
    { on: all },
  ),
  /** Called once, before the first row of a new run is sent; not of a run that goes on. */
  onStart: option(hook<(start: RunStart) => void>(), { on: sending }),
  /** Called ten times a second, from just before the first row is sent, and once at the end. */
  onProgress: option(hook<(progress: Progress) => void>(), { on: sending }),
  /** Called with each line of the run's time series: once a second while rows are sent, and once at the end. */
  onSample: option(hook<(sample: RunSample) => void>(), { on: sending }),
  /** Told in a sentence what went wrong beside the run, which goes on: the time series could not be kept. */
  onNotice: option(hook<(what: string) => void>(), { on: sending }),
  /** Called for every answer by which the service asks to slow down, be it to a row or to a read. */
  onThrottle: option(hook<(throttle: Throttle) => void>(), { on: all }),
  /**
   * Called with each new rate, in requests/s; it is 0 while the service is down. At most once an answer. With a rate each
   * for reads and updates: that of the reads until an update has been answered, then that of the updates.
   */
  onRate: option(hook<(requestsPerSecond: number) => void>(), { on: all }),
};
