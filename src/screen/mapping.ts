/** What each column of an input is read as: shown before anything is sent. */
import type { MappedColumn } from '../input/columns/column-mapping.js';
import { printable } from '../text/printable.js';

/** Characters of a name that are shown. */
const MOST_SHOWN = 60;

/** A line for each column that is read, and one for all that are not. */
export function renderMapping(mapping: readonly MappedColumn[]): string {
  const read = mapping.flatMap(({ column, field }) =>
    field === undefined ? [] : [`${quoted(column)} → ${field}\n`],
  );
  const left = mapping.flatMap(({ column, field }) => (field === undefined ? [quoted(column)] : []));
  return read.join('') + (left.length > 0 ? `not used: ${left.join(', ')}\n` : '');
}

function quoted(column: string): string {
  const name = [...printable(column).trim()];
  return `'${name.length > MOST_SHOWN ? `${name.slice(0, MOST_SHOWN - 1).join('')}…` : name.join('')}'`;
}
