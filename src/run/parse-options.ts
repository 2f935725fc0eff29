import { z } from 'zod';
import { UsageError } from '../errors.js';
import { resolveEndpoint } from '../wickr/endpoint.js';
import type { Cap } from './breaker.js';
import { silentLogger } from './logger.js';
import type { ParsedOptions, ReadingOptions, UpdateOptions } from './options.js';

const whole = (min: number, max: number) => {
  const message = `needs a whole number from ${min} to ${max}`;
  return z.coerce.number({ error: message }).int(message).min(min, message).max(max, message);
};

const positive = (what: string, max: number) => {
  const message = `needs a number of ${what} above 0, at most ${max}`;
  return z.coerce.number({ error: message }).positive(message).max(max, message);
};

const CAP = 'needs a number of rows such as 50, or a share of all rows such as 5%';
const PERCENT = /^\d{1,3}(\.\d{1,3})?%$/;
const cap = z
  .union([z.number(), z.string()], { error: CAP })
  .transform(String)
  .refine((text) => /^\d{1,9}$/.test(text) || (PERCENT.test(text) && Number.parseFloat(text) <= 100), CAP)
  .transform((text): Cap => {
    const number = Number.parseFloat(text);
    return text.endsWith('%') ? { percent: number } : { rows: number };
  });

const INPUT = 'needs a file, or - for standard input';
const isStream = (value: unknown) =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
const format = z.enum(['csv', 'jsonl'], { error: 'needs csv or jsonl' });

/** Options whose form can be wrong; each key is a flag's name in camel case. */
const reading = {
  input: z.union([z.string().min(1), z.custom<AsyncIterable<Buffer>>(isStream)], { error: INPUT }),
  networkId: z
    .string()
    .regex(/^[0-9]{8}$/, 'needs the eight digits of a network ID')
    .optional(),
  format: format.optional(),
  limit: whole(1, 1_000_000_000).optional(),
};
const ReadingShape = z.object(reading);
const UpdateShape = z.object({
  ...reading,
  region: z.string({ error: 'needs the region of the network, such as us-east-1 (or set AWS_REGION)' }),
  timeout: positive('seconds', 3600).default(30),
  reportFormat: format.default('csv'),
  rate: positive('updates a second', 100_000).optional(),
  maxRate: positive('updates a second', 100_000).optional(),
  concurrency: whole(1, 1024).default(64),
  maxAttempts: whole(1, 100).default(6),
  throttlePatience: positive('seconds', 7 * 86_400).default(900),
  outagePatience: positive('seconds', 7 * 86_400).default(300),
  maxErrors: cap.optional(),
  maxChanges: cap.optional(),
});

/** Checks how an input is to be read. @throws UsageError that lists every option that cannot be used */
export function parseReadingOptions(options: ReadingOptions): ReadingOptions {
  return readingOf(options, parse(ReadingShape, options));
}

/** Checks all that a run is told. @throws UsageError that lists every option that cannot be used */
export function parseOptions(options: UpdateOptions): ParsedOptions {
  const checked = parse(UpdateShape, options);
  return {
    reading: readingOf(options, checked),
    service: {
      region: checked.region,
      endpoint: resolveEndpoint({ ...options, region: checked.region }),
      timeout: checked.timeout * 1000,
      ...defined({ profile: options.profile, credentials: options.credentials }),
    },
    out: options.out,
    reportFormat: checked.reportFormat,
    rate: defined({ fixed: slower(checked.rate, checked.maxRate), max: checked.maxRate }),
    rateMemory: checked.rate === undefined ? options.rateMemory : undefined,
    retry: { maxAttempts: checked.maxAttempts, throttlePatience: checked.throttlePatience * 1000 },
    locks: options.locks,
    outagePatience: checked.outagePatience * 1000,
    concurrency: checked.concurrency,
    maxErrors: checked.maxErrors,
    maxChanges: checked.maxChanges,
    skipInvalid: options.skipInvalid ?? false,
    signal: options.signal,
    abandon: options.abandon,
    logger: options.logger ?? silentLogger,
    onProgress: options.onProgress ?? (() => {}),
  };
}

/** A rate that is asked for, within the cap. */
const slower = (rate: number | undefined, cap = Number.POSITIVE_INFINITY) =>
  rate === undefined ? undefined : Math.min(rate, cap);

function parse<T extends z.ZodType>(shape: T, options: object): z.infer<T> {
  const parsed = shape.safeParse(options);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${flagName(String(path[0]))} ${message}`);
  throw new UsageError(problems.join('\n'), 'See --help for what each flag takes.');
}

const flagName = (key: string) =>
  key === 'input' ? 'INPUT' : `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function readingOf(options: ReadingOptions, checked: z.infer<typeof ReadingShape>): ReadingOptions {
  const { delimiter, ignoreUnknownColumns, singleGroup, allowDuplicates, onProblem, onWarning } = options;
  const { input, networkId, format, limit } = checked;
  return {
    input,
    ...defined({
      networkId,
      format,
      limit,
      delimiter,
      ignoreUnknownColumns,
      singleGroup,
      allowDuplicates,
      onProblem,
      onWarning,
    }),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The members that have a value: under exactOptionalPropertyTypes an absent one and an undefined one differ. */
function defined<T extends object>(members: T): Defined<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<T>;
}
