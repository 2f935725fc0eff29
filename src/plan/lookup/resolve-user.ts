/** Finds the user that a row means. */

import { gradeOf } from '../../input/fields/value-grade.js';
import { type LookupRequest, type LookupRequestOptions, MISSING } from './lookup-requests.js';
import { LookupResult, reject } from './lookup-result.js';
import type { IndexedUser, UserIndex } from './user-index.js';

export interface ResolveOptions {
  /** Whether a bot, or a suspended user, may be looked up. */
  readonly includeBots: boolean;
  readonly includeSuspended: boolean;
  readonly checkRenames: boolean;
  /** What becomes of a row whose user is not in the network. With `skip`, each user has to be read. */
  readonly missing: 'error' | 'skip';
}

/** @param isExcluded of a user ID */
export function resolveUser(
  request: LookupRequest,
  users: UserIndex,
  isExcluded: (userId: string) => boolean,
  options: ResolveOptions,
): LookupResult {
  const result = new LookupResult(request);
  const fault = request.hasEnded ? undefined : identify(result, users, options);
  if (isExcluded(result.userId)) result.excluded = true;
  else if (fault !== undefined) {
    result.refused = true;
    result.skipped = result.missing && options.missing === 'skip';
    if (!result.skipped)
      reject(result, request.lookupUsername === undefined ? 'userId' : 'lookupUsername', fault);
  }
  return result;
}

/** Fills in the user. Gives what is wrong with the row's user, if anything. */
function identify(result: LookupResult, users: UserIndex, options: ResolveOptions): string | undefined {
  const { userId, lookupUsername, isKnown, newUsername } = result.request;
  if (lookupUsername !== undefined && !isKnown) {
    const found = users.find(lookupUsername);
    result.notFound = found === 'none';
    if (found === 'none') {
      const odd = oddUsername(lookupUsername);
      // A damaged username says nothing about who is there, and one user's row has one name for them.
      result.missing = odd === undefined && (userId === '' || users.user(userId) === undefined);
      return odd ?? unknownUsername;
    }
    if (found === 'several') return ambiguousUsername;
    result.userId = found.userId;
    result.user = found;
    if (userId !== '' && userId !== found.userId) return anotherUser;
    return notAllowed(found, options);
  }
  if (userId === '') return notFoundBefore;
  const renames = newUsername !== undefined && options.checkRenames;
  if (!renames && options.missing === 'error') return undefined;
  const user = userId === MISSING ? undefined : users.user(userId);
  if (renames && user !== 'same') result.user = user;
  result.missing = user === undefined;
  return user ? undefined : noSuchUser;
}

function notAllowed({ bot, suspended }: IndexedUser, options: ResolveOptions): string | undefined {
  if (bot && !options.includeBots) return "is a bot's: take the row out, or allow bots with `includeBots`";
  if (suspended && !options.includeSuspended)
    return "is a suspended user's: take the row out, or allow suspended users with `includeSuspended`";
  return undefined;
}

/** The IDs of the excluded users, those of the excluded usernames included. A username that nobody has excludes nobody. */
export function excludedIds(
  exclusions: LookupRequestOptions['exclusions'],
  users: UserIndex,
): ReadonlySet<string> {
  const userIds = new Set(exclusions?.userIds.keys());
  for (const username of exclusions?.usernames ?? []) {
    for (const { userId } of users.holders(username)) userIds.add(userId);
  }
  return userIds;
}

/** An odd character explains more than a user who may have gone. */
function oddUsername(username: string): string | undefined {
  const odd = gradeOf('lookupUsername', username)?.reason;
  return odd && `is no username in the network: it ${odd}`;
}
const unknownUsername =
  'is no username in the network, whatever its case: correct it, or take the row out if the user has gone';
const ambiguousUsername =
  'fits several users, whose usernames differ in case only: write it exactly as one of them is, or give the userId';
const anotherUser = "is another user's than the userId: correct one of the two, or leave one of them out";
const notFoundBefore =
  'could not be used when the run started, and is not looked up again: put the row into a new run once it is corrected';
/** For a user ID that nobody in the network has. */
export const noSuchUser = 'is no user of the network: correct it, or take the row out if the user has gone';
