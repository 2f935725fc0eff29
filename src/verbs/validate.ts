import type { MappedColumn } from '../input/columns/column-mapping.js';
import { parseOptions, parseReadingOptions } from '../run/options/parse-options.js';
import type { NetworkValidateOptions, ReadingOptions } from '../run/options/run-options.js';
import { planInput } from '../run/prepare/plan-input.js';
import { type Prepared, prepareInput } from '../run/prepare/prepare-input.js';
import { openSession } from '../run/service/session.js';
import { CredentialGate } from '../wickr/credential-gate.js';
import { defaultCredentials } from '../wickr/credentials.js';

/** What `validate` takes: with `network` all that it takes to reach the service, else the input alone. */
export type ValidateOptions = ReadingOptions &
  ({ network?: false } | ({ network: true } & NetworkValidateOptions));

/** What `validate` found in an input that can be used. */
export interface CheckedInput {
  readonly networkId: string;
  /** Data rows. */
  readonly rows: number;
  /** How many of them `where` and `exclude` leave out. */
  readonly skipped: number;
  /** Things that are odd but no reason to refuse the input. */
  readonly warnings: number;
  /** Of all its bytes, in hex. */
  readonly sha256: string;
  /** What each column was read as; for JSONL what each key was, where a mapping was asked for. */
  readonly mapping?: readonly MappedColumn[];
}

/**
 * Reads a whole input without changing anything. With `network` it also looks up whom and what the rows name, and
 * whether the users can have their new usernames: the service is asked, and nothing is sent to it that changes anybody.
 *
 * @throws InvalidInputError where it cannot be used, after `onProblem` was told of every problem; UsageError or
 *   InputError where it cannot be read at all; with `network` also what reading the network can meet
 */
export async function validate(options: ValidateOptions): Promise<CheckedInput> {
  const reading = options.network ? parseOptions(options).reading : parseReadingOptions(options);
  const { signal } = options.network ? options : {};
  const prepared = await prepareInput({ ...reading, skipInvalid: false }, { signal });
  try {
    if (options.network) await validateNames(prepared, options);
    const { networkId, rows, skipped, warnings, sha256, mapping } = prepared.validation;
    const checked = { networkId, rows, skipped, warnings: warnings.total, sha256 };
    return mapping === undefined ? checked : { ...checked, mapping };
  } finally {
    await prepared.source.close();
  }
}

async function validateNames(
  prepared: Prepared,
  options: Extract<ValidateOptions, { network: true }>,
): Promise<void> {
  const parsed = parseOptions(options);
  const gate = new CredentialGate(parsed.service.credentials ?? defaultCredentials(parsed.service.profile));
  const { networkId, rows } = prepared.validation;
  const session = await openSession(parsed, networkId, gate, rows);
  try {
    await planInput(prepared, parsed, session);
  } finally {
    await session.close();
  }
}
