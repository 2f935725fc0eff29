/** Why a rename cannot be made, each as the end of a sentence about the row's new username. */

const MOST_LISTED = 10;

/** @param lines of all renames of the circle, sorted */
export function circular(lines: readonly number[]): string {
  const [first, more] = [lines.slice(0, MOST_LISTED), lines.length - MOST_LISTED];
  const listed = `${first.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `is part of a circle of renames (lines ${listed}), in which each user waits for the username of another: with \`allowTemporaryNames\` one of them gets a temporary username for a moment`;
}

export const secondRename = (line: number): string =>
  `is a second username for the user of line ${line}: keep one of the two`;
export const wantedAlso = (line: number): string =>
  `is wanted on line ${line} too, and only one user can have it: correct one of the two`;
export const held =
  'is in use by another user, who keeps it: choose another one, or rename that user in the same file';
export const heldByMany =
  'is in use by several other users, whose usernames differ in case only: choose another one, or rename them first';
export const waitsInVain = (line: number): string =>
  `is in use by the user of line ${line}, who cannot be renamed: correct that line first`;
