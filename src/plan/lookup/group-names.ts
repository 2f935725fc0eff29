/** The network's security groups by name. */

import type { Group } from '../../model.js';
import { nearest } from '../../text/nearest-name.js';
import { printable } from '../../text/printable.js';
import { composed, folded } from '../../text/username.js';

/** The IDs of a row's groups, or what is wrong with their names, as the end of a sentence about the column. */
export type GroupsFound = { readonly ids: readonly string[] } | { readonly fault: string };

export class GroupNames {
  readonly #exactly = new Map<string, Group[]>();
  readonly #anyCase = new Map<string, Group[]>();
  readonly #names: readonly string[];

  constructor(groups: readonly Group[]) {
    this.#names = groups.map(({ name }) => name);
    for (const group of groups) {
      append(this.#exactly, composed(group.name), group);
      append(this.#anyCase, folded(group.name), group);
    }
  }

  /** Compares exactly, and without case where that finds nothing. */
  find(names: readonly string[]): GroupsFound {
    const ids: string[] = [];
    for (const [index, name] of names.entries()) {
      const which = names.length === 1 ? 'the group' : `group ${index + 1} of ${names.length}`;
      const found = this.#exactly.get(composed(name)) ?? this.#anyCase.get(folded(name)) ?? [];
      if (found.length > 1) {
        return {
          fault: `${which} fits ${found.length} groups of the network: give securityGroupIds instead`,
        };
      }
      const [group] = found;
      if (!group) return { fault: `${which} is unknown to the network${this.#suggestion(name)}` };
      if (ids.includes(group.id)) return { fault: `${which} stands in it twice` };
      ids.push(group.id);
    }
    return { ids };
  }

  #suggestion(name: string): string {
    if (this.#names.length === 0) return ', which has no groups';
    return `; did you mean "${printable(nearest(folded(name), this.#names, folded))}"?`;
  }
}

function append(groups: Map<string, Group[]>, name: string, group: Group): void {
  const before = groups.get(name);
  if (before) before.push(group);
  else groups.set(name, [group]);
}
