/** The network's security groups, found by name. */

import type { Group } from '../../model.js';
import { near } from '../../text/nearest-name.js';
import { printable } from '../../text/printable.js';
import { composed, folded } from '../../text/username.js';

/** The IDs of a row's groups, or what is wrong with their names, as the end of a sentence about the column. */
export type GroupsFound = { readonly ids: readonly string[] } | { readonly fault: string };

/** Finds groups by the one rule for all names of groups: exact name in NFC, then without case, then ID. */
export class GroupIndex {
  readonly #byName = new Map<string, Group[]>();
  readonly #byFoldedName = new Map<string, Group[]>();
  readonly #byId = new Map<string, Group>();
  readonly #names: readonly string[];
  /** Whether it is known which groups there are. */
  readonly #isKnown: boolean;

  /** @param told undefined if the caller may not see them */
  constructor(told: readonly Group[] | undefined) {
    const groups = told ?? [];
    this.#isKnown = told !== undefined;
    this.#names = groups.map(({ name }) => name);
    for (const group of groups) {
      append(this.#byName, composed(group.name), group);
      append(this.#byFoldedName, folded(group.name), group);
      this.#byId.set(group.id, group);
    }
  }

  /**
   * The groups that a name means: those with exactly this name in NFC, else those with this name in another case, else
   * the one with this ID. Several if the name is ambiguous, none if it is unknown.
   */
  match(name: string): readonly Group[] {
    const named = this.#byName.get(composed(name)) ?? this.#byFoldedName.get(folded(name));
    if (named) return named;
    const group = this.#byId.get(name);
    return group ? [group] : [];
  }

  /** By name, the ID of the group that it means; without those that mean none or several. */
  idsOf(names: Iterable<string>): ReadonlyMap<string, string> {
    const ids = new Map<string, string>();
    for (const name of names) {
      const [group, ...others] = this.match(name);
      if (group && others.length === 0) ids.set(name, group.id);
    }
    return ids;
  }

  /** The groups of a row. */
  find(names: readonly string[]): GroupsFound {
    const ids: string[] = [];
    for (const [index, name] of names.entries()) {
      const which = names.length === 1 ? 'the group' : `group ${index + 1} of ${names.length}`;
      const found = this.match(name);
      if (found.length > 1) {
        return {
          fault: `${which} fits ${found.length} groups of the network: give securityGroupIds instead`,
        };
      }
      const [group] = found;
      if (!group) {
        const separator = this.#separatorIn(name);
        if (separator !== undefined)
          return { fault: `${which} is a list with "${separator}" between: groups are parted by ;` };
        return { fault: `${which} is unknown to the network${this.#suggestion(name)}` };
      }
      if (ids.includes(group.id)) return { fault: `${which} appears twice` };
      ids.push(group.id);
    }
    return { ids };
  }

  /** What is wrong with a row's IDs of groups, as the end of a sentence about the column. */
  idFault(ids: readonly string[]): string | undefined {
    if (!this.#isKnown) return undefined;
    const at = ids.findIndex((id) => !this.#byId.has(id));
    if (at === -1) return undefined;
    const id = ids[at] as string;
    const which = ids.length === 1 ? 'the group' : `group ${at + 1} of ${ids.length}`;
    const [named] = this.match(id);
    if (named)
      return `${which} is the name of a group, whose ID is ${printable(named.id)}: names belong into securityGroupNames, \`map\` "securityGroupIds=securityGroupNames" reads the column so`;
    const separator = this.#separatorIn(id);
    if (separator !== undefined)
      return `${which} is a list with "${separator}" between: groups are parted by ;`;
    return `${which} is no group of the network${this.#nearestId(id)}`;
  }

  /** What parts the groups of a text that is no group itself, if all its parts are groups. */
  #separatorIn(text: string): string | undefined {
    return [',', '|', '/', '+', '&', ' ', '\t'].find((separator) => {
      const parts = text.split(separator).map((part) => part.trim());
      return parts.length > 1 && parts.every((part) => this.match(part).length > 0);
    });
  }

  #nearestId(id: string): string {
    if (this.#byId.size === 0) return ', which has none';
    const plain = (known: string) => known.toLowerCase();
    const guess = near(plain(id), [...this.#byId.keys()], plain);
    return guess === undefined ? '' : `; did you mean ${printable(guess)}?`;
  }

  #suggestion(name: string): string {
    if (this.#names.length === 0) return ', which has no groups';
    const guess = near(folded(name), this.#names, folded);
    return guess === undefined ? '' : `; did you mean "${printable(guess)}"?`;
  }
}

function append(groups: Map<string, Group[]>, name: string, group: Group): void {
  const others = groups.get(name);
  if (others) others.push(group);
  else groups.set(name, [group]);
}
