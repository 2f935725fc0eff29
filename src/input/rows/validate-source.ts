/** The first pass over an input: nothing is sent before all of it has been checked. */
import { createHash } from 'node:crypto';
import { WickrBulkError } from '../../errors.js';
import type { Command, NamedCommand, Problem, Row } from '../../model.js';
import type { MappedColumn } from '../columns/column-mapping.js';
import type { DuplicateCheck } from '../fields/row-builder.js';
import type { InputOptions } from '../options/input-options.js';
import type { UntranslatedValue } from '../rules/untranslated.js';
import type { Source } from '../source/source.js';
import { ChangedInputError, changedFile } from '../source/source-errors.js';
import type { Header } from './csv-header.js';
import { SeenUsers } from './duplicate-users.js';
import { KindTally, type ProblemKind } from './problem-kinds.js';
import { readRows } from './read-rows.js';
import { RowReader } from './row-reader.js';

/** How often something was found, and the first ones by line. */
export interface ProblemSample {
  readonly total: number;
  /** At most 1,000. */
  readonly first: readonly Problem[];
  /** The most frequent first. */
  readonly kinds: readonly ProblemKind[];
}

/** What the first pass found. The input can be sent as it is if `invalid` is 0 and there is no `readError`. */
export interface Validation {
  /** Data rows, valid or not. */
  readonly rows: number;
  readonly invalid: number;
  /** Rows that the caller's own filters leave out. */
  readonly skipped: number;
  /** Conditions that no row meets, and a filter that leaves no row, as sentences. They are among the warnings. */
  readonly unselective: readonly string[];
  /** Whether the limit has left a part of the input unread. */
  readonly more: boolean;
  /** By line; `readProblems` gives all of them. A row can have several. */
  readonly problems: ProblemSample;
  readonly warnings: ProblemSample;
  /** Rows of nothing but blank cells, which are left out: how many, and the line of the first. */
  readonly leftOver?: { readonly rows: number; readonly line: number };
  /** The line of the last row, if it has no line end though others have: the file may have been cut off. */
  readonly unended?: number;
  /** Why the rest of the file could not be read. Everything else here is about the part before. */
  readonly readError?: WickrBulkError;
  /**
   * Whether rows name users or groups that have to be looked up, whether rows change usernames, and whether any gives
   * groups by ID.
   */
  readonly network: { readonly lookups: boolean; readonly renames: boolean; readonly groups: boolean };
  /** SHA-256 of all bytes of the file, in hex. */
  readonly sha256: string;
  /** Absent if neither the option nor any row named one. */
  readonly networkId?: string;
  /** Absent for JSONL. */
  readonly header?: Header;
  /** What each column was read as; for JSONL what each key was, if a mapping was asked for. */
  readonly mapping?: readonly MappedColumn[];
  /** The values that a table has no translation for, the most frequent first. */
  readonly untranslated: readonly UntranslatedValue[];
  /** For `readRows`. */
  readonly duplicates: DuplicateCheck;
}

/**
 * Checks every row of the source. What is wrong with single rows, or with the file after the first row, is returned.
 *
 * @throws UsageError for options that cannot be used; InputError if not a single row can be read or the file changes
 *   meanwhile
 */
export async function validateSource(source: Source, options: InputOptions): Promise<Validation> {
  const seen = new SeenUsers();
  const reader = new RowReader(source, options, seen);
  let counts = new RowCounts(reader.optionWarnings);
  // The chunks of a copy are not the file's bytes.
  const hash = source.isCopy ? undefined : createHash('sha256');
  for await (const chunk of source.chunks()) {
    options.signal?.throwIfAborted();
    hash?.update(chunk);
    counts.add(reader.push(chunk));
  }
  counts.add(reader.end());
  const { error: readError, networkId, header, mapping, more, leftOver, unended, untranslated } = reader;
  if (counts.rows === 0 && readError !== undefined) throw readError;
  const repeated = seen.repeated();
  const duplicates = repeated.located();
  if (repeated.count > 0) {
    for await (const _ of readableRows(source, options, repeated));
    counts = new RowCounts(reader.optionWarnings);
    for await (const rows of readableRows(source, options, duplicates)) counts.add(rows);
  }
  const unselective = [...reader.unmet, ...(counts.isNothingLeft ? [nothingLeft(counts.rows)] : [])];
  counts.warn(unselective);
  const sha256 = hash?.digest('hex') ?? (await source.sha256());
  if (!(await source.unchanged())) throw changedFile();
  return {
    ...counts.result(),
    unselective,
    untranslated,
    more,
    sha256,
    duplicates,
    ...(readError && { readError }),
    ...(networkId !== undefined && { networkId }),
    ...(header && { header }),
    ...(leftOver && { leftOver }),
    ...(unended !== undefined && { unended }),
    ...(mapping && { mapping }),
  };
}

/**
 * Every problem of every row, or every warning, by line, in batches. This takes another pass over the file; the first
 * 1,000 are in the Validation.
 *
 * @param duplicates those of the Validation, whose `readError` is not repeated here
 */
export async function* readProblems(
  source: Source,
  options: InputOptions,
  duplicates: DuplicateCheck,
  of: 'problems' | 'warnings' = 'problems',
): AsyncGenerator<Problem[], void, undefined> {
  if (of === 'warnings') yield new RowReader(source, options).optionWarnings;
  for await (const rows of readableRows(source, options, duplicates)) {
    const problems = rows.flatMap((row) =>
      of === 'warnings' ? (row.warnings ?? []) : 'problems' in row ? row.problems : [],
    );
    if (problems.length > 0) yield problems;
  }
}

/** The rows before the part that cannot be read, if there is such a part. */
async function* readableRows(
  source: Source,
  options: InputOptions,
  duplicates: DuplicateCheck,
): AsyncGenerator<Row[]> {
  try {
    yield* readRows(source, options, duplicates);
  } catch (error) {
    if (!(error instanceof WickrBulkError) || error instanceof ChangedInputError) throw error;
  }
}

const nothingLeft = (rows: number): string =>
  `\`where\` and \`exclude\` leave out every row of ${rows}: nothing is selected`;

const MOST_KEPT = 1000;

class RowCounts {
  rows = 0;
  #invalid = 0;
  #skipped = 0;
  readonly #network = { lookups: false, renames: false, groups: false };
  readonly #problems = new Sample();
  readonly #warnings = new Sample();

  /** @param warnings those that are about no row */
  constructor(warnings: readonly Problem[]) {
    this.#warnings.add(warnings);
  }

  /** Whether the caller's filters leave out all that there is. */
  get isNothingLeft(): boolean {
    return this.rows > 0 && this.#skipped === this.rows;
  }

  /** What is odd about the input as a whole. */
  warn(reasons: readonly string[]): void {
    this.#warnings.add(reasons.map((reason) => ({ line: 1, reason })));
  }

  add(rows: readonly Row[]): void {
    this.rows += rows.length;
    for (const row of rows) {
      if ('problems' in row) {
        this.#invalid++;
        this.#problems.add(row.problems);
      } else if ('skipped' in row) this.#skipped++;
      else if ('named' in row) this.#noteChanges(row.named);
      else if ('command' in row) this.#noteChanges(row.command);
      if (row.warnings !== undefined) this.#warnings.add(row.warnings);
    }
  }

  #noteChanges(command: Command | NamedCommand): void {
    const { username, securityGroupIds } = command.details;
    const { lookupUsername, securityGroupNames, fromPresent = [] }: Partial<NamedCommand> = command;
    this.#network.lookups ||= lookupUsername !== undefined || securityGroupNames !== undefined;
    this.#network.renames ||= username !== undefined || fromPresent.includes('username');
    this.#network.groups ||= securityGroupIds !== undefined;
  }

  result(): Pick<Validation, 'rows' | 'invalid' | 'skipped' | 'problems' | 'warnings' | 'network'> {
    return {
      rows: this.rows,
      invalid: this.#invalid,
      skipped: this.#skipped,
      problems: this.#problems.taken(),
      warnings: this.#warnings.taken(),
      network: this.#network,
    };
  }
}

class Sample {
  #total = 0;
  readonly #first: Problem[] = [];
  readonly #tally = new KindTally();

  add(found: readonly Problem[]): void {
    this.#total += found.length;
    this.#first.push(...found.slice(0, MOST_KEPT - this.#first.length));
    for (const problem of found) this.#tally.add(problem);
  }

  taken(): ProblemSample {
    return { total: this.#total, first: this.#first, kinds: this.#tally.kinds };
  }
}
