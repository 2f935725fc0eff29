/** What is asked once the first rows have gone through. */
import type { Canary } from '../index.js';
import { networkText } from '../screen/header.js';
import { renderChange } from '../screen/plan.js';
import { count } from '../text/count.js';
import type { Paint } from '../text/paint.js';
import { printable } from '../text/printable.js';

/** Who was changed, a line each, and whether that can be taken back. */
export function canaryText(
  { sent, users, canBeUndone, networkId, networkName }: Canary,
  paint: Paint,
): string {
  if (sent === 0) return 'No row could be sent first: they exchange usernames.\n';
  const undo = canBeUndone
    ? 'They can be undone.'
    : paint('yellow', 'They cannot be undone: what they were is not kept.');
  const lines = users.map(
    ({ userId, username }) => `  ${printable([userId, username].filter(Boolean).join('  '))}\n`,
  );
  const network = `of network ${networkText(networkId, networkName)}`;
  const whose =
    sent === 1
      ? `1 user ${network} was changed, as asked`
      : `${count(sent)} users ${network} were changed, each as asked`;
  const offer = users.length > 0 ? ' Answer d to see what was changed.' : '';
  return `${whose}:\n${lines.join('')}${undo}${offer}\n`;
}

/** What was changed, user by user. */
export const canaryChanges = ({ users }: Canary, paint: Paint): string =>
  users.map((change) => renderChange(change, { paint, redact: false })).join('');

/** @param input the file, as the command line names it */
export function canaryQuestion({ sent, left, networkId, users }: Canary, input?: string): string {
  const others = sent > 0 ? `the other ${count(left)}` : `all ${count(left)}`;
  const of = input === undefined ? '' : ` of ${input}`;
  const answers = users.length > 0 ? '[y/N/d]' : '[y/N]';
  return printable(`Go on with ${others}${of} in network ${networkId}? ${answers} `);
}
