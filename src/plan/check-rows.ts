/** What is wrong with rows, once it is known whom they mean: users, groups, and several rows of one user. */
import type { NamedCommand, Problem, Row } from '../model.js';
import { type CompareOptions, compare } from './diff/compare.js';
import { groupsOf, type LookupRequestOptions } from './lookup/lookup-requests.js';
import { type LookupResult, reject } from './lookup/lookup-result.js';
import { noSuchUser } from './lookup/resolve-user.js';
import { ResolvedDuplicates } from './lookup/resolved-duplicates.js';
import type { UserIndex } from './lookup/user-index.js';
import type { PresentValues } from './present-values.js';
import {
  groupsFault,
  type NetworkIndex,
  type ResolvedRows,
  type ResolveRowsOptions,
} from './resolve-rows.js';

export interface CheckOptions extends ResolveRowsOptions {
  /** How rows are compared with the network; undefined if they are sent as they are. */
  readonly comparing?: CompareOptions;
  /** Whether the input may have several rows for one user. Only one of them may change the username. */
  readonly allowDuplicates: boolean;
  /** How rows are completed whose values are made of what their users have. */
  readonly completing?: PresentValues;
}

/** The same rows with their problems, and the problems of all others. */
export interface CheckedRows extends Omit<ResolvedRows, 'groupFaults'> {
  /** By row number: problems of rows without a lookup. */
  readonly otherProblems: ReadonlyMap<number, readonly Problem[]>;
  /** Of those without a lookup, the rows whose user is not in the network. */
  readonly missing: ReadonlySet<number>;
  /** Rows that do not change their user's username, because somebody else has changed the user. */
  readonly keepUsername: ReadonlySet<number>;
}

/**
 * Looks at the results, and before that at all rows again if a row without a lookup can be invalid.
 *
 * @param rows gives the same rows each time; read at most once
 */
export async function checkRows(
  rows: () => AsyncIterable<readonly Row[]>,
  resolved: ResolvedRows,
  network: NetworkIndex,
  options: CheckOptions,
): Promise<CheckedRows> {
  const { results, groupFaults, isExcluded, excluded } = resolved;
  const { comparing, allowDuplicates, readsAll } = options;
  const duplicates = new ResolvedDuplicates(results);
  const mayRepeat = !allowDuplicates && duplicates.size > 0;
  const checksUsers = comparing !== undefined || readsAll;
  const mayBeInvalid = checksUsers || mayRepeat || groupFaults.some((fault) => fault !== undefined);
  const all = mayBeInvalid
    ? await checkAllRows(withResults(rows(), results), isExcluded, duplicates, network, options)
    : { otherProblems: new Map(), missing: new Set<number>(), keepUsername: new Set<number>() };
  for (const result of results) rejectFaults(result, groupFaults, allowDuplicates ? undefined : duplicates);
  return { results, isExcluded, excluded, ...all };
}

async function checkAllRows(
  batches: AsyncIterable<readonly RowWithResult[]>,
  isExcluded: ResolvedRows['isExcluded'],
  duplicates: ResolvedDuplicates,
  network: NetworkIndex,
  options: CheckOptions,
): Promise<Pick<CheckedRows, 'otherProblems' | 'missing' | 'keepUsername'>> {
  const otherProblems = new Map<number, readonly Problem[]>();
  const missing = new Set<number>();
  const keepUsername = new Set<number>();
  const { completing } = options;
  const checkOther = (row: Row, faults: readonly Problem[]) => {
    const command = commandOf(row);
    if (!command || isExcluded(command)) return;
    duplicates.addRow(command.userId, row);
    if (options.hasEnded(row.row)) return;
    const { isMissing, problems } = judge(row, command, faults, duplicates, network, options);
    if (isMissing) missing.add(row.row);
    if (problems.length > 0) otherProblems.set(row.row, problems);
  };
  for await (const batch of batches) {
    for (const { row: given, result } of batch) {
      const row = completing?.complete(given) ?? given;
      const faults = completing?.problemsOf(given) ?? [];
      if (!result) {
        checkOther(row, faults);
        continue;
      }
      rejectValues(result, faults);
      if (keepsUsername(row, result, network.users, options.comparing)) keepUsername.add(row.row);
    }
  }
  return { otherProblems, missing, keepUsername };
}

/** Adds what is wrong with values that are made of what the user has. */
function rejectValues(result: LookupResult, faults: readonly Problem[]): void {
  if (result.request.hasEnded || result.refused) return;
  for (const { column = '', reason } of faults) reject(result, column, reason);
}

interface RowWithResult {
  readonly row: Row;
  /** Undefined if the row had no lookup request. */
  readonly result: LookupResult | undefined;
}

/** Joins rows and results, which both come in the rows' order. */
async function* withResults(
  batches: AsyncIterable<readonly Row[]>,
  results: readonly LookupResult[],
): AsyncGenerator<RowWithResult[]> {
  let next = 0;
  for await (const batch of batches) {
    yield batch.map((row) => {
      const result = results[next]?.request.row === row.row ? results[next] : undefined;
      if (result) next += 1;
      return { row, result };
    });
  }
}

/** A plan's groups were checked when it was made, and what has become of them since is a conflict. */
export const checkedGroups = (
  comparing: CompareOptions | undefined,
): Pick<LookupRequestOptions, 'checkGroupIds'> => ({ checkGroupIds: !comparing?.planned });

function commandOf(row: Row): NamedCommand | undefined {
  if ('command' in row) return row.command;
  return 'named' in row ? row.named : undefined;
}

/** Whether nobody has the row's user ID, as far as users were read. */
const isGone = (
  { userId }: NamedCommand,
  users: UserIndex,
  { comparing, readsAll }: Pick<CheckOptions, 'comparing' | 'readsAll'>,
): boolean => (comparing !== undefined || readsAll) && users.user(userId) === undefined;

interface Judgement {
  readonly isMissing: boolean;
  readonly problems: readonly Problem[];
}

/** What is wrong with a row that had no lookup request. */
function judge(
  row: Row,
  command: NamedCommand,
  faults: readonly Problem[],
  duplicates: ResolvedDuplicates,
  { users, groups }: NetworkIndex,
  options: CheckOptions,
): Judgement {
  const { comparing, allowDuplicates, missing } = options;
  const { userId } = command;
  const isMissing = isGone(command, users, options);
  // What is left out need not be right.
  if (isMissing && missing === 'skip') return { isMissing, problems: [] };
  const found: [string, string | undefined][] = [
    ['userId', isMissing ? noSuchUser : undefined],
    ['userId', allowDuplicates ? undefined : duplicates.fault(userId, row)],
  ];
  const list = groupsOf(command, checkedGroups(comparing));
  const fault = list && groupsFault(list, groups);
  if (fault) found.unshift([fault.column, fault.reason]);
  const told = found.flatMap(([column, reason]) =>
    reason === undefined ? [] : [{ line: row.line, column, reason }],
  );
  return { isMissing, problems: [...told, ...faults] };
}

/** Whether the username stays as it is, because somebody else has changed the user: nobody can wait for it then. */
function keepsUsername(
  row: Row,
  { request }: LookupResult,
  users: UserIndex,
  comparing: CompareOptions | undefined,
): boolean {
  if (!comparing || !('command' in row) || request.newUsername === undefined || request.hasEnded)
    return false;
  const compared = compare(row, users.user(row.command.userId), comparing);
  if ('conflict' in compared) return true;
  return 'conflicts' in compared && (compared.conflicts?.includes('username') ?? false);
}

/** Adds what is wrong with the groups of a row that had a lookup request, and with other rows of its user. */
function rejectFaults(
  result: LookupResult,
  groupFaults: ResolvedRows['groupFaults'],
  duplicates: ResolvedDuplicates | undefined,
): void {
  const { request, userId, excluded, skipped, refused } = result;
  if (request.hasEnded || excluded || skipped) return;
  const fault = groupFaults[request.groupList];
  if (fault !== undefined) reject(result, fault.column, fault.reason);
  const repeated = refused ? undefined : duplicates?.fault(userId, request);
  if (repeated !== undefined)
    reject(result, request.lookupUsername === undefined ? 'userId' : 'lookupUsername', repeated);
}
