/** One value of a row: checks that it is what its column takes. Values are taken exactly as given, or not at all. */

import type { ChangeName, ColumnName } from '../columns/column-names.js';
import { splitGroups, takeGroups } from './group-list.js';
import { userIdFault } from './ids.js';
import type { RowBuilder } from './row-builder.js';
import type { RunNetwork } from './run-network.js';

/** What the checks of all values of an input share. */
export interface ValueRules {
  readonly network: RunNetwork;
  /** Several groups in a row are a problem instead of a warning. */
  readonly singleGroup: boolean;
}

/** Takes a value that is not blank, as text, into the row. */
export function takeText(row: RowBuilder, column: ColumnName, text: string, rules: ValueRules): void {
  if (column === 'networkId') rules.network.take(row, text);
  else if (column === 'userId') takeUserId(row, text);
  else if (column === 'lookupUsername') takeLookupUsername(row, text);
  else takeChange(row, column, text, rules.singleGroup);
}

/** Takes the new value of a field, as the text of a CSV cell. */
export function takeChange(row: RowBuilder, column: ChangeName, text: string, singleGroup: boolean): void {
  row.noteChange();
  switch (column) {
    case 'securityGroupIds':
    case 'securityGroupNames':
      takeGroups(row, column, splitGroups(text), singleGroup);
      break;
    case 'inviteCodeTtl':
      takeDays(row, /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN);
      break;
    case 'codeValidation':
      takeTrueOrFalse(row, text.toLowerCase());
      break;
    default:
      row.details[column] = text;
  }
}

function takeUserId(row: RowBuilder, text: string): void {
  const fault = userIdFault(text);
  if (fault === undefined) row.userId = text;
  else row.reject('userId', fault);
}

function takeLookupUsername(row: RowBuilder, text: string): void {
  if (text.trim() === text) row.lookupUsername = text;
  else row.reject('lookupUsername', 'has white space around it');
}

/** The service model says integer, which has 32 bits there. */
const MOST_DAYS = 2 ** 31 - 1;

/** Takes the number of days that an invite code is valid. */
export function takeDays(row: RowBuilder, days: number): void {
  if (Number.isInteger(days) && days >= 0 && days <= MOST_DAYS) row.details.inviteCodeTtl = days;
  else row.reject('inviteCodeTtl', `takes a whole number of days, 0 to ${MOST_DAYS}`);
}

function takeTrueOrFalse(row: RowBuilder, text: string): void {
  if (text === 'true' || text === 'false') row.details.codeValidation = text === 'true';
  else row.reject('codeValidation', 'takes true or false');
}
