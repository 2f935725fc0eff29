/** The known name that a misspelt one most likely means. */

const LONGEST_COMPARED = 60;
/** One edit makes a word of two letters another one. */
const SHORTEST_GUESSED = 3;

/**
 * The candidate at the smallest edit distance; of two at the same distance, the earlier one.
 *
 * @param plain gives a candidate in the form in which it is compared
 */
export function nearest(
  name: string,
  candidates: readonly string[],
  plain: (name: string) => string,
): string {
  let best = '';
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const edits = distance(name.slice(0, LONGEST_COMPARED), plain(candidate));
    if (edits < fewest) {
      fewest = edits;
      best = candidate;
    }
  }
  return best;
}

/**
 * The nearest candidate, if it is so near that a slip of the fingers explains the difference: one edit, from nine
 * characters on less than a quarter of them. Undefined if none is: a suggestion far from the word misleads.
 *
 * @param plain gives a candidate in the form in which it is compared
 */
export function near(
  name: string,
  candidates: readonly string[],
  plain: (name: string) => string,
): string | undefined {
  const guess = nearest(name, candidates, plain);
  const longer = Math.max(name.length, plain(guess).length);
  if (guess === '' || longer < SHORTEST_GUESSED) return undefined;
  const most = Math.max(1, Math.ceil(longer / 4) - 1);
  return distance(name.slice(0, LONGEST_COMPARED), plain(guess)) <= most ? guess : undefined;
}

/**
 * The edit distance: how many insertions, deletions, replacements and swaps of neighbours turn `a` into `b` (optimal
 * string alignment).
 */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replaced, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? 0;
}
