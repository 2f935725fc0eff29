/** A user of the network as a row of an input. */
import type { ColumnName } from '../input/columns/column-names.js';
import { gradeOf } from '../input/fields/value-grade.js';
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
    ...(isUsable('firstName', firstName) && { firstName }),
    ...(isUsable('lastName', lastName) && { lastName }),
    ...(isUsable('username', username) && { username }),
    ...(areUsable(securityGroupIds) && { securityGroupIds: [...new Set(securityGroupIds)] }),
  };
  return Object.keys(known).length > 0 ? { networkId, userId, ...known } : undefined;
}

/** Half a character cannot be written, damage is refused, and white space alone means "unchanged". */
const isUsable = (field: ColumnName, text: string | undefined): text is string =>
  text !== undefined && !isBlank(text) && !/\p{Cs}/u.test(text) && gradeOf(field, text)?.grade !== 'error';

/** Semicolons stand between them in an input, and a backslash before one takes it for a part of the name. */
const areUsable = (ids: readonly string[] | undefined): ids is readonly string[] =>
  ids !== undefined &&
  ids.length > 0 &&
  ids.every((id) => isUsable('securityGroupIds', id) && !/[\s;\\]/.test(id));
