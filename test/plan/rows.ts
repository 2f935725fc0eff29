/** Rows as the reader gives them, and plans of them. */
import type { NamedCommand, ReadyRow, Row } from '../../src/model.js';
import type { NetworkReads } from '../../src/plan/lookup/network-reads.js';
import { type PlanOptions, planRows } from '../../src/plan/make-plan.js';

/** What a row says beside its place: its user by ID or by name, and the changes. */
export interface Said {
  readonly userId?: string;
  readonly lookup?: string;
  readonly username?: string;
  readonly firstName?: string;
  readonly groups?: readonly string[];
}

/** Rows on lines 2, 3, …: the first line is the header. */
export const rowsOf = (said: readonly Said[]): Row[] => said.map((each, index) => rowOf(each, index + 1));

function rowOf({ userId = '', lookup, username, firstName, groups }: Said, row: number): Row {
  const place = { row, line: row + 1, start: row * 100, end: row * 100 + 100 };
  const details = { ...(username !== undefined && { username }), ...(firstName && { firstName }) };
  if (lookup === undefined && groups === undefined) {
    return { ...place, command: { networkId: '12345678', userId, details } };
  }
  const names = { ...(lookup !== undefined && { lookupUsername: lookup }) };
  const named: NamedCommand = { networkId: '12345678', userId, details, ...names };
  return { ...place, named: groups ? { ...named, securityGroupNames: groups } : named };
}

const usual: PlanOptions = {
  includeBots: false,
  includeSuspended: false,
  allowTemporaryNames: false,
  allowDuplicates: false,
  checkRenames: true,
  missing: 'error',
  readsAll: false,
  checkExcludedIds: false,
  hasEnded: () => false,
};

/** In batches of two, so that more than one comes. */
export async function planOf(rows: readonly Row[], reads: NetworkReads, options: Partial<PlanOptions> = {}) {
  const batches = async function* () {
    for (let at = 0; at < rows.length; at += 2) yield rows.slice(at, at + 2);
  };
  const plan = await planRows(batches, reads, { ...usual, ...options });
  return { plan, ready: rows.map((row) => plan.apply(row)), lookups: [...plan.lookups] };
}

/** What became of a row, in a word or two: `user 7`, `skipped`, or `line 2, userId: reason`. */
export function outcomeOf(row: ReadyRow): string {
  if ('skipped' in row) return 'skipped';
  if ('command' in row) return `user ${row.command.userId}`;
  if (!('problems' in row)) return 'unchanged' in row ? 'unchanged' : 'conflict';
  return row.problems.map(({ line, column, reason }) => `line ${line}, ${column}: ${reason}`).join('\n');
}
