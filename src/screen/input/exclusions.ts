/** What became of the list of users who are never changed: always said, as a list that protects nobody looks like any other. */
import type { FoundExclusions } from '../../input/options/exclusions.js';
import { count } from '../../text/count.js';
import { printable } from '../../text/printable.js';

/** Lines of the list that are named. */
const MOST_LINES = 10;

export function renderExclusions({
  list,
  names,
  found,
  userIds,
  foundIds,
  missingLines,
}: FoundExclusions): string {
  const parts = [
    ...(names > 0 ? [`${count(found)} of ${count(names)} usernames`] : []),
    ...(userIds > 0 && foundIds !== undefined ? [`${count(foundIds)} of ${count(userIds)} user IDs`] : []),
  ];
  const unasked =
    userIds > 0 && foundIds === undefined
      ? `${count(userIds)} user IDs of ${list}, not looked for: never changed`
      : '';
  const lines = missingLines.slice(0, MOST_LINES).join(', ');
  const more = missingLines.length > MOST_LINES ? ` and ${count(missingLines.length - MOST_LINES)} more` : '';
  return [
    ...(parts.length > 0 ? [`${parts.join(' and ')} of ${list} found: never changed`] : []),
    ...(unasked === '' ? [] : [unasked]),
    ...(missingLines.length > 0 ? [`  nobody has those of line ${lines}${more}`] : []),
  ]
    .map((line) => `${printable(line)}\n`)
    .join('');
}
