/** The security groups of a row. */
import type { Draft } from './draft.js';

/** A user belongs to one group; the API takes a list all the same, so more than one may be meant. */
export function takeGroups(draft: Draft, ids: string[], single: boolean): void {
  const fault = groupsFault(ids);
  if (fault !== undefined) {
    draft.reject('securityGroupIds', fault);
    return;
  }
  draft.details.securityGroupIds = ids;
  if (ids.length === 1) return;
  if (single)
    draft.reject('securityGroupIds', `has ${ids.length} groups, only one is allowed (--single-group)`);
  else draft.warn('securityGroupIds', `has ${ids.length} groups; in Wickr a user is in one group only`);
}

/** The IDs of a text with `;` between them. */
export function splitGroups(text: string): string[] {
  return text.split(';').map((id) => id.trim());
}

function groupsFault(ids: readonly string[]): string | undefined {
  if (ids.length === 1 && ids[0] !== '' && !/\s/.test(ids[0] as string)) return undefined;
  const empty = ids.indexOf('');
  if (empty !== -1) return `group ${empty + 1} of ${ids.length} is empty`;
  const spaced = ids.findIndex((id) => /\s/.test(id));
  if (spaced !== -1) return `group ${spaced + 1} of ${ids.length} has white space in it`;
  const seen = new Set<string>();
  for (const [index, id] of ids.entries()) {
    if (seen.has(id)) return `group ${index + 1} of ${ids.length} stands in it twice`;
    seen.add(id);
  }
  return undefined;
}
