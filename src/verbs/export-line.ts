/** A user as a line of the input that `update` takes. */
import { stringify } from 'csv-stringify/sync';
import type { Format } from '../input/source/format.js';
import type { Member } from '../model.js';
import { isBlank } from '../text/blank.js';
import { type ReadableField, readableFields } from '../user-fields.js';

const columns = ['networkId', 'userId', ...readableFields];

/** What stands before the first line: CSV's header. */
export const memberHeading = (format: Format) => (format === 'csv' ? `${columns.join(',')}\n` : '');

/** What an update could put back of a user; what the service does not say, or no input can say, is undefined. */
export type Known = Pick<Member, ReadableField>;

/** Undefined where nothing of the user is known but the ID: a row without any value is no input. */
export function knownOf({ firstName, lastName, username, securityGroupIds }: Member): Known | undefined {
  const known = {
    firstName: usable(firstName),
    lastName: usable(lastName),
    username: usable(username),
    securityGroupIds: usableGroups(securityGroupIds),
  };
  return Object.values(known).some((value) => value !== undefined) ? known : undefined;
}

/** The line with its end. Values stand in it exactly as they are. */
export function memberLine(networkId: string, userId: string, known: Known, format: Format): string {
  if (format === 'jsonl') return `${JSON.stringify({ networkId, userId, ...known })}\n`;
  const { firstName, lastName, username, securityGroupIds } = known;
  const cells = [networkId, userId, firstName, lastName, username, securityGroupIds?.join(';')];
  return stringify([cells]);
}

/** Half a character cannot be written, no input may have a NUL in it, and white space alone means "unchanged". */
const usable = (text: string | undefined) =>
  text === undefined || isBlank(text) || isUnwritable(text) ? undefined : text;

const isUnwritable = (text: string) => text.includes('\0') || /\p{Cs}/u.test(text);

/** Semicolons stand between them in an input. */
function usableGroups(ids: readonly string[] | undefined): readonly string[] | undefined {
  if (ids === undefined || ids.length === 0 || ids.some((id) => /[\s;]/.test(id) || isUnwritable(id)))
    return undefined;
  return [...new Set(ids)];
}
