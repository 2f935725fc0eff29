/** The security groups that a plan means, by ID and name: an ID that has another name by now may mean another purpose. */
import type { Group, ReadyRow } from '../../model.js';
import type { Changes } from '../../plan/diff/change-counts.js';
import { GroupIndex } from '../../plan/lookup/group-names.js';
import { composed } from '../../text/username.js';
import type { MeantGroups } from '../service/group-watch.js';
import { networkReads } from '../service/paced-reads.js';
import type { Session } from '../service/session.js';

/** Rows that were compared, with what they come to. */
interface ComparedRows {
  readonly rows: () => AsyncIterable<readonly ReadyRow[]>;
  readonly compared: { readonly changes: Changes } | undefined;
  readonly validation: { readonly networkId: string };
}

type GroupNames = Readonly<Record<string, string>>;

/**
 * The names of the groups that the rows put their users into or take them out of; undefined if there are none. Reads the
 * groups, unless the caller has done so.
 */
export async function groupNamesOf(
  { rows, compared, validation }: ComparedRows,
  session: Session,
  groups?: readonly Group[],
): Promise<GroupNames | undefined> {
  if (!compared || compared.changes.groups === 0) return undefined;
  const meant = new Set<string>();
  for await (const batch of rows()) {
    for (const row of batch) {
      if (!('command' in row)) continue;
      for (const id of row.command.details.securityGroupIds ?? []) meant.add(id);
      for (const id of row.before?.securityGroupIds ?? []) meant.add(id);
    }
  }
  const known = groups ?? (await networkReads(validation.networkId, session.service).groups());
  return Object.fromEntries(known.filter(({ id }) => meant.has(id)).map(({ id, name }) => [id, name]));
}

/**
 * What the rows mean by groups, to be looked at again while they are sent; undefined if they name none.
 *
 * @param ids by the name in the input, the ID of the group that it means
 * @param names by the ID in a plan, the name of a group that users are put into
 * @param readAt ms, monotonic: the groups were read at this time or later
 */
export function meantGroups(
  ids: ReadonlyMap<string, string>,
  names: GroupNames | undefined,
  readAt: number,
  { givesBack }: Pick<GroupUse, 'givesBack'>,
): MeantGroups | undefined {
  const planned = Object.entries(names ?? {});
  if (ids.size === 0 && planned.length === 0) return undefined;
  return {
    readAt,
    areAsMeant(groups) {
      const now = new GroupIndex(groups).idsOf(ids.keys());
      if ([...ids].some(([name, id]) => now.get(name) !== id)) return false;
      const present = new Map(groups.map(({ id, name }) => [id, name]));
      return planned.every(([id, name]) => isAsNamed(present.get(id), name, givesBack));
    },
  };
}

/** @param now undefined if the group is gone */
const isAsNamed = (now: string | undefined, name: string, givesBack: boolean): boolean =>
  now !== undefined && (givesBack || composed(now) === composed(name));

/** What a run makes of groups that it knows by name. */
export interface GroupUse {
  /** Whether a group under another name is still the one that is meant: users get back what they had. */
  readonly givesBack: boolean;
  /** Told of each such group. */
  readonly onRenamed: (groupId: string) => void;
}

/** IDs of the groups that no user may be put into: those that are gone, or have another name by now. */
export async function otherGroupsOf(
  names: GroupNames | undefined,
  networkId: string,
  { service }: Session,
  { givesBack, onRenamed }: GroupUse,
): Promise<ReadonlySet<string> | undefined> {
  const meant = Object.entries(names ?? {});
  if (meant.length === 0) return undefined;
  const groups = await networkReads(networkId, service).groups();
  const present = new Map(groups.map(({ id, name }) => [id, name]));
  const others = new Set<string>();
  for (const [id, name] of meant) {
    const now = present.get(id);
    if (now !== undefined && composed(now) === composed(name)) continue;
    if (now === undefined || !givesBack) others.add(id);
    else onRenamed(id);
  }
  return others;
}
