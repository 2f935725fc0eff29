/** One value of a row: checks that it is what its column takes. Values are taken exactly as given, or not at all. */

import type { ChangeName, ColumnName } from '../columns/column-names.js';
import { splitGroups, takeGroups } from './group-list.js';
import { userIdFault } from './ids.js';
import type { RowBuilder } from './row-builder.js';
import type { RunNetwork } from './run-network.js';
import { gradeOf } from './value-grade.js';

/** What the checks of all values of an input share. */
export interface ValueRules {
  readonly network: RunNetwork;
  /** Several groups in a row are a problem instead of a warning. */
  readonly singleGroup: boolean;
  /** Warnings are problems. */
  readonly strict: boolean;
  /** Whether values are graded. Those of a plan were: an undo puts back what was there. */
  readonly graded: boolean;
  /** Columns in which words such as `Null` are meant. */
  readonly accepted: ReadonlySet<ColumnName>;
}

/** What it takes to check a new value. */
export type ChangeRules = Omit<ValueRules, 'network' | 'strict'>;

/** Takes a value that is not blank, as text, into the row. */
export function takeText(row: RowBuilder, column: ColumnName, text: string, rules: ValueRules): void {
  if (column === 'networkId') rules.network.take(row, text);
  else if (column === 'userId') takeUserId(row, text);
  else if (column === 'lookupUsername') takeLookupUsername(row, text, rules);
  else takeChange(row, column, text, rules);
}

/** Takes the new value of a field, as the text of a CSV cell. */
export function takeChange(row: RowBuilder, column: ChangeName, text: string, rules: ChangeRules): void {
  row.noteChange();
  switch (column) {
    case 'securityGroupIds':
    case 'securityGroupNames':
      takeGroups(row, column, splitGroups(text), rules);
      break;
    case 'inviteCodeTtl':
      takeDays(row, /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN);
      break;
    case 'codeValidation':
      takeTrueOrFalse(row, text.toLowerCase());
      break;
    default:
      row.details[column] = text;
      grade(row, column, text, rules);
  }
}

/** Says what is odd about the value. */
export function grade(
  row: RowBuilder,
  column: ColumnName,
  text: string,
  { graded, accepted }: ChangeRules,
): void {
  const fault = graded ? gradeOf(column, text, accepted) : undefined;
  if (fault?.grade === 'error') row.reject(column, fault.reason);
  else if (fault) row.warn(column, fault.reason);
}

function takeUserId(row: RowBuilder, text: string): void {
  const fault = userIdFault(text);
  if (fault === undefined) row.userId = text;
  else row.reject('userId', fault);
}

function takeLookupUsername(row: RowBuilder, text: string, rules: ValueRules): void {
  if (text.trim() !== text) {
    row.reject('lookupUsername', 'has white space around it');
    return;
  }
  row.lookupUsername = text;
  grade(row, 'lookupUsername', text, rules);
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
