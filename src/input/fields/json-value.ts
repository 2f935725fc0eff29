/** One value of a JSONL row: checks that it has the type that its key takes. */

import { isBlank } from '../../text/blank.js';
import { type ColumnName, isChange } from '../columns/column-names.js';
import { typeName } from '../records/json-line.js';
import { type GroupColumn, takeGroups } from './group-list.js';
import type { RowBuilder } from './row-builder.js';
import { takeDays, takeText, type ValueRules } from './text-value.js';

const KEEP = 'leave the key out to keep the value as it is';
const UNKNOWN_MEANING = `what the service does with an empty value is not known; ${KEEP}`;

/**
 * Takes the value of a key into the row.
 *
 * @param flat whether the groups may also be one text with `;` between them
 */
export function takeJson(
  row: RowBuilder,
  column: ColumnName,
  value: unknown,
  rules: ValueRules,
  flat: boolean,
): void {
  if (isChange(column)) row.noteChange();
  const fault = typeFault(column, value, flat);
  if (fault !== undefined) row.reject(column, fault);
  else if (Array.isArray(value)) takeGroups(row, column as GroupColumn, value as string[], rules);
  else if (typeof value === 'number') takeDays(row, value);
  else if (typeof value === 'boolean') row.details.codeValidation = value;
  else takeText(row, column, value as string, rules);
}

function typeFault(column: ColumnName, value: unknown, flat: boolean): string | undefined {
  if (value === null) return `is null: ${KEEP}`;
  switch (column) {
    case 'inviteCodeTtl':
      return typeof value === 'number' ? undefined : `is ${typeName(value)}, takes a whole number of days`;
    case 'codeValidation':
      return typeof value === 'boolean' ? undefined : `is ${typeName(value)}, takes true or false`;
    case 'securityGroupIds':
    case 'securityGroupNames':
      return groupsTypeFault(column, value, flat);
    default:
      return textFault(column, value);
  }
}

function groupsTypeFault(column: GroupColumn, value: unknown, flat: boolean): string | undefined {
  if (flat && typeof value === 'string') return textFault(column, value);
  if (!Array.isArray(value)) return `is ${typeName(value)}, takes a list of texts`;
  if (value.length === 0) return `is an empty list: ${UNKNOWN_MEANING}`;
  const odd = value.findIndex((id) => typeof id !== 'string');
  if (odd !== -1) return `entry ${odd + 1} of the list is ${typeName(value[odd])}, takes a text`;
  return value.some(hasLoneSurrogate) ? LONE_SURROGATE : undefined;
}

function textFault(column: ColumnName, value: unknown): string | undefined {
  if (typeof value !== 'string') {
    const isId = column === 'networkId' || column === 'userId';
    const why = isId && typeof value === 'number' ? ' in quotes, because a leading zero counts' : '';
    return `is ${typeName(value)}, takes a text${why}`;
  }
  if (isBlank(value)) return `is ${value === '' ? 'an empty text' : 'only white space'}: ${UNKNOWN_MEANING}`;
  return hasLoneSurrogate(value) ? LONE_SURROGATE : undefined;
}

const LONE_SURROGATE = 'has half a character (a lone surrogate), which cannot be sent as it is';

// As UTF-8 it would be sent as another character than the one given.
function hasLoneSurrogate(text: string): boolean {
  return /\p{Cs}/u.test(text);
}
