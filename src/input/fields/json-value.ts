/** One value of a JSONL row: is it of the type that its key takes? */

import { isBlank } from '../../text/blank.js';
import { type ColumnName, isChange } from '../columns/column-names.js';
import { kindOf } from '../records/json-line.js';
import { type GroupColumn, takeGroups } from './group-list.js';
import type { Draft } from './row-draft.js';
import { type Rules, takeDays, takeText } from './text-value.js';

const KEEP = 'leave the key out to keep the value as it is';
const UNKNOWN_MEANING = `what the service does with an empty value is not known; ${KEEP}`;

/** Takes the value of a key into the draft. `flat`: the groups may also be one text with `;` between them. */
export function takeJson(
  draft: Draft,
  column: ColumnName,
  value: unknown,
  rules: Rules,
  flat: boolean,
): void {
  if (isChange(column)) draft.askForChange();
  const fault = typeFault(column, value, flat);
  if (fault !== undefined) draft.reject(column, fault);
  else if (Array.isArray(value))
    takeGroups(draft, column as GroupColumn, value as string[], rules.singleGroup);
  else if (typeof value === 'number') takeDays(draft, value);
  else if (typeof value === 'boolean') draft.details.codeValidation = value;
  else takeText(draft, column, value as string, rules);
}

function typeFault(column: ColumnName, value: unknown, flat: boolean): string | undefined {
  if (value === null) return `is null: ${KEEP}`;
  switch (column) {
    case 'inviteCodeTtl':
      return typeof value === 'number' ? undefined : `is ${kindOf(value)}, takes a whole number of days`;
    case 'codeValidation':
      return typeof value === 'boolean' ? undefined : `is ${kindOf(value)}, takes true or false`;
    case 'securityGroupIds':
    case 'securityGroupNames':
      return groupsTypeFault(column, value, flat);
    default:
      return textFault(column, value);
  }
}

function groupsTypeFault(column: GroupColumn, value: unknown, flat: boolean): string | undefined {
  if (flat && typeof value === 'string') return textFault(column, value);
  if (!Array.isArray(value)) return `is ${kindOf(value)}, takes a list of texts`;
  if (value.length === 0) return `is an empty list: ${UNKNOWN_MEANING}`;
  const odd = value.findIndex((id) => typeof id !== 'string');
  if (odd !== -1) return `entry ${odd + 1} of the list is ${kindOf(value[odd])}, takes a text`;
  return value.some(isTorn) ? TORN : undefined;
}

function textFault(column: ColumnName, value: unknown): string | undefined {
  if (typeof value !== 'string') {
    const isId = column === 'networkId' || column === 'userId';
    const why = isId && typeof value === 'number' ? ' in quotes, because a leading zero counts' : '';
    return `is ${kindOf(value)}, takes a text${why}`;
  }
  if (isBlank(value)) return `is ${value === '' ? 'an empty text' : 'only white space'}: ${UNKNOWN_MEANING}`;
  return isTorn(value) ? TORN : undefined;
}

const TORN = 'has half a character (a lone surrogate), which cannot be sent as it is';

// Sent as UTF-8 it would become another character than the one given.
function isTorn(text: string): boolean {
  return /\p{Cs}/u.test(text);
}
