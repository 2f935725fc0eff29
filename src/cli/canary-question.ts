/** What is asked once the first rows have gone through. */
import type { Canary } from '../index.js';
import { count } from '../screen/plain.js';
import { printable } from '../text/printable.js';

/** Who was changed, a line each, and whether that can be taken back. */
export function canaryText({ sent, users, canBeUndone }: Canary): string {
  if (sent === 0) return 'No row could be sent first: they exchange usernames.\n';
  const undo = canBeUndone ? 'They can be undone.' : 'They cannot be undone: what they were is not kept.';
  const lines = users.map(
    ({ userId, username }) => `  ${printable([userId, username].filter(Boolean).join('  '))}\n`,
  );
  const whose =
    sent === 1 ? '1 user was changed, as asked' : `${count(sent)} users were changed, each as asked`;
  return `${whose}:\n${lines.join('')}${undo}\n`;
}

/** @param input the file, as the command line names it */
export function canaryQuestion({ sent, left, networkId }: Canary, input?: string): string {
  const others = sent > 0 ? `the other ${count(left)}` : `all ${count(left)}`;
  return printable(
    `Go on with ${others}${input === undefined ? '' : ` of ${input}`} in network ${networkId}?`,
  );
}
