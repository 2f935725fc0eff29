/**
 * Rows whose username may by now be another user's. People run a file twice: after a first run of "a to b" and
 * "b to c" there is no a any more, and b is the one who was a; the second row would make him c.
 */

import { folded } from '../../text/username.js';
import { type Finding, reject } from './lookup-result.js';

/**
 * Refuses each row that finds its user by a username that a row without a user wants: he is perhaps that row's. If he
 * is, the row's own user has the username that the row wants, and so on.
 */
export function refuseSuspects(findings: readonly Finding[]): void {
  const lost = findings.filter(({ lost, asking }) => lost && asking.wanted !== undefined);
  if (lost.length === 0) return;
  const byLookup = rowsByLookup(findings);
  for (let next = lost.pop(); next; next = lost.pop()) {
    const name = folded(next.asking.wanted as string);
    const found = byLookup.get(name) ?? [];
    // Without a user ID it leads to all of them: none needs a second look.
    if (next.asking.userId === '') byLookup.delete(name);
    for (const suspect of found) {
      if (!mayBe(suspect, next) || suspect.suspect) continue;
      suspect.suspect = true;
      if (!suspect.refused) {
        suspect.refused = true;
        reject(suspect, 'lookupUsername', reasonFor(next));
      }
      if (suspect.asking.wanted !== undefined) lost.push(suspect);
    }
  }
}

/** A row that says by its user ID who is meant is above suspicion. */
function mayBe(suspect: Finding, lost: Finding): boolean {
  if (suspect.asking.userId !== '' || suspect.person === undefined) return false;
  return lost.asking.userId === '' || lost.asking.userId === suspect.userId;
}

function rowsByLookup(findings: readonly Finding[]): Map<string, Finding[]> {
  const rows = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.asking.lookup === undefined) continue;
    const name = folded(finding.asking.lookup);
    const before = rows.get(name);
    if (before) before.push(finding);
    else rows.set(name, [finding]);
  }
  return rows;
}

const reasonFor = ({ asking }: Finding): string =>
  `is perhaps the user of line ${asking.line}, already renamed: that line wants this username and its own user is not found. Was this file run before? Take out the rows that are done, or name users by userId`;
