/** Which security group a caller means. */
import { UsageError } from '../errors.js';
import type { Group } from '../model.js';
import { GroupIndex } from '../plan/lookup/group-names.js';
import { printable } from '../text/printable.js';

/** Names that an error lists. */
const MOST_LISTED = 20;

/**
 * The group with this name or ID, found as the names in an input are.
 *
 * @throws UsageError if there is none, or if several have the name
 */
export function groupOf(groups: readonly Group[], wanted: string): Group {
  const [group, ...others] = new GroupIndex(groups).match(wanted);
  if (!group) throw unknown(groups);
  if (others.length > 0) throw ambiguous([group, ...others]);
  return group;
}

const ambiguous = (named: readonly Group[]) =>
  new UsageError(
    `${named.length} security groups have that name: ${list(named.map(({ id, name }) => `${name} (${id})`))}`,
    'Give the ID of the one that is meant.',
  );

const unknown = (groups: readonly Group[]) =>
  new UsageError(
    `no security group has that name or ID; the network has ${groups.length}: ${list(groups.map(({ name }) => name))}`,
    'Give one of these names, or an ID as the Wickr console shows it under Security groups.',
  );

function list(names: readonly string[]): string {
  const listed = names
    .toSorted()
    .slice(0, MOST_LISTED)
    .map((name) => `"${printable(name)}"`)
    .join(', ');
  return names.length > MOST_LISTED ? `${listed} and ${names.length - MOST_LISTED} more` : listed;
}
