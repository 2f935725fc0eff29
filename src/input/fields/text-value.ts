/** One value of a row: is it what its column takes? Values are taken exactly as given or not at all. */

import type { ChangeName, ColumnName } from '../columns/column-names.js';
import { splitGroups, takeGroups } from './group-list.js';
import { userIdFault } from './ids.js';
import type { Draft } from './row-draft.js';
import type { Network } from './run-network.js';

/** What the checks of one input share. */
export interface Rules {
  readonly network: Network;
  readonly singleGroup: boolean;
}

/** Takes a value that is not blank, as text, into the draft. */
export function takeText(draft: Draft, column: ColumnName, text: string, rules: Rules): void {
  if (column === 'networkId') rules.network.take(draft, text);
  else if (column === 'userId') takeUserId(draft, text);
  else if (column === 'lookupUsername') takeLookupUsername(draft, text);
  else takeChange(draft, column, text, rules.singleGroup);
}

/** Takes a field's new value, as the text of a CSV cell. */
export function takeChange(draft: Draft, column: ChangeName, text: string, singleGroup: boolean): void {
  draft.askForChange();
  switch (column) {
    case 'securityGroupIds':
    case 'securityGroupNames':
      takeGroups(draft, column, splitGroups(text), singleGroup);
      break;
    case 'inviteCodeTtl':
      takeDays(draft, /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN);
      break;
    case 'codeValidation':
      takeTrueOrFalse(draft, text.toLowerCase());
      break;
    default:
      draft.details[column] = text;
  }
}

function takeUserId(draft: Draft, text: string): void {
  const fault = userIdFault(text);
  if (fault === undefined) draft.userId = text;
  else draft.reject('userId', fault);
}

function takeLookupUsername(draft: Draft, text: string): void {
  if (text.trim() === text) draft.lookupUsername = text;
  else draft.reject('lookupUsername', 'has white space around it');
}

/** The service model says integer, which is 32 bits wide there. */
const MOST_DAYS = 2 ** 31 - 1;

/** Takes the days that an invite code is valid. */
export function takeDays(draft: Draft, days: number): void {
  if (Number.isInteger(days) && days >= 0 && days <= MOST_DAYS) draft.details.inviteCodeTtl = days;
  else draft.reject('inviteCodeTtl', `takes a whole number of days, 0 to ${MOST_DAYS}`);
}

function takeTrueOrFalse(draft: Draft, text: string): void {
  if (text === 'true' || text === 'false') draft.details.codeValidation = text === 'true';
  else draft.reject('codeValidation', 'takes true or false');
}
