/** The security groups of a row. */
import type { ColumnName } from '../columns/column-names.js';
import type { RowBuilder } from './row-builder.js';
import { gradeOf } from './value-grade.js';

/** What it takes to check groups. */
interface GroupRules {
  readonly singleGroup: boolean;
  readonly graded: boolean;
  readonly accepted: ReadonlySet<ColumnName>;
}

export type GroupColumn = 'securityGroupIds' | 'securityGroupNames';

/**
 * Takes the groups of a row. In Wickr a user belongs to one group, but the API takes a list, so several groups are a
 * warning.
 *
 * @param rules with `singleGroup` several groups are a problem instead
 */
export function takeGroups(
  row: RowBuilder,
  column: GroupColumn,
  given: readonly string[],
  { singleGroup, graded, accepted }: GroupRules,
): void {
  const named = column === 'securityGroupNames';
  const groups = named ? given.map((name) => name.trim()) : [...given];
  const fault = groupsFault(groups, named);
  if (fault !== undefined) {
    row.reject(column, fault);
    return;
  }
  if (named) row.securityGroupNames = groups;
  else row.details.securityGroupIds = groups;
  if (graded) gradeEach(row, column, groups, accepted);
  if (groups.length === 1) return;
  if (singleGroup) row.reject(column, `has ${groups.length} groups, only one is allowed (\`singleGroup\`)`);
  else row.warn(column, `has ${groups.length} groups; in Wickr a user is in one group only`);
}

/** Says of each group what is odd about it. */
function gradeEach(
  row: RowBuilder,
  column: GroupColumn,
  groups: readonly string[],
  accepted: ReadonlySet<ColumnName>,
): void {
  for (const [index, group] of groups.entries()) {
    const fault = gradeOf(column, group, accepted);
    if (fault === undefined) continue;
    const reason =
      groups.length === 1 ? fault.reason : `group ${index + 1} of ${groups.length} ${fault.reason}`;
    if (fault.grade === 'error') row.reject(column, reason);
    else row.warn(column, reason);
  }
}

/** The groups of a text with `;` between them; one in a name is written `\;`. */
export function splitGroups(text: string): string[] {
  if (!text.includes('\\')) return text.split(';').map((group) => group.trim());
  // Backslashes count only before the sign, two of them as one; elsewhere they are what they are.
  const groups = [''];
  for (const [part, slashes = '', sign] of text.matchAll(/(\\*)(;)|\\+|[^\\;]+/g)) {
    const kept = sign === undefined ? part : slashes.slice(0, slashes.length / 2);
    groups.push(`${groups.pop()}${kept}${sign !== undefined && slashes.length % 2 === 1 ? ';' : ''}`);
    if (sign !== undefined && slashes.length % 2 === 0) groups.push('');
  }
  return groups.map((group) => group.trim());
}

/** What is wrong with the groups. IDs have no white space; names may. */
function groupsFault(ids: readonly string[], named: boolean): string | undefined {
  if (ids.length === 1 && ids[0] !== '' && (named || !/\s/.test(ids[0] as string))) return undefined;
  const empty = ids.indexOf('');
  if (empty !== -1) return `group ${empty + 1} of ${ids.length} is empty`;
  const spaced = named ? -1 : ids.findIndex((id) => /\s/.test(id));
  if (spaced !== -1) {
    const isList = /[,|]/.test(ids[spaced] as string) ? ': groups are parted by ;' : '';
    return `group ${spaced + 1} of ${ids.length} has white space in it${isList}`;
  }
  const seen = new Set<string>();
  for (const [index, id] of ids.entries()) {
    if (seen.has(id)) return `group ${index + 1} of ${ids.length} appears twice`;
    seen.add(id);
  }
  return undefined;
}
