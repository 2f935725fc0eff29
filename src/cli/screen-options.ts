/** The options that the command alone has: what it shows, asks and logs. Entries as in the table of options. */
import { choice, option, text, whole, yesOrNo } from '../run/options/table/option.js';

const starting = ['update', 'reconcile', 'apply', 'undo'] as const;
const running = [...starting, 'resume', 'retry', 'demo'] as const;
const logging = [...running, 'plan', 'export'] as const;
/** What is said to a run that goes on in another shell. */
const steering = ['stop', 'pause', 'continue', 'tune'] as const;
/** What can also be read by a program. */
const showing = ['plan', 'validate', 'status', 'report', 'runs', 'prune', 'enqueue', 'dequeue'] as const;
const lastLooks = 'where --last looks for runs (default: wickr-bulk-runs)';
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

export const screenOptions = {
  dryRun: option(yesOrNo(), {
    on: ['update'],
    flag: { group: 'common', help: 'show who would change and how, like "wickr-bulk plan"; change nobody' },
  }),
  redact: option(yesOrNo(), {
    on: ['plan'],
    flag: { group: 'common', help: 'show which fields would change, but no values' },
  }),
  detailedExitcode: option(yesOrNo(), {
    on: ['plan'],
    flag: { group: 'common', help: 'exit with 10 if somebody would change' },
  }),
  yes: option(yesOrNo(), {
    on: [...starting, 'resume', 'prune'],
    flag: {
      group: 'common',
      help: 'answer yes to every question; nothing is checked less',
      helpOn: { prune: 'remove them without asking' },
      noVariable: true,
    },
  }),
  fileFormat: option(choice('csv', 'jsonl'), {
    on: ['export', 'template'],
    flag: {
      group: 'common',
      name: 'format',
      value: '<format>',
      help: 'csv or jsonl (default: as --out is named, else csv)',
      choices: ['csv', 'jsonl'],
    },
  }),
  outFile: option(text('a file'), {
    on: ['export', 'template', 'report'],
    flag: {
      group: 'common',
      name: 'out',
      value: '<file>',
      help: 'a new file, for its owner alone (default: standard output)',
      helpOn: { report: "the page's file (default: report.html in the run's folder, or beside the plan)" },
    },
  }),
  noRateMemory: option(yesOrNo(), {
    on: [...running, 'plan', 'export'],
    flag: { group: 'pace', help: 'neither start from the rate that the last run found nor keep the new one' },
  }),
  last: option(yesOrNo(), {
    on: ['resume', 'retry', 'undo', 'status', 'report', 'watch', ...steering],
    flag: {
      group: 'common',
      help: 'the run that was started last, in the place of RUN; it is said which one that is',
      // A forgotten variable would have a command mean another run than the one that its line names.
      noVariable: true,
    },
  }),
  queue: option(yesOrNo(), {
    on: ['runs'],
    flag: {
      group: 'common',
      help: 'list the jobs and workers of the queue in the place of the runs here',
      noVariable: true,
    },
  }),
  cron: option(text('five fields such as "15 3 * * *", or six with seconds', /^\S+( +\S+){4,5}$/), {
    on: ['enqueue'],
    flag: {
      group: 'common',
      value: '<pattern>',
      help: 'start it again and again, such as "15 3 * * *": each night at 3:15',
      noVariable: true,
    },
  }),
  tz: option(text('a time zone such as Europe/Berlin', /^[\w+/-]{1,60}$/), {
    on: ['enqueue'],
    flag: {
      group: 'common',
      value: '<zone>',
      help: 'the time zone of --cron, such as Europe/Berlin',
      default: 'UTC',
    },
  }),
  id: option(text('up to 100 letters, digits, dots, dashes and underscores', /^[\w.-]{1,100}$/), {
    on: ['enqueue'],
    flag: {
      group: 'common',
      value: '<id>',
      help: 'what the schedule is called: one of the same name is replaced',
      default: 'from the command, the file and the network',
      noVariable: true,
    },
  }),
  lease: option(whole(1, 3600), {
    on: ['worker'],
    flag: {
      group: 'common',
      value: '<s>',
      help: 'seconds without a sign of life after which another worker takes over',
      default: '30',
    },
  }),
  open: option(yesOrNo(), {
    on: ['report', 'watch'],
    flag: { group: 'common', help: 'open the page in the browser', noVariable: true },
  }),
  serve: option(yesOrNo(), {
    on: running,
    flag: {
      group: 'screen',
      help: 'serve a live page of the run to the browsers of this machine, until it ends',
    },
  }),
  servePort: option(whole(0, 65_535), {
    on: [...running, 'watch'],
    flag: {
      group: 'screen',
      value: '<n>',
      help: 'the port of that page, on 127.0.0.1',
      helpOn: { watch: 'the port of the page, on 127.0.0.1' },
      default: 'a free one',
    },
  }),
  values: option(yesOrNo(), {
    on: ['report'],
    flag: {
      group: 'common',
      help: 'of a plan: show names and other values too; without it the page can be sent on',
      noVariable: true,
    },
  }),
  failed: option(yesOrNo(), {
    on: ['status', 'runs'],
    flag: {
      group: 'common',
      help: 'list the rows that did not succeed, each with its line and the reason',
      helpOn: { runs: 'list only the jobs of the queue that failed or did not exit with 0, with the reason' },
    },
  }),
  watch: option(yesOrNo(), {
    on: ['status'],
    flag: {
      group: 'common',
      help: 'show it anew until the run ends; Ctrl-C ends only the watching',
    },
  }),
  olderThan: option(text('a time such as 30d, 12h', /^\d{1,5}[dh]$/), {
    on: ['prune'],
    flag: {
      group: 'common',
      value: '<time>',
      help: 'how long ago a run has ended, such as 30d, 12h',
      default: '30d',
      noVariable: true,
    },
  }),
  runsDir: option(text('a folder'), {
    on: [...running, 'enqueue', 'status', 'report', 'watch', 'runs', ...steering, 'prune'],
    flag: {
      group: 'run',
      value: '<dir>',
      help: 'where new runs get their folders and --last looks for them',
      helpOn: {
        enqueue: 'where the run gets its folder, which all workers have to see',
        runs: 'where to look for runs (default: wickr-bulk-runs)',
        status: lastLooks,
        report: lastLooks,
        watch: lastLooks,
        stop: lastLooks,
        pause: lastLooks,
        continue: lastLooks,
        tune: lastLooks,
        prune: 'where to look for runs (default: wickr-bulk-runs)',
        resume: lastLooks,
      },
      default: 'wickr-bulk-runs',
    },
  }),
  json: option(yesOrNo(), {
    on: [...running, ...steering, ...showing],
    flag: {
      group: 'common',
      help: 'print the summary as one JSON object',
      helpOn: {
        validate: 'print the result as one JSON object',
        status: 'print it as one JSON object',
        report: 'print where the page is as one JSON object',
        runs: 'print them as one JSON object',
        enqueue: 'print the result as one JSON object',
        dequeue: 'print the result as one JSON object',
        stop: 'print the result as one JSON object',
        pause: 'print the result as one JSON object',
        continue: 'print the result as one JSON object',
        tune: 'print the result as one JSON object',
        prune: 'print the result as one JSON object',
      },
    },
  }),
  quiet: option(yesOrNo(), {
    on: running,
    flag: {
      group: 'screen',
      help: 'say nothing if the exit code is 0, and everything at the end if it is not',
    },
  }),
  verbose: option(yesOrNo(), {
    on: running,
    flag: {
      group: 'screen',
      help: 'show what becomes of each row, and what the run decides; no names',
    },
  }),
  noProgress: option(yesOrNo(), { on: logging, flag: { group: 'screen', help: 'show no progress' } }),
  logLevel: option(choice(...levels), {
    on: logging,
    flag: {
      group: 'screen',
      value: '<level>',
      help: 'log to standard error: trace, debug, info, warn, error or silent',
      default: 'info with --log-file, else silent',
      choices: levels,
    },
  }),
  metricsFile: option(text('a file'), {
    on: [...starting, 'resume', 'retry', 'worker'],
    flag: {
      group: 'screen',
      value: '<file>',
      help: 'keep metrics in this file, for the textfile collector of Prometheus: it has to end in .prom',
    },
  }),
  logFile: option(text('a file'), {
    on: logging,
    flag: { group: 'screen', value: '<file>', help: 'log to this file instead, as JSON lines' },
  }),
};

/** What the flags of the screen say. */
export type ScreenFlags = {
  readonly [Name in keyof typeof screenOptions]?: Exclude<
    ReturnType<(typeof screenOptions)[Name]['check']['parse']>,
    undefined
  >;
};
