/** What `map` auto makes of columns that nothing else has decided. What could be meant in two ways is refused. */

import { type ColumnName, columnOf, shownName } from './column-names.js';
import type { MappedColumn, MappingFault } from './mapped-column.js';
import { maybeWhole, synonymOf } from './synonyms.js';

/** @param own what the columns are by their own names, and by what the caller says of them */
export function mapByAuto(
  own: readonly MappedColumn[],
): { readonly mapping: readonly MappedColumn[] } | { readonly fault: MappingFault } {
  const mapped = own.map((entry) => withSynonym(entry, own));
  return settleLogins(mapped, own);
}

function withSynonym(entry: MappedColumn, mapping: readonly MappedColumn[]): MappedColumn {
  if (entry.field !== undefined || entry.how === 'map') return entry;
  const field = synonymOf(entry.column);
  if (field === undefined || mapping.some((other) => other.how === 'map' && other.field === field))
    return entry;
  if (field === 'lookupUsername' && mapping.some(identifiesUser)) return entry;
  return { column: entry.column, field, how: 'auto' };
}

/** Whether the column certainly says which user is meant. A "User ID" that is not spelt as ours may be HR's own number. */
function identifiesUser({ column, field, how }: MappedColumn): boolean {
  if (field === 'lookupUsername') return true;
  return field === 'userId' && (how === 'map' || column.trim() === 'userId');
}

/**
 * A "Username" of HR's says who is meant, one of ours what the user shall be called. It is ours beside our own name for
 * who is meant, and HR's if nothing else says who; else only the caller knows.
 */
function settleLogins(
  mapped: readonly MappedColumn[],
  own: readonly MappedColumn[],
): { readonly mapping: readonly MappedColumn[] } | { readonly fault: MappingFault } {
  const isWho = ({ field }: MappedColumn) => field === 'userId' || field === 'lookupUsername';
  const others = mapped.filter(isWho);
  const isOurs = ({ column }: MappedColumn) => column.trim() === 'username' && own.some(identifiesUser);
  const login = mapped.find((entry) => entry.field === 'username' && entry.how === 'name' && !isOurs(entry));
  if (login === undefined) return { mapping: mapped };
  const [other] = others;
  if (other !== undefined) return { fault: rivalry(login.column, other) };
  const asWho = (entry: MappedColumn): MappedColumn =>
    entry.field === 'username' && entry.how === 'name'
      ? { column: entry.column, field: 'lookupUsername', how: 'auto' }
      : entry;
  return { mapping: mapped.map(asWho) };
}

function rivalry(column: string, other: MappedColumn): MappingFault {
  const name = shownName(column);
  const choices: [ColumnName | 'ignore', string][] = [
    ['lookupUsername', 'the usernames that they have'],
    ['username', 'those that they shall get'],
    ['ignore', 'neither'],
  ];
  const listed = choices.map(([field, what]) => `\`map\` "${name}=${field}" for ${what}`);
  return {
    message: `"${name}" could be the usernames that users have or those that they shall get, as "${shownName(other.column)}" could say who is meant`,
    hint: `Say which: ${listed.slice(0, -1).join(', ')}, or ${listed.at(-1)}.`,
  };
}

/** A "Nombre" without a column of last names, which auto has read, is a whole name as often as a first name. */
export function wholeNameFault(mapping: readonly MappedColumn[]): MappingFault | undefined {
  const has = (wanted: ColumnName) =>
    mapping.some(({ column, field, how }) =>
      how === 'map' && field === undefined
        ? (columnOf(column) ?? synonymOf(column)) === wanted
        : field === wanted,
    );
  const otherHalf = { firstName: 'lastName', lastName: 'firstName' } as const;
  for (const { column, field, how } of mapping) {
    if (how !== 'auto' || (field !== 'firstName' && field !== 'lastName')) continue;
    if (!maybeWhole(column) || has(otherHalf[field])) continue;
    const name = shownName(column);
    const [half, other] = field === 'firstName' ? ['first', 'last'] : ['last', 'first'];
    return {
      message: `"${name}" could be ${half} names or whole names, as there is no column of ${other} names`,
      hint: `Say which: \`map\` "${name}=${field}", or \`map\` "${name}=ignore" to leave it out.`,
    };
  }
  return undefined;
}
