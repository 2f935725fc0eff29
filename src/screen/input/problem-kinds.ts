/** How many problems there are of each kind, if they are more than are listed. */
import type { ProblemKind } from '../../input/rows/problem-kinds.js';
import { count } from '../../text/count.js';
import { printable } from '../../text/printable.js';

/** Kinds that are shown. */
const MOST_SHOWN = 20;

/**
 * A line for all, one for each kind, and one that says how to see them.
 *
 * @param inWords a reason in the words of who reads it
 */
export function renderKinds(
  what: 'error' | 'warning',
  kinds: readonly ProblemKind[],
  inWords: (reason: string) => string,
): string {
  const total = kinds.reduce((sum, { count: each }) => sum + each, 0);
  const shown = kinds.slice(0, MOST_SHOWN).map(({ count: each, first: { line, column, reason } }) => {
    const place = column === undefined ? '' : `${column}: `;
    return `  ${count(each)} × ${place}${inWords(reason)} (first on line ${line})`;
  });
  const rest = kinds.length > MOST_SHOWN ? [`  and ${count(kinds.length - MOST_SHOWN)} more kinds`] : [];
  return [
    `${count(total)} ${what}s in all, by kind:`,
    ...shown,
    ...rest,
    '  --all-problems lists each of them',
  ]
    .map((line) => `${printable(line)}\n`)
    .join('');
}
