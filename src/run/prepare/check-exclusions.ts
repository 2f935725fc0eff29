/** A list of users never to be changed, held against the network: a typing error in it would protect nobody. */
import { InputError } from '../../errors.js';
import type { ExclusionFaults, Exclusions } from '../../input/options/exclusions.js';
import type { ReadingStage } from '../options/parsed-options.js';

/** Lines that a message names. */
const MOST_LINES = 10;

/**
 * @throws InputError if a line has the user ID of one user and the username of another; or if nobody has a username or
 *   user ID of the list, unless they may be missing
 */
export function checkExclusions(
  { name: list, named, userIds }: Pick<Exclusions, 'name' | 'named' | 'userIds'>,
  faults: ExclusionFaults,
  { excludeMissing, onExclusions }: Pick<ReadingStage, 'excludeMissing' | 'onExclusions'>,
): void {
  const names = named.filter(({ userId }) => userId === undefined).length;
  const found = names - faults.names.length;
  const missingLines = [...faults.names, ...faults.userIds].sort((a, b) => a - b);
  const foundIds = excludeMissing === 'allow' ? undefined : userIds.size - faults.userIds.length;
  onExclusions?.({ list, names, found, userIds: userIds.size, foundIds, missingLines });
  if (faults.mixed.length > 0) throw mixedUp(list, faults.mixed);
  if (missingLines.length === 0 || excludeMissing === 'allow') return;
  const share = ` (${found} of ${names} ${found === 1 ? 'was' : 'were'} found)`;
  const whose = [
    ...(faults.names.length > 0 ? [`the username${ofLines(faults.names)}${share}`] : []),
    ...(faults.userIds.length > 0 ? [`the user ID${ofLines(faults.userIds)}`] : []),
  ];
  throw new InputError(
    `\`exclude\` ${list}: nobody in the network has ${whose.join(' or ')}; nothing was sent`,
    'Correct these lines, or take them out if the users have gone. With `excludeMissing` allow, the list protects those who are found.',
  );
}

const mixedUp = (list: string, lines: readonly number[]) =>
  new InputError(
    `\`exclude\` ${list}: the username${ofLines(lines)} and the user ID beside it belong to two users; nothing was sent`,
    'Correct one of the two, or leave one of them out.',
  );

/** The end of a noun, and the lines: ` of line 3`, `s of lines 3 and 4`. */
function ofLines(lines: readonly number[]): string {
  if (lines.length === 1) return ` of line ${lines[0]}`;
  const shown = lines.slice(0, MOST_LINES);
  const more = lines.length - shown.length;
  const last = more > 0 ? `${more} more` : String(shown.pop());
  return `s of lines ${shown.join(', ')} and ${last}`;
}
