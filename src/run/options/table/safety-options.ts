/** What holds a run back: looks at users before and after they are changed, caps, and when to give up. */

import { cap, hook, option, share, text, whole, wholeOr } from './option.js';
import type { Canary } from './run-events.js';

/** The jobs that start a run of their own. */
const starting = ['update', 'reconcile', 'apply', 'undo'] as const;

export const safetyOptions = {
  /** Read back this share of the users that were changed, such as `5%`: one who shows another value is a `mismatch`. */
  verify: option(share('0%'), {
    on: starting,
    recorded: true,
    flag: {
      group: 'safety',
      value: '<n%>',
      help: 'read this share of the changed users back',
      default: '0%',
    },
  }),
  /**
   * So many rows are sent before any other, and read back. If one of them does not go through as asked, the run stops.
   * Default: none.
   */
  canary: option(whole(0, 1000), {
    on: starting,
    flag: {
      group: 'safety',
      value: '<n>',
      help: 'send N rows first, read them back, and stop if one is not as asked',
      default: '10 on a terminal, for more than 500 rows',
      noVariable: true,
    },
  }),
  /** The canary is for runs that send more rows than this. Default: 0. */
  canaryAbove: option(wholeOr(0, 0, 1_000_000_000), { on: starting }),
  /** Asked once the canary has gone through; unless it gives true, the run stops. Default: the run goes on. */
  confirm: option(hook<(canary: Canary) => Promise<boolean>>(), { on: [...starting, 'resume'] }),
  /** Stop after more failed rows than this: a number, or a share of all rows such as `5%`. Default: never. */
  maxErrors: option(cap(), {
    on: [...starting, 'resume', 'retry'],
    recorded: true,
    flag: { group: 'safety', value: '<n>', help: 'stop after more failed rows than N, or N% of the rows' },
  }),
  /**
   * Change nobody if more users than this would be changed: a number, or a share of the rows. Default: any number;
   * for `reconcileUsers` `10%`; a share always allows 20.
   */
  maxChanges: option(cap(), {
    on: ['update', 'reconcile'],
    flag: {
      group: 'safety',
      value: '<n>',
      help: 'send nothing if more than N rows, or N% of the rows, would be sent',
      helpOn: { reconcile: 'users that may change: N, or N% of the rows, 20 always (default: 10%)' },
    },
  }),
  /** Users whose first name, last name or username may be changed, likewise. Default: `10%`. */
  maxRenames: option(cap(), {
    on: ['reconcile'],
    flag: {
      group: 'safety',
      value: '<n>',
      help: 'users whose name or username may change, likewise',
      default: '10%',
    },
  }),
  /**
   * With `missing` `skip`, send nothing if more rows than this name users who are not in the network: a number, or a share
   * of the rows. Default: any number but all, of more than 20 rows; for `reconcileUsers` `10%`; there a share always
   * allows 20.
   */
  maxMissing: option(cap(), {
    on: ['update', 'reconcile', 'resume'],
    recorded: true,
    flag: {
      group: 'safety',
      value: '<n>',
      help: 'with --missing skip, send nothing if more than N rows, or N% of them, would be skipped',
      helpOn: {
        reconcile: 'rows that --missing skip may skip: N, or N% of the rows, 20 always (default: 10%)',
        resume: 'rows that --missing skip may skip, in place of what the run was started with',
      },
    },
  }),
  /**
   * Change nobody if more users of the network than this are named by no row: a number, or a share of the network's
   * users; a share always allows 20. Bots, suspended and excluded users do not count. With it all users are listed, however few the rows name. Default: any number.
   */
  maxUnlisted: option(cap(), {
    on: ['reconcile'],
    flag: {
      group: 'safety',
      value: '<n>',
      help: 'users whom no row may name: N, or N% of the network, 20 always',
      default: 'any number',
    },
  }),
  /** Share of a group's members that may leave it; 20 always may. Default: `25%`. */
  maxGroupDrain: option(share('25%'), {
    on: ['reconcile'],
    flag: {
      group: 'safety',
      value: '<n%>',
      help: "share of a group's members that may leave it, 20 users always",
      default: '25%',
    },
  }),
  /** Rows that the input has to have. Default: 1. */
  minRows: option(wholeOr(1, 1, 1_000_000_000), {
    on: ['reconcile'],
    flag: { group: 'safety', value: '<n>', help: 'rows that the file has to have', default: '1' },
  }),
  /** Rows that `where` and `exclude` have to leave. Default: 1. */
  minSelected: option(wholeOr(1, 0, 1_000_000_000), {
    on: ['reconcile'],
    flag: {
      group: 'safety',
      value: '<n>',
      help: 'rows that --where and --exclude have to leave',
      default: '1',
    },
  }),
  /** By how much the input may be shorter than the largest of the last ten runs on this network and file name. Default: `10%`. */
  maxShrink: option(share('10%'), {
    on: ['reconcile'],
    flag: {
      group: 'safety',
      value: '<n%>',
      help: 'how much shorter than the last files it may be',
      default: '10%',
    },
  }),
  /** A file that keeps the lengths of inputs from run to run. Default: they are not kept, and nothing shrinks. */
  inputMemory: option(text('a file'), { on: ['reconcile'] }),
};
