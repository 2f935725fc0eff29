/** Which security group a name or an ID means. */
import { UsageError } from '../errors.js';
import type { Group } from '../model.js';
import { printable } from '../text/printable.js';

/** Names that an error lists. */
const MOST_LISTED = 20;

/**
 * The group by its exact name, else by its name without regard to case, else by its ID.
 *
 * @throws UsageError if there is none, or if several have the name
 */
export function groupOf(groups: readonly Group[], wanted: string): Group {
  const exact = groups.filter(({ name }) => name.normalize('NFC') === wanted.normalize('NFC'));
  const named = exact.length > 0 ? exact : groups.filter(({ name }) => folded(name) === folded(wanted));
  if (named.length > 1) throw ambiguous(named);
  const group = named[0] ?? groups.find(({ id }) => id === wanted);
  if (!group) throw unknown(groups);
  return group;
}

const folded = (name: string) => name.normalize('NFC').toLowerCase();

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
