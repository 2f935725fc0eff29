/**
 * Rows whose lookupUsername may belong to another user by now. Files are sometimes run twice: after a first run of "a to
 * b" and "b to c" nobody is a any more, and b is the user who was a. The second row would rename that user to c.
 */

import { folded } from '../../text/username.js';
import { type LookupResult, reject } from './lookup-result.js';

/**
 * Refuses each row that finds its user by a username that another row wants whose own user is not found: the user may be
 * that other row's. Then the refused row's own user may have the username that the refused row wants, and so on.
 */
export function refuseStaleLookups(results: readonly LookupResult[]): void {
  const open = results.filter(({ notFound, request }) => notFound && request.newUsername !== undefined);
  if (open.length === 0) return;
  const byLookup = resultsByLookup(results);
  for (let next = open.pop(); next; next = open.pop()) {
    const name = folded(next.request.newUsername as string);
    const found = byLookup.get(name) ?? [];
    // Without a user ID, `next` refuses all of them: none has to be looked at again.
    if (next.request.userId === '') byLookup.delete(name);
    for (const result of found) {
      if (result.stale || !mayBeUserOf(result, next)) continue;
      refuse(result, next);
      if (result.request.newUsername !== undefined) open.push(result);
    }
  }
}

/** Whether the user that `result` has found may be the one that `other` means. A row with a user ID has found the right one. */
function mayBeUserOf(result: LookupResult, other: LookupResult): boolean {
  if (result.request.userId !== '' || result.user === undefined) return false;
  return other.request.userId === '' || other.request.userId === result.userId;
}

function refuse(result: LookupResult, other: LookupResult): void {
  result.stale = true;
  if (result.refused) return;
  result.refused = true;
  reject(result, 'lookupUsername', reasonFor(other));
}

function resultsByLookup(results: readonly LookupResult[]): Map<string, LookupResult[]> {
  const byLookup = new Map<string, LookupResult[]>();
  for (const result of results) {
    if (result.request.lookupUsername === undefined) continue;
    const name = folded(result.request.lookupUsername);
    const others = byLookup.get(name);
    if (others) others.push(result);
    else byLookup.set(name, [result]);
  }
  return byLookup;
}

const reasonFor = ({ request }: LookupResult): string =>
  `is perhaps the user of line ${request.line}, already renamed: that line wants this username and its own user is not found. Was this file run before? Take out the rows that are done, or name users by userId`;
