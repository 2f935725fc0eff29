/** What a line of a plan has beside the request: what its user was. */
import type { Before, Field, Person } from '../../model.js';
import { isField } from '../../user-fields.js';
import { isObject, typeName } from '../records/json-line.js';
import type { RowBuilder } from './row-builder.js';

/** The key of a plan's first line, which is about the plan and not about a user. */
export const PLAN_HEAD_KEY = 'wickrBulkPlan';

/** Keys of a line beside those of the request. `row` and `line` are those of the input that the plan was made of. */
export const PLAN_KEYS: readonly string[] = ['before', 'person', 'lost', 'setAt', 'via', 'row', 'line'];

/**
 * Takes what the line's fields were before, who is meant, which of the fields cannot be given back, and what is known of
 * the change that has set what they are.
 */
export function takePlanned(row: RowBuilder, object: Readonly<Record<string, unknown>>): void {
  const { before, person, lost } = object;
  if (!isObject(before)) row.reject(undefined, `before is ${typeName(before ?? null)}, takes an object`);
  else if (!Object.entries(before).every(([field, value]) => isField(field) && isValue(value)))
    row.reject(undefined, 'before has something other than values of fields');
  else row.before = before as Before;
  if (isPerson(person)) row.person = person;
  else if (person !== undefined)
    row.reject(undefined, 'person has something other than what a user is called');
  takeOwnChange(row, object);
  if (lost === undefined) return;
  if (!Array.isArray(lost) || !lost.every((field) => typeof field === 'string' && isField(field)))
    row.reject(undefined, 'lost takes a list of fields');
  else takeNotRestorable(row, lost as Field[]);
}

function takeOwnChange(row: RowBuilder, { setAt, via }: Readonly<Record<string, unknown>>): void {
  if (setAt === undefined && via === undefined) return;
  if (!['number', 'undefined'].includes(typeof setAt) || !['string', 'undefined'].includes(typeof via))
    row.reject(undefined, 'setAt takes a number and via a text');
  else row.own = { at: Number(setAt ?? 0), was: row.details, ...(via !== undefined && { via: String(via) }) };
}

function takeNotRestorable(row: RowBuilder, fields: readonly Field[]): void {
  const message = `cannot be put back: the service does not tell what it was`;
  for (const field of fields) row.warn(field, message);
  row.notRestorable = fields;
  if (Object.keys(row.details).length === 0)
    row.skipped = fields.map((field) => `${field}: ${message}`).join('; ');
}

function isPerson(value: unknown): value is Person {
  if (!isObject(value)) return false;
  return Object.entries(value).every(([name, each]) =>
    name === 'suspended'
      ? typeof each === 'boolean'
      : PERSON_TEXTS.includes(name) && typeof each === 'string',
  );
}

const PERSON_TEXTS: readonly string[] = ['username', 'firstName', 'lastName'];

const isValue = (value: unknown) =>
  value === null ||
  ['string', 'number', 'boolean'].includes(typeof value) ||
  (Array.isArray(value) && value.every((item) => typeof item === 'string'));
