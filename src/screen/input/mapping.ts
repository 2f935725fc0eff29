/** What each column of an input is read as: shown before anything is sent. */
import type { MappedColumn } from '../../input/columns/column-mapping.js';
import { printable } from '../../text/printable.js';

/** Characters of a name that are shown. */
const MOST_SHOWN = 60;

/** A line for each column that is read, one for those that templates use, and one for all that are not used. */
export function renderMapping(mapping: readonly MappedColumn[]): string {
  const read = mapping.flatMap(({ column, field }) =>
    field === undefined ? [] : [`${quoted(column)} → ${field}\n`],
  );
  const composed = mapping.flatMap((entry) => (entry.composed ? [quoted(entry.column)] : []));
  const left = mapping.flatMap((entry) =>
    entry.field === undefined && !entry.composed ? [quoted(entry.column)] : [],
  );
  const used = composed.length > 0 ? `used to compose: ${composed.join(', ')}\n` : '';
  return read.join('') + used + (left.length > 0 ? `not used: ${left.join(', ')}\n` : '');
}

function quoted(column: string): string {
  const name = [...printable(column).trim()];
  return `'${name.length > MOST_SHOWN ? `${name.slice(0, MOST_SHOWN - 1).join('')}…` : name.join('')}'`;
}
