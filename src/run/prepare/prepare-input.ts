/** The input before anything is sent: opened, read to its end, and found fit. */
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError, InterruptedError, InvalidInputError } from '../../errors.js';
import { readRows } from '../../input/rows/read-rows.js';
import { type Validation, validateSource } from '../../input/rows/validate-source.js';
import { describeRules, parseRules } from '../../input/rules/rule-set.js';
import { formatOfStdin } from '../../input/source/format.js';
import { openSource, spoolSource } from '../../input/source/open-source.js';
import type { Source, SourceOptions } from '../../input/source/source.js';
import type { Problem, Row } from '../../model.js';
import { printable } from '../../text/printable.js';
import { type LoadedReading, loadReading } from '../options/load-option-files.js';
import type { ReadingStage } from '../options/parsed-options.js';
import { stopReasonOf } from '../service/stop-switch.js';
import { RunFolder } from '../state/run-folder.js';
import { bytesOf, type InputBytes } from './input-bytes.js';
import { leadingProblem, tellProblems, tellWarnings } from './tell-problems.js';
import { keepUntranslated } from './untranslated.js';

/** An input that a run can be made of. `close` it. */
export interface Prepared {
  readonly source: Source;
  readonly validation: Validation & { readonly networkId: string };
  /** The run's folder, if standard input had to be kept in it already. */
  readonly folder: RunFolder | undefined;
  /** How it is read, with the files that the options name. */
  readonly reading: LoadedReading;
  rows(): AsyncIterable<readonly Row[]>;
  /** What has to stand before copied rows for them to be an input again, as the file has it: CSV's header, a mark. */
  heading(): Promise<Buffer>;
  /** Whether the input is another than the one that was checked. */
  isChanged(): Promise<boolean>;
  /** Takes back what preparing has made on the disk. */
  discard(): Promise<void>;
}

/** What preparing has to know beside the input itself. */
export interface Preparing {
  /** The run's folder, if the input is a stream that was kept in it. */
  readonly folder?: RunFolder;
  /** The path of a new run's folder, if a stream is to be kept in one. Without it a stream leaves nothing on the disk. */
  readonly run?: { readonly folder: string };
  /** What the input has to be, byte for byte. */
  readonly same?: { readonly size: number; readonly sha256: string };
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens the input and reads all of it once.
 *
 * @throws InvalidInputError if it has invalid rows (unless those are to be skipped) or is damaged, after
 *   `onProblem` was told of each; InputError or UsageError if it cannot be read at all or is not the same;
 *   InterruptedError once the signal is aborted
 */
export async function prepareInput(stage: ReadingStage, preparing: Preparing): Promise<Prepared> {
  const { input, format, encoding, sheet, skipRows } = stage;
  const { folder, signal } = preparing;
  const opening = { format, encoding, sheet, skipRows, signal };
  if (typeof input === 'string')
    return prepare(stage, preparing, async () => ({ source: await openSource(input, opening), folder }));
  const stream = bytesOf(input, opening);
  try {
    return await prepare(stage, preparing, () => spool(stream, opening, preparing));
  } finally {
    stream.close();
  }
}

interface Opened {
  readonly source: Source;
  readonly folder: RunFolder | undefined;
}

async function prepare(
  stage: ReadingStage,
  preparing: Preparing,
  open: () => Promise<Opened>,
): Promise<Prepared> {
  const { signal } = preparing;
  const reading = await loadReading(stage);
  const { source, folder } = await open().catch(asInterruption(signal));
  let isKept = false;
  try {
    if (preparing.same) await checkSame(source, preparing.same);
    const validation = await validateSource(source, { ...reading, ...(signal && { signal }) });
    if (reading.map && validation.mapping) stage.onMapping?.(validation.mapping);
    const rules = describeRules(parseRules(reading));
    if (rules.length > 0) stage.onRules?.(rules);
    await tellWarnings(source, validation, reading, stage);
    for (const warning of shapeWarnings(validation, stage)) stage.onWarning?.(warning, source.name);
    const { networkId, readError, invalid, rows } = validation;
    if (readError && invalid === 0) throw readError;
    if (readError || (invalid > 0 && !stage.skipInvalid)) {
      await tellProblems(source, validation, reading, stage);
      const untranslated = await keepUntranslated(validation.untranslated, stage, { ...preparing, folder });
      isKept = untranslated.folder !== undefined;
      const problem = leadingProblem(validation.problems.kinds);
      throw new InvalidInputError(rows, invalid, readError, untranslated.hint, 0, problem);
    }
    if (stage.strict && validation.unselective.length > 0) throw selectsNothing(validation.unselective);
    if (networkId === undefined) throw noNetwork(validation.skipped);
    return prepared(source, { ...validation, networkId }, folder, reading);
  } catch (error) {
    await source.close();
    if (isKept) await folder?.dropSpool(source.fileFormat);
    else if (!preparing.folder) await folder?.remove();
    return asInterruption(signal)(error);
  }
}

/** @throws InputError if a file that may have been cut off is not to be used */
function shapeWarnings({ leftOver, unended }: Validation, { needsWhole }: ReadingStage): Problem[] {
  if (unended !== undefined && needsWhole)
    throw new InputError(
      `${lastRow}; nothing was sent`,
      'If the file is whole, add a line end behind its last row.',
      {
        line: unended,
      },
    );
  const rows = leftOver?.rows === 1 ? '1 row of blank cells is' : `${leftOver?.rows} rows of blank cells are`;
  return [
    ...(leftOver ? [{ line: leftOver.line, reason: `${rows} left out` }] : []),
    ...(unended === undefined ? [] : [{ line: unended, reason: lastRow }]),
  ];
}

const lastRow = 'the last row has no line end, which all others have: was the file cut off?';

async function spool(
  { bytes, format: known }: InputBytes,
  opening: Omit<SourceOptions, 'format'>,
  { run }: Preparing,
): Promise<Opened> {
  const format = formatOfStdin({ format: known });
  if (run === undefined) {
    const path = join(tmpdir(), `wickr-bulk-${randomUUID()}`);
    const source = await spoolSource(bytes, path, { ...opening, format, keep: false });
    return { source, folder: undefined };
  }
  const folder = await RunFolder.create(run.folder);
  try {
    const source = await spoolSource(bytes, folder.spool(format), { ...opening, format, keep: true });
    return { source, folder };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

/** Whatever fails once the caller has said stop fails because of that. */
const asInterruption =
  (signal: AbortSignal | undefined) =>
  (error: unknown): never => {
    if (!signal?.aborted) throw error;
    throw new InterruptedError(stopReasonOf(signal), { cause: error });
  };

function prepared(
  source: Source,
  validation: Prepared['validation'],
  folder: RunFolder | undefined,
  reading: LoadedReading,
): Prepared {
  return {
    source,
    validation,
    folder,
    reading,
    rows: () => readRows(source, reading, validation.duplicates),
    heading: () => joined(source.originals(0, validation.header?.end ?? source.bomLength)),
    // A file that was only touched is the same file.
    isChanged: async () => !(await source.unchanged()) && (await sha256Of(source)) !== validation.sha256,
    discard: async () => folder?.remove(),
  };
}

async function checkSame(source: Source, { size, sha256 }: NonNullable<Preparing['same']>): Promise<void> {
  const change = source.size === size ? '' : ` (it had ${size} bytes and has ${source.size})`;
  if (change === '' && (await sha256Of(source)) === sha256) return;
  throw new InputError(
    `${printable(source.path)} is not the file that the run was started with${change}; nothing was sent`,
    'Put that file back and resume, or begin a new run with this one: rows that were updated already change nothing when they are sent again.',
  );
}

async function sha256Of(source: Source): Promise<string | undefined> {
  return source.sha256().catch(() => undefined);
}

async function joined(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

const selectsNothing = (reasons: readonly string[]) =>
  new InputError(
    `${reasons.join('; ')}; nothing was sent`,
    'Correct `where`; without `strict` this is a warning.',
  );

const noNetwork = (skipped: number) =>
  new InputError(
    skipped > 0
      ? 'no row that is not skipped names a network and no network ID was given'
      : 'no row names a network and no network ID was given',
    'Give `networkId`, or a networkId in each row.',
  );
