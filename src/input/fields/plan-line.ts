/** What a line of a plan says beside the request: what its user was. */
import type { Before, Field } from '../../model.js';
import { type ColumnName, columnNames, isChange } from '../columns/column-names.js';
import { isObject, kindOf } from '../records/json-line.js';
import type { Draft } from './row-draft.js';

/** A line with this key is about the plan and not about a user. */
export const PLAN_MARK = 'wickrBulkPlan';

/** Keys of a line beside those of the request; `row` and `line` are those of the plan's own input. */
export const PLAN_KEYS: readonly string[] = ['before', 'lost', 'row', 'line'];

/** Takes what the users of the line's fields were, and which fields cannot be given back. */
export function takePlanned(draft: Draft, object: Readonly<Record<string, unknown>>): void {
  const { before, lost } = object;
  if (!isObject(before)) draft.reject(undefined, `before is ${kindOf(before ?? null)}, takes an object`);
  else if (!Object.entries(before).every(([field, value]) => isField(field) && isValue(value)))
    draft.reject(undefined, 'before holds something else than values of fields');
  else draft.before = before as Before;
  if (lost === undefined) return;
  if (!Array.isArray(lost) || !lost.every((field) => typeof field === 'string' && isField(field)))
    draft.reject(undefined, 'lost takes a list of fields');
  else takeLost(draft, lost as Field[]);
}

function takeLost(draft: Draft, lost: readonly Field[]): void {
  const message = `cannot be put back: the service does not tell what it was`;
  for (const field of lost) draft.warn(field, message);
  draft.lost = lost;
  if (Object.keys(draft.details).length === 0)
    draft.skipped = lost.map((field) => `${field}: ${message}`).join('; ');
}

const isField = (name: string) => {
  const column = columnNames.find((each): each is ColumnName => each === name);
  return column !== undefined && isChange(column) && column !== 'securityGroupNames';
};

const isValue = (value: unknown) =>
  value === null ||
  ['string', 'number', 'boolean'].includes(typeof value) ||
  (Array.isArray(value) && value.every((item) => typeof item === 'string'));
