/** One option: what a caller may give, how that is checked, and how a command line and a variable say it. */
import * as z from 'zod';
import type { Cap } from '../../../plan/caps.js';
import type { FlagGroup } from './flag-groups.js';

/** The jobs that take options, named as their commands. */
export type Verb =
  | 'update'
  | 'validate'
  | 'plan'
  | 'apply'
  | 'reconcile'
  | 'undo'
  | 'resume'
  | 'retry'
  | 'export'
  | 'status'
  | 'runs'
  | 'stop'
  | 'pause'
  | 'continue'
  | 'tune'
  | 'prune'
  | 'report'
  | 'watch'
  | 'template'
  | 'demo'
  | 'enqueue'
  | 'dequeue'
  | 'worker';

/** How a command line says an option. */
export interface Flag {
  /** Without the dashes. Default: the option's own name, in kebab case. */
  readonly name?: string;
  /** Under which heading help lists it. */
  readonly group: FlagGroup;
  /** What stands behind it, such as `<n>`; a switch has none. */
  readonly value?: string;
  /** What `--help` says of it, without the default. */
  readonly help: string;
  /** What `--help` says of it on these commands instead. */
  readonly helpOn?: Readonly<Partial<Record<Verb, string>>>;
  /** What `--help` says that the default is. */
  readonly default?: string;
  /** Whether it can be given again and again. */
  readonly repeatable?: boolean;
  /** Values that can be given; any others are refused. */
  readonly choices?: readonly string[];
  /**
   * Whether it has no environment variable. So it is for flags that switch a safety off: what is forgotten in an
   * environment must not make a later run less safe.
   */
  readonly noVariable?: boolean;
  /** What `--help` says of the flag with `no-` before its name. Only for a switch that is on by default: that one is off with it. */
  readonly off?: string;
}

/** An entry of the table of options. `In` is what the library takes, `Out` what a run works with. */
export interface Option<In = unknown, Out = unknown, On extends Verb = Verb> {
  readonly check: z.ZodType<Out, In>;
  /** The jobs that take it. */
  readonly on: readonly On[];
  /** Absent for what only a program can give, such as a function. */
  readonly flag?: Flag;
  /** The value that a text of a command line or a variable stands for. A text that means none is given back as it is. */
  readonly fromText: (text: string) => unknown;
  /** What a value that a text stands for has to be, in the unit of the flag. Default: as `check` says. */
  readonly checkText?: z.ZodType;
  /** Whether `run.json` keeps it, so that `resume` and `retry` go on with it. */
  readonly recorded: boolean;
}

/** How the values of an option are checked and read from texts. */
export interface Kind<In, Out> {
  readonly check: z.ZodType<Out, In>;
  readonly fromText: (text: string) => unknown;
  readonly checkText?: z.ZodType;
}

interface Use<On extends Verb> {
  readonly on: readonly On[];
  readonly flag?: Flag;
  readonly recorded?: boolean;
}

/** Makes an entry of the table. */
export const option = <In, Out, const On extends Verb>(
  kind: Kind<In, Out>,
  { on, flag, recorded = false }: Use<On>,
): Option<In, Out, On> => ({ ...kind, on, recorded, ...(flag && { flag }) });

export const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The flag with its dashes; undefined if only a program can give the option. */
export const flagOf = ([name, { flag }]: readonly [name: string, entry: Option]): string | undefined =>
  flag && `--${flag.name ?? kebab(name)}`;

const asItIs = (text: string): unknown => text;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const asNumber = (text: string): unknown => (NUMBER.test(text) ? Number(text) : text);

/** A text. */
export const text = (what = 'a text', pattern = /./s) => {
  const error = `needs ${what}`;
  return {
    check: z.string({ error }).regex(pattern, error).optional(),
    fromText: asItIs,
  } satisfies Kind<string | undefined, string | undefined>;
};

/** A text that stands for something else, if `parse` can tell what. */
export const textFor = <T>(what: string, parse: (given: string) => T | undefined) => {
  const error = `needs ${what}`;
  const check = z.string({ error }).transform((given, context): T => {
    const meant = parse(given);
    if (meant !== undefined) return meant;
    context.addIssue({ code: 'custom', message: error });
    return z.NEVER;
  });
  return { check: check.optional(), fromText: asItIs };
};

/** A text that has to be given. */
export const neededText = (what: string, pattern = /./s) => {
  const error = `needs ${what}`;
  return { check: z.string({ error }).regex(pattern, error), fromText: asItIs } satisfies Kind<
    string,
    string
  >;
};

/** One of some words. */
export const choice = <const Word extends string>(...words: readonly [Word, ...Word[]]) => ({
  check: z.enum(words, { error: `needs ${words.join(' or ')}` }).optional(),
  fromText: asItIs,
});

/** True or false. */
export const yesOrNo = (standard = false) => ({
  check: z.boolean({ error: 'needs true or false' }).default(standard),
  fromText: (given: string): unknown =>
    ({ true: true, 1: true, false: false, 0: false })[given.toLowerCase()] ?? given,
});

const number = (error: string) => z.number({ error });

/** A whole number from `least` to `most`. */
export const whole = (least: number, most: number) => {
  const error = `needs a whole number from ${least} to ${most}`;
  return {
    check: number(error).int(error).min(least, error).max(most, error).optional(),
    fromText: asNumber,
  };
};

/** A whole number with a default. */
export const wholeOr = (standard: number, least: number, most: number) => {
  const { check, fromText } = whole(least, most);
  return { check: check.default(standard), fromText };
};

/** A number above 0, or from `least` on. */
export const positive = (unit: string, most: number, least = 0) => {
  const error = `needs a number of ${unit} ${least > 0 ? `from ${least} to` : 'above 0, at most'} ${most}`;
  const check = number(error).positive(error).min(least, error).max(most, error);
  return { check: check.optional(), fromText: asNumber };
};

/** A time: milliseconds for a program, seconds on a command line. */
export const milliseconds = (standard: number, most: number, least = 0) => {
  const { check } = positive('milliseconds', most, least);
  const seconds = positive('seconds', most / 1000, least / 1000);
  return {
    check: check.default(standard),
    fromText: (given: string) => {
      const value = asNumber(given);
      return typeof value === 'number' ? value * 1000 : value;
    },
    checkText: z.preprocess((value) => (typeof value === 'number' ? value / 1000 : value), seconds.check),
  };
};

const SHARE = /^\d{1,3}(\.\d{1,3})?%$/;
const isShare = (given: string) => SHARE.test(given) && Number.parseFloat(given) <= 100;

/** A share such as `5%`; gives the number before the sign. */
export const share = (standard: string) => {
  const error = 'needs a share from 0% to 100%, such as 5%';
  const check = z.string({ error }).refine(isShare, error).default(standard);
  return { check: check.transform((given) => Number.parseFloat(given)), fromText: asItIs };
};

/** A number of rows, or a share of them. */
export const cap = () => {
  const error = 'needs a number of rows such as 50, or a share of all rows such as 5%';
  const isCap = (given: string) => /^\d{1,9}$/.test(given) || isShare(given);
  const check = z.union([z.number(), z.string()], { error }).refine((given) => isCap(String(given)), error);
  const parse = (given: string | number): Cap => {
    const amount = Number.parseFloat(String(given));
    return String(given).endsWith('%') ? { percent: amount } : { rows: amount };
  };
  return { check: check.transform(parse).optional(), fromText: asItIs };
};

const listed = { error: 'needs a list of texts' };

/** A list of texts; as a variable a list in JSON. */
export const texts = () => ({
  check: z.array(z.string(listed), listed).readonly().optional(),
  fromText: (given: string): unknown => {
    try {
      return JSON.parse(given) as unknown;
    } catch {
      return given;
    }
  },
});

/** A list of texts, in which a program may give something else in the place of a text; as a variable a list in JSON. */
export const textsOr = <T>(what: string, isIt: (given: unknown) => boolean) => {
  const error = `needs a list of texts or ${what}`;
  const each = z.custom<string | T>((given) => typeof given === 'string' || isIt(given), { error });
  return { check: z.array(each, { error }).readonly().optional(), fromText: texts().fromText };
};

/** What has to be given, and only a program can check in full. */
export const neededValue = <T>(what: string, isIt: (given: unknown) => boolean) => ({
  check: z.custom<T>(isIt, { error: `needs ${what}` }),
  fromText: asItIs,
});

/** What only a program can give, such as a function. */
export const value = <T>(what: string, isIt: (given: unknown) => boolean) => ({
  check: z.custom<T>(isIt, { error: `needs ${what}` }).optional(),
  fromText: asItIs,
});

/** A function of the caller's. */
export const hook = <T extends (...args: never[]) => unknown>() =>
  value<T>('a function', (given) => typeof given === 'function');
