/** The first pass over an input: nothing is sent before the whole of it has been looked at. */
import { createHash } from 'node:crypto';
import { WickrBulkError } from '../../errors.js';
import type { Problem, Row } from '../../model.js';
import type { MappedColumn } from '../columns/column-mapping.js';
import type { UserWatch } from '../fields/row-draft.js';
import type { InputOptions } from '../options/input-options.js';
import type { Source } from '../source/source.js';
import { changedFile } from '../source/source-errors.js';
import type { Header } from './csv-header.js';
import { SeenUsers } from './duplicate-users.js';
import { readRows } from './read-rows.js';
import { RowReader } from './row-reader.js';

/** Something found many times: how often, and the first of them by line. */
export interface Findings {
  readonly total: number;
  /** At most 1,000. */
  readonly first: readonly Problem[];
}

/** What the first pass found. The input can be sent as it is if `invalid` is 0 and there is no `damage`. */
export interface Validation {
  /** Data rows, good and bad. */
  readonly rows: number;
  readonly invalid: number;
  /** Rows that the caller's own filters leave out. */
  readonly skipped: number;
  /** Whether the limit has left something of the input unread. */
  readonly more: boolean;
  /** By line; `readProblems` gives all of them. A row can have several. */
  readonly problems: Findings;
  readonly warnings: Findings;
  /** Why the rest of the file could not be read; everything else here is about the part before. */
  readonly damage?: WickrBulkError;
  /** Whether rows name users or groups that have to be looked up, and whether rows give users another username. */
  readonly network: { readonly lookups: boolean; readonly renames: boolean };
  /** SHA-256 of all bytes of the file, in hex. */
  readonly sha256: string;
  /** Absent where neither the option nor any row named one. */
  readonly networkId?: string;
  /** Absent for JSONL. */
  readonly header?: Header;
  /** What each column was read as; for JSONL what each key was, where a mapping was asked for. */
  readonly mapping?: readonly MappedColumn[];
  /** To be given to `readRows`. */
  readonly duplicates: UserWatch;
}

/**
 * Looks at every row of the source. Throws UsageError for unusable options, and InputError where not a single row can
 * be read or the file changes meanwhile; what is wrong with single rows, or with the file further down, is returned.
 */
export async function validateSource(source: Source, options: InputOptions): Promise<Validation> {
  const seen = new SeenUsers();
  const reader = new RowReader(source, options, seen);
  let tally = new Tally();
  // Of a file in another encoding, the chunks are not its bytes.
  const hash = source.encoding === 'utf-8' ? createHash('sha256') : undefined;
  for await (const chunk of source.chunks()) {
    options.signal?.throwIfAborted();
    hash?.update(chunk);
    tally.add(reader.push(chunk));
  }
  tally.add(reader.end());
  const { damage, networkId, header, mapping, more } = reader;
  if (tally.rows === 0 && damage !== undefined) throw damage;
  const repeated = seen.repeated();
  const duplicates = repeated.located();
  if (repeated.count > 0) {
    for await (const _ of readableRows(source, options, repeated));
    tally = new Tally();
    for await (const rows of readableRows(source, options, duplicates)) tally.add(rows);
  }
  const sha256 = hash?.digest('hex') ?? (await source.sha256());
  if (!(await source.unchanged())) throw changedFile();
  return {
    ...tally.counts(),
    more,
    sha256,
    duplicates,
    ...(damage === undefined ? {} : { damage }),
    ...(networkId === undefined ? {} : { networkId }),
    ...(header === undefined ? {} : { header }),
    ...(mapping === undefined ? {} : { mapping }),
  };
}

/**
 * Every problem of every row, by line, in batches: another pass over the file, for those whom the first 1,000 do not
 * do. `duplicates` are those of the Validation, whose `damage` is not told again.
 */
export async function* readProblems(
  source: Source,
  options: InputOptions,
  duplicates: UserWatch,
): AsyncGenerator<Problem[], void, undefined> {
  for await (const rows of readableRows(source, options, duplicates)) {
    const problems = rows.flatMap((row) => ('problems' in row ? row.problems : []));
    if (problems.length > 0) yield problems;
  }
}

/** The rows before the damage, if there is any. */
async function* readableRows(source: Source, options: InputOptions, users: UserWatch): AsyncGenerator<Row[]> {
  try {
    yield* readRows(source, options, users);
  } catch (error) {
    if (!(error instanceof WickrBulkError)) throw error;
  }
}

const MOST_KEPT = 1000;

class Tally {
  rows = 0;
  #invalid = 0;
  #skipped = 0;
  readonly #network = { lookups: false, renames: false };
  readonly #problems = { total: 0, first: [] as Problem[] };
  readonly #warnings = { total: 0, first: [] as Problem[] };

  add(rows: readonly Row[]): void {
    this.rows += rows.length;
    for (const row of rows) {
      if ('problems' in row) {
        this.#invalid++;
        keep(this.#problems, row.problems);
      } else if ('named' in row) {
        this.#network.lookups = true;
        this.#network.renames ||= row.named.details.username !== undefined;
      } else if ('command' in row && row.command.details.username !== undefined) {
        this.#network.renames = true;
      } else if ('skipped' in row) this.#skipped++;
      if (row.warnings !== undefined) keep(this.#warnings, row.warnings);
    }
  }

  counts(): Pick<Validation, 'rows' | 'invalid' | 'skipped' | 'problems' | 'warnings' | 'network'> {
    return {
      rows: this.rows,
      invalid: this.#invalid,
      skipped: this.#skipped,
      problems: this.#problems,
      warnings: this.#warnings,
      network: this.#network,
    };
  }
}

function keep(findings: { total: number; first: Problem[] }, found: readonly Problem[]): void {
  findings.total += found.length;
  if (findings.first.length < MOST_KEPT)
    findings.first.push(...found.slice(0, MOST_KEPT - findings.first.length));
}
