/** Which user each row means, once the network has been read. */
import type { NamedCommand } from '../model.js';
import type { GroupIndex } from './lookup/group-names.js';
import {
  type GroupList,
  isExcluded,
  type LookupRequestOptions,
  type LookupRequests,
} from './lookup/lookup-requests.js';
import type { LookupResult } from './lookup/lookup-result.js';
import { excludedIds, type ResolveOptions, resolveUser } from './lookup/resolve-user.js';
import { refuseStaleLookups } from './lookup/stale-lookups.js';
import type { UserIndex } from './lookup/user-index.js';

export interface ResolveRowsOptions
  extends Omit<LookupRequestOptions, 'compares' | 'checkGroupIds'>,
    ResolveOptions {}

/** Users and groups as they were read. */
export interface NetworkIndex {
  readonly users: UserIndex;
  readonly groups: GroupIndex;
}

/** What is wrong with the groups of a row: the end of a sentence about the column. */
export interface GroupFault {
  readonly column: string;
  readonly reason: string;
}

/** The rows that had a lookup request, and whom they mean. */
export interface ResolvedRows {
  /** In the rows' order. */
  readonly results: readonly LookupResult[];
  /** By index of `groupLists`: what is wrong with the groups. */
  readonly groupFaults: readonly (GroupFault | undefined)[];
  readonly isExcluded: (command: NamedCommand) => boolean;
  /** The IDs of all users who are left out. */
  readonly excluded: ReadonlySet<string>;
}

/** Finds the user of each row that had a lookup request. */
export function resolveRows(
  { rows, groupLists }: LookupRequests,
  { users, groups }: NetworkIndex,
  options: ResolveRowsOptions,
): ResolvedRows {
  const excluded = excludedIds(options.exclusions, users);
  const isOut = (userId: string) => excluded.has(userId);
  const results = rows.map((request) => resolveUser(request, users, isOut, options));
  refuseStaleLookups(results);
  return {
    results,
    groupFaults: groupLists.map((list) => groupsFault(list, groups)),
    excluded,
    isExcluded: exclusionOf(excluded, options.exclusions),
  };
}

/** A function of its own, so that a plan that keeps it does not keep everything that was read. */
const exclusionOf =
  (userIds: ReadonlySet<string>, exclusions: ResolveRowsOptions['exclusions']) =>
  (command: NamedCommand): boolean =>
    userIds.has(command.userId) || isExcluded(command, exclusions);

/** What is wrong with a row's groups. */
export function groupsFault({ column, groups }: GroupList, index: GroupIndex): GroupFault | undefined {
  if (column === 'securityGroupIds') {
    const reason = index.idFault(groups);
    return reason === undefined ? undefined : { column, reason };
  }
  const found = index.find(groups);
  return 'fault' in found ? { column, reason: found.fault } : undefined;
}
