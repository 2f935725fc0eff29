/** What was asked of a run, kept as `run.json`: enough to go on with it. No secrets and nobody's values. */
import { z } from 'zod';
import { printable, RunFolderError } from '../errors.js';
import type { UpdateOptions } from './options.js';

const count = z.number().int().nonnegative();

/** Options that a run is resumed and repeated with; named as in UpdateOptions. */
const Options = z.object({
  limit: count.optional(),
  delimiter: z.string().optional(),
  ignoreUnknownColumns: z.boolean().optional(),
  singleGroup: z.boolean().optional(),
  allowDuplicates: z.boolean().optional(),
  skipInvalid: z.boolean().optional(),
  reportFormat: z.enum(['csv', 'jsonl']).optional(),
  rate: z.number().optional(),
  maxRate: z.number().optional(),
  concurrency: z.number().optional(),
  maxAttempts: z.number().optional(),
  throttlePatience: z.number().optional(),
  outagePatience: z.number().optional(),
  timeout: z.number().optional(),
  maxErrors: z.union([z.number(), z.string()]).optional(),
  profile: z.string().optional(),
  allowHttp: z.boolean().optional(),
});

const Record = z.object({
  version: z.string(),
  command: z.string(),
  startedAt: z.string(),
  input: z.object({
    /** Absolute; `-` for standard input, which is kept in the run's folder until every row has its outcome. */
    path: z.string().min(1),
    format: z.enum(['csv', 'jsonl']),
    /** Bytes. */
    size: count,
    sha256: z.string(),
    rows: count,
  }),
  networkId: z.string(),
  region: z.string(),
  endpoint: z.string(),
  options: Options,
});

export type RunRecord = z.infer<typeof Record>;

/** Of the options, those that a record keeps. The flags of a command line are texts. */
export function recordedOptions(options: UpdateOptions): RunRecord['options'] {
  const numeric = z.coerce.number().optional();
  const { limit, rate, maxRate, concurrency, maxAttempts, throttlePatience, outagePatience, timeout } =
    options;
  const patience = { throttlePatience, outagePatience, timeout };
  const numbers = { limit, rate, maxRate, concurrency, maxAttempts, ...patience };
  const parsed = Object.entries(numbers).map(([name, value]) => [name, numeric.parse(value)]);
  return Options.parse({ ...options, ...Object.fromEntries(parsed) });
}

/** What a run has to be told to be what the record says; its input is told apart. */
export function optionsOf({ networkId, region, endpoint, options }: RunRecord): Omit<UpdateOptions, 'input'> {
  const defined = Object.entries(options).filter(([, value]) => value !== undefined);
  return { networkId, region, endpointUrl: endpoint, ...Object.fromEntries(defined) };
}

/** @throws RunFolderError where the text is not what a run has written */
export function parseRecord(text: string, path: string): RunRecord {
  try {
    return Record.parse(JSON.parse(text));
  } catch (cause) {
    throw new RunFolderError(
      `${printable(path)} is not as a run wrote it`,
      'It was changed or damaged. Run the rows that the report does not have as a new run.',
      { cause },
    );
  }
}
