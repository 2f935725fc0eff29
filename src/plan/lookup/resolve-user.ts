/** Who is meant by a row. */

import type { Asking, NeedsOptions } from './lookup-requests.js';
import { Finding, reject } from './lookup-result.js';
import type { Directory, Person } from './user-index.js';

export interface ResolveOptions {
  /** Whether a bot, or a suspended user, may be looked up. */
  readonly includeBots: boolean;
  readonly includeSuspended: boolean;
  readonly checkRenames: boolean;
}

/** @param isExcluded of a user ID */
export function resolve(
  asking: Asking,
  directory: Directory,
  isExcluded: (userId: string) => boolean,
  options: ResolveOptions,
): Finding {
  const finding = new Finding(asking);
  const fault = asking.ended ? undefined : identify(finding, directory, options);
  if (isExcluded(finding.userId)) finding.excluded = true;
  else if (fault !== undefined) {
    finding.refused = true;
    reject(finding, asking.lookup === undefined ? 'userId' : 'lookupUsername', fault);
  }
  return finding;
}

/** Says what is wrong with the row's user, if anything is. */
function identify(finding: Finding, directory: Directory, options: ResolveOptions): string | undefined {
  const { userId, lookup, known, wanted } = finding.asking;
  if (lookup !== undefined && !known) {
    const found = directory.find(lookup);
    finding.lost = found === 'none';
    if (found === 'none') return notFound;
    if (found === 'several') return foundTwice;
    finding.userId = found.userId;
    finding.person = found;
    if (userId !== '' && userId !== found.userId) return anotherUser;
    return faultOf(found, options);
  }
  if (userId === '') return notFoundBefore;
  if (wanted === undefined || !options.checkRenames) return undefined;
  const person = directory.user(userId);
  if (person !== 'same') finding.person = person;
  return person ? undefined : noSuchUser;
}

function faultOf({ bot, suspended }: Person, options: ResolveOptions): string | undefined {
  if (bot && !options.includeBots) return "is a bot's: take the row out, or allow bots with --include-bots";
  if (suspended && !options.includeSuspended)
    return "is a suspended user's: take the row out, or allow suspended users with --include-suspended";
  return undefined;
}

/** The IDs of the excluded usernames' users; one that nobody has excludes nobody. */
export function excludedIds(
  exclusions: NeedsOptions['exclusions'],
  directory: Directory,
): ReadonlySet<string> {
  const userIds = new Set(exclusions?.userIds);
  for (const username of exclusions?.usernames ?? []) {
    for (const { userId } of directory.holders(username)) userIds.add(userId);
  }
  return userIds;
}

const notFound =
  'is no username in the network, whatever its case: correct it, or take the row out if the user has gone';
const foundTwice =
  'fits several users, whose usernames differ in case only: write it exactly as one of them is, or give the userId';
const anotherUser = "is another user's than the userId: correct one of the two, or leave one of them out";
const notFoundBefore =
  'could not be used when the run began, and is not looked up again: put the row into a new run once it is corrected';
/** For a user ID that nobody in the network has. */
export const noSuchUser = 'is no user of the network: correct it, or take the row out if the user has gone';
