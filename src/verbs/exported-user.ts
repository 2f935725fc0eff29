/** A user of the network as a row of an input. */
import type { Member } from '../model.js';
import { isBlank } from '../text/blank.js';

/**
 * A user as a row that `updateUsers` takes and that changes nothing as long as nobody edits it. Values are exactly as
 * they are in the network; what the service does not tell, and what no input can say, is missing.
 */
export interface ExportedUser {
  readonly networkId: string;
  readonly userId: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly username?: string;
  readonly securityGroupIds?: readonly string[];
}

/** Undefined if nothing of the user is known but the ID: a row without any value is no input. */
export function exportedUser(networkId: string, member: Member): ExportedUser | undefined {
  const { userId, firstName, lastName, username, securityGroupIds } = member;
  const known = {
    ...(isUsable(firstName) && { firstName }),
    ...(isUsable(lastName) && { lastName }),
    ...(isUsable(username) && { username }),
    ...(areUsable(securityGroupIds) && { securityGroupIds: [...new Set(securityGroupIds)] }),
  };
  return Object.keys(known).length > 0 ? { networkId, userId, ...known } : undefined;
}

/** Half a character cannot be written, no input may have a NUL in it, and white space alone means "unchanged". */
const isUsable = (text: string | undefined): text is string =>
  text !== undefined && !isBlank(text) && !isUnwritable(text);

const isUnwritable = (text: string) => text.includes('\0') || /\p{Cs}/u.test(text);

/** Semicolons stand between them in an input. */
const areUsable = (ids: readonly string[] | undefined): ids is readonly string[] =>
  ids !== undefined && ids.length > 0 && !ids.some((id) => /[\s;]/.test(id) || isUnwritable(id));
