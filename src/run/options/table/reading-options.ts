/** How the input is read. */
import type { MappedColumn } from '../../../input/columns/column-mapping.js';
import type { FoundExclusions } from '../../../input/options/exclusions.js';
import type { ProblemKinds } from '../../../input/rows/problem-kinds.js';
import { isTranslationTable, type TranslationTable } from '../../../input/rules/translation-table.js';
import { fileFormats } from '../../../input/source/format.js';
import type { Problem } from '../../../model.js';
import type { RowsInput } from '../../../rows-input.js';
import { choice, hook, neededValue, option, text, texts, textsOr, whole, yesOrNo } from './option.js';

const isIterable = (given: unknown) =>
  typeof given === 'object' &&
  given !== null &&
  (Symbol.asyncIterator in given || Symbol.iterator in given || 'getReader' in given);
const isInput = (given: unknown) => (typeof given === 'string' ? given !== '' : isIterable(given));

/** The jobs that read an input of the caller's. */
const reading = ['update', 'reconcile', 'plan', 'validate'] as const;
/** Those, and the ones that go on with such a run. */
const readingAgain = [...reading, 'resume', 'retry'] as const;
const NETWORK_ID = /^[0-9]{8}$/;

export const readingOptions = {
  /** The rows: a file's path, a stream of its bytes such as `process.stdin`, or an iterable of objects. */
  input: option(neededValue<RowsInput>('a file, or - for standard input', isInput), {
    on: reading,
  }),
  /** Where the input of the run is by now, if it was moved: it has to be the same file, byte for byte. */
  movedInput: option(text('a file'), {
    on: ['resume'],
    flag: {
      group: 'common',
      name: 'input',
      value: '<file>',
      help: "where the run's input is now, if it was moved; it has to be the same, byte for byte",
    },
  }),
  /** The network of every row that names none; eight digits. A row that names another one is invalid. */
  networkId: option(text('the eight digits of a network ID', NETWORK_ID), {
    on: [...reading, 'apply', 'export'],
    flag: {
      group: 'common',
      value: '<id>',
      help: "the network's eight digits, if the file has no networkId column",
      helpOn: {
        apply: 'refuse the plan unless it is for this network',
        export: "the network's eight digits",
      },
    },
  }),
  /**
   * `csv`, `jsonl`, `json` (a list in JSON) or `xlsx` (a workbook). Default: by the file's name; a stream of bytes needs it, objects have none.
   */
  format: option(choice(...fileFormats), {
    on: reading,
    flag: {
      group: 'reading',
      value: '<format>',
      help: 'csv, jsonl, json or xlsx, if the file name does not tell it',
      choices: fileFormats,
    },
  }),
  /** The name of a workbook's sheet. Default: the first one that is not hidden. */
  sheet: option(text("a sheet's name"), {
    on: reading,
    recorded: true,
    flag: {
      group: 'reading',
      value: '<name>',
      help: 'the sheet of a workbook (.xlsx)',
      default: 'the first one',
    },
  }),
  /** CSV: one ASCII character, or `tab`. Default: found by itself from the header, tab for `.tsv`. */
  delimiter: option(text(), {
    on: reading,
    recorded: true,
    flag: {
      group: 'reading',
      value: '<char>',
      help: 'between CSV cells: one character or "tab"',
      default: 'found by itself',
    },
  }),
  /** Such as `windows-1252` or `utf-16le`. Default: UTF-8, or UTF-16 if the input begins with its byte order mark. */
  encoding: option(text(), {
    on: reading,
    recorded: true,
    flag: {
      group: 'reading',
      value: '<name>',
      help: 'such as windows-1252',
      default: 'UTF-8, or UTF-16 by its byte order mark',
    },
  }),
  /** CSV: how many records stand above the header. Default: 0. */
  skipRows: option(whole(0, 1000), {
    on: reading,
    recorded: true,
    flag: { group: 'reading', value: '<n>', help: 'CSV and workbooks: leave out N rows above the header' },
  }),
  /** Leave out unknown columns and keys instead of refusing them. Default: false. */
  ignoreUnknownColumns: option(yesOrNo(), {
    on: reading,
    recorded: true,
    flag: { group: 'reading', help: 'leave out columns that are not known', noVariable: true },
  }),
  /**
   * What columns and keys are read as: `auto` for what HR files call names and e-mail addresses, `COLUMN=FIELD`, or
   * `COLUMN=ignore`. With any of these, columns that stay unknown are left out. Default: each by its own name.
   */
  map: option(texts(), {
    on: reading,
    flag: {
      group: 'common',
      value: '<column=field>',
      help: 'read a column as this field, or "ignore" it; "auto" knows what HR files call names and e-mail',
      repeatable: true,
    },
  }),
  /** A JSON file of columns and their fields, as `map` has them. */
  mapFile: option(text('a file'), {
    on: reading,
    flag: { group: 'reading', value: '<file>', help: 'a JSON object of columns and their fields' },
  }),
  /** `FIELD=VALUE`: the value of this field in every row, in place of the row's own. */
  set: option(texts(), {
    on: readingAgain,
    flag: {
      group: 'rows',
      value: '<field=value>',
      help: "this value in every row, in place of the file's own",
      helpOn: {
        resume: 'a value that the run was started with and that is not kept',
        retry: 'a value that the run was started with and that is not kept',
      },
      repeatable: true,
    },
  }),
  /**
   * `FIELD=FILE`, a file of two columns: a value as the input has it, and what it stands for (`*`: any other). A program
   * may give a table in the place of the text. A value that is in neither is an error. Carried out behind `map`.
   */
  translate: option(textsOr<TranslationTable>('tables', isTranslationTable), {
    on: reading,
    flag: {
      group: 'rows',
      value: '<field=file>',
      help: "by this file's two columns, what a value of the file stands for; * is any other value",
      repeatable: true,
    },
  }),
  /**
   * `FIELD=TEMPLATE`: a value made of the input's own columns, in place of the row's own. `{Column}` or
   * `{Column|filter}` with the filters lower, upper, trim, ascii, german, letters, initial. Behind `translate`.
   */
  compose: option(texts(), {
    on: reading,
    flag: {
      group: 'rows',
      value: '<field=template>',
      help: 'a value made of columns, such as "username={First Name|initial|lower}.{Last Name|ascii|lower}@example.com"',
      repeatable: true,
    },
  }),
  /**
   * `FIELD=/regex/text/flags`, of firstName, lastName or username: changes a part of the row's value, or of what the user
   * has if the row has none. The users are read then, only what differs is sent, and what they were is kept. Behind
   * `compose`; several of one field in their order.
   */
  replace: option(texts(), {
    on: reading,
    flag: {
      group: 'rows',
      value: '<field=rule>',
      help: 'change a part of a value, in the file or else of what the user has, such as "username=/@old\\.example$/@new.example/"',
      repeatable: true,
    },
  }),
  /**
   * A new file for the values that `translate` does not translate. Default: `untranslated.csv` in the run's folder; none
   * where there is no run.
   */
  untranslatedFile: option(text('a file'), {
    on: ['plan', 'validate'],
    flag: {
      group: 'rows',
      name: 'untranslated',
      value: '<file>',
      help: 'a new file for the values that --translate does not translate',
    },
  }),
  /** Called once, before anything is sent, with the rules for values in the order in which they are carried out. */
  onRules: option(hook<(rules: readonly string[]) => void>(), { on: readingAgain }),
  /**
   * `COLUMN=VALUE`, `COLUMN=(VALUE, VALUE)` or `COLUMN=/regex/flags`, each also with `!=`: rows that do not meet all of
   * these are skipped. COLUMN is one by the file's own name, or a field; values are compared in NFC and without white
   * space around them. What has signs of these in it stands in double quotes.
   */
  where: option(texts(), {
    on: reading,
    flag: {
      group: 'common',
      value: '<condition>',
      help: 'only rows with COLUMN=VALUE, COLUMN=(A, B) or COLUMN=/regex/, each also with !=; all of them have to hold',
      repeatable: true,
    },
  }),
  /**
   * A file of users that are never to be changed; their rows are skipped. A .csv, .tsv or .jsonl with a userId,
   * lookupUsername or username column, or a text with a user ID or a username a line.
   */
  exclude: option(text('a file'), {
    on: reading,
    flag: {
      group: 'rows',
      value: '<file>',
      help: 'never change these users: a CSV or JSONL file, or one user a line',
    },
  }),
  /**
   * What becomes of a run if nobody in the network has a username or user ID of the `exclude` list: `error` refuses it, as
   * one with a typing error protects nobody; with `allow` the list protects those who are found. Default: `error`.
   */
  excludeMissing: option(choice('error', 'allow'), {
    on: readingAgain,
    recorded: true,
    flag: {
      group: 'rows',
      value: '<what>',
      help: 'if nobody has a username or user ID of the --exclude list: error or allow',
      default: 'error',
      choices: ['error', 'allow'],
      noVariable: true,
    },
  }),
  /** Called once the network was asked, with how many users of the `exclude` list are somebody. */
  onExclusions: option(hook<(found: FoundExclusions) => void>(), { on: readingAgain }),
  /** What the file of `exclude` has to be: its SHA-256 in hex. A resumed run tells it. Default: any. */
  excludeSha256: option(text('a SHA-256 in hex', /^[0-9a-f]{64}$/), { on: reading }),
  /** More than one security group in a row is an error instead of a warning. Default: false. */
  singleGroup: option(yesOrNo(), {
    on: reading,
    recorded: true,
    flag: { group: 'reading', help: 'refuse rows with more than one security group' },
  }),
  /** What is odd about a value, such as blanks around a name, is an error instead of a warning. Default: false. */
  strict: option(yesOrNo(), {
    on: reading,
    recorded: true,
    flag: { group: 'reading', help: 'what is odd about a value is an error, not a warning' },
  }),
  /** Fields in which words that programs write for no value, such as `Null` or `NA`, are names. Default: none. */
  accept: option(texts(), {
    on: reading,
    recorded: true,
    flag: {
      group: 'reading',
      value: '<field>',
      help: 'words such as Null or NA are names in this field, and no reason to warn',
      repeatable: true,
      noVariable: true,
    },
  }),
  /**
   * A user may stand in several rows, which are sent one after the other. Default: false, such rows are invalid. It does
   * not go with rows that are compared with their users: an update needs `keepBefore: false` as well.
   */
  allowDuplicates: option(yesOrNo(), {
    on: reading,
    recorded: true,
    flag: {
      group: 'rows',
      help: 'permit several rows for a user; they are sent in order',
      helpOn: { update: 'permit several rows for a user, sent in order; needs --no-keep-before' },
      noVariable: true,
    },
  }),
  /** Only the first so many data rows are read, skipped ones among them. Default: all. */
  limit: option(whole(1, 1_000_000_000), {
    on: reading,
    recorded: true,
    flag: {
      group: 'common',
      value: '<n>',
      help: 'only the first N rows of the file, skipped ones among them',
    },
  }),
  /** Send the valid rows of an input that has invalid ones. Default: false. */
  skipInvalid: option(yesOrNo(), {
    on: ['update', 'reconcile', 'plan'],
    recorded: true,
    flag: {
      group: 'rows',
      help: 'send the valid rows of a file that has invalid ones',
      helpOn: { plan: 'leave out the invalid rows of a file' },
      noVariable: true,
    },
  }),
  /** Called once, before anything is sent, with what each column is read as, if `map` or `mapFile` is given. */
  onMapping: option(hook<(mapping: readonly MappedColumn[]) => void>(), { on: readingAgain }),
  /** Called with every problem of an input that cannot be used, by line; never holds a value. */
  onProblem: option(hook<(problem: Problem, inputName: string) => void>(), {
    on: [...readingAgain, 'apply', 'undo'],
  }),
  /** Called with what is odd about an input but no reason to refuse it: up to 1,000 by line, or with `allProblems` all. */
  onWarning: option(hook<(warning: Problem, inputName: string) => void>(), {
    on: [...readingAgain, 'apply', 'undo'],
  }),
  /** Tell `onWarning` of every warning, which may take another pass over the input. Default: false, the first 1,000. */
  allProblems: option(yesOrNo(), {
    on: reading,
    flag: {
      group: 'reading',
      help: 'list every problem and warning, not the first 20 with a count of each kind',
    },
  }),
  /** Called once those two have been told what a look at the input, or at the network, has found: how often each kind. */
  onProblemKinds: option(hook<(kinds: ProblemKinds) => void>(), {
    on: [...readingAgain, 'apply', 'undo'],
  }),
};
