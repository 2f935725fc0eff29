/** The input in the network's own terms: names looked up, renames put in order, all before anything is sent. */
import { InvalidInputError } from '../errors.js';
import type { ReadyRow, Row } from '../model.js';
import type { Looked } from '../plan/fates.js';
import type { Plan } from '../plan/plan.js';
import { planRows } from '../plan/planning.js';
import type { ParsedOptions, ReadingOptions } from './options.js';
import type { Prepared } from './prepare.js';
import { networkReads } from './reads.js';
import type { Session } from './session.js';

/** What is known of a run that goes on. */
export interface Earlier {
  /** The user that the row's username was found to be. */
  userOf(row: number): string | undefined;
  hasEnded(row: number): boolean;
}

/** An input of which every row is ready. */
export interface PlannedInput extends Omit<Prepared, 'rows'> {
  rows(): AsyncIterable<readonly ReadyRow[]>;
  /** Whom the rows were found to mean; undefined where nobody was looked up. */
  readonly looked: Iterable<Looked> | undefined;
}

/**
 * Reads what the rows have to know of the network, if there is anything.
 *
 * @param earlier of a run that goes on: its rows that cannot be sent any more are reported, and the others sent
 * @throws InvalidInputError where rows cannot be sent, unless those are to be skipped, after `onProblem` was told of
 *   each; WickrBulkError where the network cannot be read
 */
export async function planInput(
  prepared: Prepared,
  parsed: Pick<ParsedOptions, 'planning' | 'reading' | 'skipInvalid'>,
  session: Session,
  earlier?: Earlier,
): Promise<PlannedInput> {
  const { validation } = prepared;
  const { planning, reading, skipInvalid } = parsed;
  const { lookups, renames } = validation.network;
  const { exclusions } = prepared.reading;
  const checkRenames = !planning.skipRenameCheck;
  if (!lookups && !(renames && checkRenames) && exclusions?.complete !== false)
    return { ...prepared, rows: offline(prepared), looked: undefined };
  const plan = await planRows(prepared.rows, networkReads(validation.networkId, session.service), {
    ...planning,
    checkRenames,
    allowDuplicates: reading.allowDuplicates ?? false,
    ...(exclusions && { exclusions }),
    known: (row) => earlier?.userOf(row),
    hasEnded: (row) => earlier?.hasEnded(row) ?? false,
  });
  const rows = () => applied(prepared.rows(), plan);
  const invalid = validation.invalid + plan.problems;
  if (plan.problems > 0 && !skipInvalid && !earlier) {
    await tellProblems(rows(), prepared.source.name, reading);
    throw new InvalidInputError(validation.rows, invalid);
  }
  return { ...prepared, validation: { ...validation, invalid }, rows, looked: plan.looked };
}

/** Rows of which the validation has shown that none names anything. */
const offline = (prepared: Prepared) => prepared.rows as () => AsyncIterable<readonly ReadyRow[]>;

async function* applied(
  rows: AsyncIterable<readonly Row[]>,
  plan: Plan,
): AsyncGenerator<readonly ReadyRow[]> {
  for await (const batch of rows) yield batch.map((row) => plan.apply(row));
}

async function tellProblems(
  rows: AsyncIterable<readonly ReadyRow[]>,
  inputName: string,
  { onProblem }: ReadingOptions,
): Promise<void> {
  if (!onProblem) return;
  for await (const batch of rows) {
    for (const row of batch) {
      if ('problems' in row) for (const problem of row.problems) onProblem(problem, inputName);
    }
  }
}
