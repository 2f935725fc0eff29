/** What is wrong with the ID of a network or user, by its shape alone. IDs are never padded or repaired. */

import { characterAt } from '../../text/unseen.js';

const NETWORK_ID = /^[0-9]{8}$/;
const USER_ID = /^[0-9]{1,10}$/;

/** Why the value is not a network ID, as the end of a sentence about it; undefined if it is one. */
export function networkIdFault(value: string): string | undefined {
  if (NETWORK_ID.test(value)) return undefined;
  if (/^[0-9]{7}$/.test(value)) return 'has 7 digits, needs 8: was a leading zero lost in a spreadsheet?';
  return fault(value, 'needs 8');
}

/** Why the value is not a user ID, as the end of a sentence about it; undefined if it is one. */
export function userIdFault(value: string): string | undefined {
  if (USER_ID.test(value)) return undefined;
  return isAddress(value) ? `${aUsername}, ${asLookup}` : fault(value, 'takes 1 to 10');
}

/** An e-mail address, which most usernames are. */
const isAddress = (value: string): boolean => /^[^\s@]+@[^\s@]+$/.test(value);
const aUsername = 'looks like a username: those belong into lookupUsername';
const asLookup = '`map` "userId=lookupUsername" reads the column so';

const alone = 'give the digits alone';
const asText = 'format the column as text before the IDs go in, and export again';

function fault(value: string, digits: string): string {
  if (/^[0-9]+$/.test(value)) return `has ${count(value, 'digit')}, ${digits}`;
  if (value.trim() !== value) return 'has white space around it';
  if (/^[+-]?[0-9]+([.,][0-9]*)?[eE][+-]?[0-9]+$/.test(value)) {
    return `is a number in scientific notation: the spreadsheet has lost digits; ${asText}`;
  }
  if (/^[+-]?[0-9]+[.,][0-9]+$/.test(value)) {
    return `is a number with decimals: a spreadsheet or a script took the ID for a number; ${asText}`;
  }
  if (/^[0-9]{1,3}(?:[.,' \u00a0\u202f’][0-9]{3})+$/.test(value)) {
    return `is a number with thousands separators: a spreadsheet took the ID for a number; ${asText}`;
  }
  const unseen = characterAt(value, /[\p{Default_Ignorable_Code_Point}\p{Cf}]/u);
  if (unseen !== undefined) return `has a character that is not seen, ${unseen}: take it out`;
  if (/^=("?)[0-9]+\1$/.test(value)) return `has the form ="…", a spreadsheet's trick: ${alone}`;
  if (/^['‘’`´][0-9]+$/.test(value))
    return `has an apostrophe before it, a spreadsheet's sign for text: ${alone}`;
  if (/^["“”„‟«»‘’‚'][0-9]+["“”‟«»‘’']$/.test(value))
    return `has quotes around it that are no quotes of CSV: ${alone}`;
  const odd = /\p{L}/u.test(value)
    ? 'a letter'
    : /\s/.test(value)
      ? 'white space'
      : 'a character that is not a digit from 0 to 9';
  return `has ${count(value, 'character')}, with ${odd}; ${digits} digits`;
}

function count(value: string, what: string): string {
  return `${value.length} ${what}${value.length === 1 ? '' : 's'}`;
}
