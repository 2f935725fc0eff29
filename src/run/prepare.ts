/** The input before anything is sent: opened, read to its end, and found fit. */
import { InputError, InvalidInputError } from '../errors.js';
import { readRows } from '../input/rows.js';
import { openSource, type Source, spoolSource } from '../input/source.js';
import { readProblems, type Validation, validateSource } from '../input/validate.js';
import type { Row } from '../model.js';
import { RunFolder } from './folder.js';
import type { ReadingOptions } from './options.js';

/** An input that a run can be made of. `close` it. */
export interface Prepared {
  readonly source: Source;
  readonly validation: Validation & { readonly networkId: string };
  /** The run's folder, where standard input had to be kept in it already. */
  readonly folder: RunFolder | undefined;
  rows(): AsyncIterable<readonly Row[]>;
  /** What has to stand before copied rows for them to be an input again: CSV's header. */
  heading(): Promise<Buffer>;
  /** Takes back what preparing has made on the disk. */
  discard(): Promise<void>;
}

/**
 * Opens the input and reads all of it once.
 *
 * @throws InvalidInputError where it has invalid rows (unless those are to be skipped) or is damaged, after
 *   `onProblem` was told of each; InputError or UsageError where it cannot be read at all
 */
export async function prepareInput(
  reading: ReadingOptions,
  { skipInvalid, out }: { readonly skipInvalid: boolean; readonly out: string | undefined },
): Promise<Prepared> {
  const { source, folder } = await open(reading, out);
  try {
    const validation = await validateSource(source, reading);
    for (const warning of validation.warnings.first) reading.onWarning?.(warning, source.name);
    const { networkId, damage, invalid, rows } = validation;
    if (damage && invalid === 0) throw damage;
    if (damage || (invalid > 0 && !skipInvalid)) {
      await tellProblems(source, validation, reading);
      throw new InvalidInputError(rows, invalid, damage);
    }
    if (networkId === undefined) throw noNetwork();
    return prepared(source, { ...validation, networkId }, folder, reading);
  } catch (error) {
    await source.close();
    await folder?.remove();
    throw error;
  }
}

async function open(reading: ReadingOptions, out: string | undefined) {
  const { input, format } = reading;
  if (typeof input === 'string') return { source: await openSource(input, { format }), folder: undefined };
  const folder = await RunFolder.create(out, 'stdin', new Date());
  try {
    return { source: await spoolSource(input, folder.spool(format ?? 'csv'), { format }), folder };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

/** Every problem, also those beyond what a Validation keeps. */
export async function tellProblems(
  source: Source,
  validation: Validation,
  reading: ReadingOptions,
): Promise<void> {
  if (!reading.onProblem) return;
  for await (const problems of readProblems(source, reading, validation.duplicates)) {
    for (const problem of problems) reading.onProblem(problem, source.name);
  }
}

function prepared(
  source: Source,
  validation: Prepared['validation'],
  folder: RunFolder | undefined,
  reading: ReadingOptions,
): Prepared {
  return {
    source,
    validation,
    folder,
    rows: () => readRows(source, reading, validation.duplicates),
    heading: async () => source.slice(0, validation.header?.end ?? 0),
    discard: async () => folder?.remove(),
  };
}

const noNetwork = () =>
  new InputError(
    'no row names a network and no network ID was given',
    'Give --network-id, or a networkId in each row.',
  );
