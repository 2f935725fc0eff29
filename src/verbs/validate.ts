/** An input is checked, and nothing is changed. */
import { InterruptedError } from '../errors.js';
import type { MappedColumn } from '../input/columns/column-mapping.js';
import { parseOptions, parseReadingOptions, refuseUnknown } from '../run/options/parse-options.js';
import type { ParsedOptions } from '../run/options/parsed-options.js';
import type { NetworkValidateOptions, ReadingOptions } from '../run/options/run-options.js';
import { planInput } from '../run/prepare/plan-input.js';
import { type Prepared, prepareInput } from '../run/prepare/prepare-input.js';
import { Access } from '../run/service/access.js';
import { openSession } from '../run/service/session.js';

/** What `validateInput` takes: with `network` all that it takes to reach the service, else the input alone. */
export type ValidateOptions = ReadingOptions & {
  /** Once it is aborted, the call is rejected with the signal's reason. */
  signal?: AbortSignal;
} & ({ network?: false } | ({ network: true } & NetworkValidateOptions));

/** What `validateInput` found in an input that can be used. */
export interface CheckedInput {
  readonly networkId: string;
  /** Data rows. */
  readonly rows: number;
  /** How many of them `where` and `exclude` leave out. */
  readonly skipped: number;
  /** Rows that are left out because their users are not in the network; absent unless `missing` is `skip`. */
  readonly missing?: number;
  /** Things that are odd but no reason to refuse the input. */
  readonly warnings: number;
  /** Of all its bytes, in hex. */
  readonly sha256: string;
  /** What each column was read as; for JSONL what each key was, if a mapping was asked for. */
  readonly mapping?: readonly MappedColumn[];
}

/**
 * Reads a whole input without changing anything. With `network` it also looks up which users and groups the rows name,
 * and whether the users can have their new usernames: the service is asked, and no user is changed.
 *
 * @throws InvalidInputError if it cannot be used, after `onProblem` was told of every problem; UsageError or InputError
 *   if it cannot be read at all; with `network` also CredentialsError and ReadError; the signal's reason once it is
 *   aborted
 */
export async function validateInput(options: ValidateOptions): Promise<CheckedInput> {
  const { signal } = options;
  signal?.throwIfAborted();
  try {
    return await validate(options, signal);
  } catch (error) {
    if (error instanceof InterruptedError) signal?.throwIfAborted();
    throw error;
  }
}

async function validate(options: ValidateOptions, signal: AbortSignal | undefined): Promise<CheckedInput> {
  const { network: _, ...given } = options;
  refuseUnknown(given, 'validate');
  // Whom and what the rows mean is known once the users have been read, as for a plan.
  const parsed = options.network
    ? withAllRead(parseOptions({ ...options, keepBefore: options.allowDuplicates !== true }))
    : undefined;
  const reading = parsed?.reading ?? parseReadingOptions(options);
  const prepared = await prepareInput({ ...reading, skipInvalid: false }, { signal });
  try {
    const missing = parsed && (await validateNames(prepared, parsed));
    const { networkId, rows, skipped, warnings, sha256, mapping } = prepared.validation;
    const left = parsed?.planning.missing === 'skip' && missing !== undefined ? { missing } : {};
    const checked = { networkId, rows, skipped, ...left, warnings: warnings.total, sha256 };
    return mapping === undefined ? checked : { ...checked, mapping };
  } finally {
    await prepared.source.close();
  }
}

const withAllRead = (parsed: ParsedOptions): ParsedOptions => ({
  ...parsed,
  planning: { ...parsed.planning, readsAll: true },
});

/** Gives how many rows are left out because their users are not in the network. */
async function validateNames(prepared: Prepared, parsed: ParsedOptions): Promise<number> {
  const { networkId, rows } = prepared.validation;
  const session = await openSession(parsed, networkId, new Access(parsed), rows);
  try {
    return (await planInput(prepared, parsed, session)).missing;
  } finally {
    await session.close();
  }
}
