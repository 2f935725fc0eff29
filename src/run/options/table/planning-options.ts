/** What is read of the network before rows are sent, and what that permits. */
import { choice, hook, milliseconds, option, yesOrNo } from './option.js';

/** The jobs that look names up for an input of the caller's. */
const lookingUp = ['update', 'reconcile', 'plan', 'validate'] as const;

export const planningOptions = {
  /** `validateInput` also looks up what the rows name. Default: false, the input alone is read. */
  network: option(yesOrNo(), {
    on: ['validate'],
    flag: {
      group: 'common',
      help: 'also ask the network: who and what the file names, whether new usernames are free. Region, profile, pace and the like are for this',
    },
  }),
  /** Rows may mean bots. Default: false, such a row is invalid. */
  includeBots: option(yesOrNo(), {
    on: [...lookingUp, 'export'],
    recorded: true,
    flag: {
      group: 'users',
      help: 'rows may mean bots',
      helpOn: { export: 'bots as well' },
      noVariable: true,
    },
  }),
  /** Rows may name suspended users by their username. Default: false, such a row is invalid. */
  includeSuspended: option(yesOrNo(), {
    on: lookingUp,
    recorded: true,
    flag: { group: 'users', help: 'rows may name suspended users', noVariable: true },
  }),
  /**
   * What becomes of a row whose user is not in the network: with `error` it is invalid, as far as users are read at all;
   * with `skip` every user is read first, and such a row is skipped and listed in the run's folder. Default: `error`.
   */
  missing: option(choice('error', 'skip'), {
    on: lookingUp,
    recorded: true,
    flag: {
      group: 'users',
      value: '<what>',
      help: 'if the user of a row is not in the network: error or skip; skip reads the users first',
      default: 'error',
      choices: ['error', 'skip'],
      noVariable: true,
    },
  }),
  /** Users whose new usernames go round in a circle may have another one for a moment. Default: false. */
  allowTemporaryNames: option(yesOrNo(), {
    on: lookingUp,
    recorded: true,
    flag: {
      group: 'users',
      help: 'users who swap usernames may have a temporary one in between',
      noVariable: true,
    },
  }),
  /**
   * Send new usernames as they come: nothing is read for them, nobody knows whether they are free, and the rows are
   * not put in order. Default: false.
   */
  skipRenameCheck: option(yesOrNo(), {
    on: lookingUp,
    recorded: true,
    flag: {
      group: 'users',
      help: 'send new usernames as they come, without a look whether they are free',
      noVariable: true,
    },
  }),
  /** Read the users first and send only what differs. Default: false; so it is anyway unless `keepBefore` is false. */
  skipUnchanged: option(yesOrNo(), {
    on: ['update'],
    recorded: true,
    flag: {
      group: 'safety',
      help: 'with --no-keep-before: read the users all the same, send only what differs',
    },
  }),
  /**
   * Read the users first, send only what differs, and keep what they were as `before.jsonl` in the run's folder, for
   * `undoRun`. Default: true. With false, rows are sent as they are and the run cannot be undone.
   */
  keepBefore: option(yesOrNo(true), {
    on: ['update'],
    recorded: true,
    flag: {
      group: 'common',
      help: 'read the users first, send only what differs, keep what they were for "wickr-bulk undo"; so it is anyway',
      off: 'send without a look at the users: one read less for each, and no undo',
    },
  }),
  /**
   * Milliseconds after which what is known of a user is too old: they are read again right before their row is sent,
   * before each attempt. Of an update only if users are read at all (`keepBefore`, `skipUnchanged`). If most of the
   * network's users are to be changed, the pages of the list of all users are read once more for that, each right before
   * its users' rows, which are sent in the list's order. Security groups that rows name are read again likewise, once for
   * all rows. Default: 60,000.
   */
  maxAgeMs: option(milliseconds(60_000, 7 * 86_400_000), {
    on: ['update', 'reconcile', 'apply', 'undo'],
    recorded: true,
    flag: {
      group: 'safety',
      name: 'max-age',
      value: '<s>',
      help: 'seconds after which a user is read again before they are changed',
      default: '60',
    },
  }),
  /** Called while all users are listed, before anything is sent, with how many there were so far. */
  onUsers: option(hook<(users: number) => void>(), {
    on: [...lookingUp, 'resume', 'retry', 'apply', 'undo', 'export'],
  }),
};
