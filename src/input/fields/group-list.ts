/** The security groups of a row. */
import type { Draft } from './row-draft.js';

export type GroupColumn = 'securityGroupIds' | 'securityGroupNames';

/** A user belongs to one group; the API takes a list all the same, so more than one may be meant. */
export function takeGroups(
  draft: Draft,
  column: GroupColumn,
  given: readonly string[],
  single: boolean,
): void {
  const named = column === 'securityGroupNames';
  const groups = named ? given.map((name) => name.trim()) : [...given];
  const fault = groupsFault(groups, named);
  if (fault !== undefined) {
    draft.reject(column, fault);
    return;
  }
  if (named) draft.securityGroupNames = groups;
  else draft.details.securityGroupIds = groups;
  if (groups.length === 1) return;
  if (single) draft.reject(column, `has ${groups.length} groups, only one is allowed (--single-group)`);
  else draft.warn(column, `has ${groups.length} groups; in Wickr a user is in one group only`);
}

/** The groups of a text with `;` between them. */
export function splitGroups(text: string): string[] {
  return text.split(';').map((id) => id.trim());
}

/** IDs hold no white space; names may. */
function groupsFault(ids: readonly string[], named: boolean): string | undefined {
  if (ids.length === 1 && ids[0] !== '' && (named || !/\s/.test(ids[0] as string))) return undefined;
  const empty = ids.indexOf('');
  if (empty !== -1) return `group ${empty + 1} of ${ids.length} is empty`;
  const spaced = named ? -1 : ids.findIndex((id) => /\s/.test(id));
  if (spaced !== -1) return `group ${spaced + 1} of ${ids.length} has white space in it`;
  const seen = new Set<string>();
  for (const [index, id] of ids.entries()) {
    if (seen.has(id)) return `group ${index + 1} of ${ids.length} stands in it twice`;
    seen.add(id);
  }
  return undefined;
}
