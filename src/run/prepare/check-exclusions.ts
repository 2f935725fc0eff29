/** A list of users never to be changed, held against the network: a name with a typing error would protect nobody. */
import { InputError } from '../../errors.js';
import type { Exclusions } from '../../input/options/exclusions.js';
import type { ReadingStage } from '../options/parsed-options.js';

/** Lines that a message names. */
const MOST_LINES = 10;

/** @param missingLines of names that nobody has @throws InputError if there are any, unless they may be missing */
export function checkExclusions(
  { name: list, namedOnly: { size: names } }: Pick<Exclusions, 'name' | 'namedOnly'>,
  missingLines: readonly number[],
  { excludeMissing, onExclusions }: Pick<ReadingStage, 'excludeMissing' | 'onExclusions'>,
): void {
  const found = names - missingLines.length;
  onExclusions?.({ list, names, found, missingLines });
  if (missingLines.length === 0 || excludeMissing === 'allow') return;
  const whose =
    missingLines.length === 1
      ? `the username of line ${missingLines[0]}`
      : `the usernames of ${linesOf(missingLines)}`;
  throw new InputError(
    `\`exclude\` ${list}: nobody in the network has ${whose} (${found} of ${names} ${found === 1 ? 'was' : 'were'} found); nothing was sent`,
    'Correct these lines, or take them out if the users have gone. With `excludeMissing` allow, the list protects those who are found.',
  );
}

function linesOf(lines: readonly number[]): string {
  const shown = lines.slice(0, MOST_LINES);
  const more = lines.length - shown.length;
  const last = more > 0 ? `${more} more` : String(shown.pop());
  return `lines ${shown.join(', ')} and ${last}`;
}
