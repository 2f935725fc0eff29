/** Lines of JSON into drafts of rows. */

import { InputError } from '../../errors.js';
import { isBlank } from '../../text/blank.js';
import type { MappedColumn } from '../columns/column-mapping.js';
import {
  type ColumnName,
  columnNames,
  columnOf,
  isChange,
  listUnknown,
  type UnknownName,
} from '../columns/column-names.js';
import { takeJson } from '../fields/json-value.js';
import { PLAN_KEYS, PLAN_MARK, takePlanned } from '../fields/plan-line.js';
import { Draft, type UserWatch } from '../fields/row-draft.js';
import { takeText } from '../fields/text-value.js';
import type { InputOptions } from '../options/input-options.js';
import type { RowRules } from '../options/row-options.js';
import { isObject, kindOf, parseLine, repeatedKey } from '../records/json-line.js';
import type { Stretch } from '../records/record-framer.js';
import { KeyMap } from './json-keys.js';
import { Sieve } from './row-filter.js';

type Fields = Readonly<Record<string, unknown>>;

const DETAILS = 'userDetails';
const ENVELOPE = ['networkId', 'userId', DETAILS];
const FLAT = [...columnNames, DETAILS];
const IN_DETAILS = columnNames.filter((name) => isChange(name) && name !== 'securityGroupNames');

/** Reads the lines of a JSONL input. */
export class JsonRecords {
  readonly #options: InputOptions;
  readonly #rules: RowRules;
  readonly #users: UserWatch | undefined;
  readonly #keys: KeyMap;
  #stretch: Stretch | undefined;

  constructor(options: InputOptions, rules: RowRules, users: UserWatch | undefined) {
    this.#options = options;
    this.#rules = rules;
    this.#users = users;
    this.#keys = new KeyMap(rules.asked, options.roster === true);
  }

  /** Undefined where each key is read by its own name. */
  get mapping(): readonly MappedColumn[] | undefined {
    return this.#keys.mapping;
  }

  /** A key that was asked for and that no line has had. */
  missing(): InputError | undefined {
    const fault = this.#keys.missing();
    return fault && new InputError(fault.message, fault.hint);
  }

  /** The lines that `draft` is asked for from now on. */
  open(stretch: Stretch): void {
    this.#stretch = stretch;
  }

  /** Undefined for a blank line. */
  draft(index: number): Draft | undefined {
    const stretch = this.#stretch;
    if (stretch === undefined) return undefined;
    const text = stretch.bytes.toString('utf8', stretch.ends[index - 1] ?? 0, stretch.ends[index]);
    if (isBlank(text)) return undefined;
    const draft = new Draft(stretch.lines[index] as number);
    const parsed = parseLine(text);
    if (this.#options.planned && 'object' in parsed && Object.hasOwn(parsed.object, PLAN_MARK))
      return undefined;
    if ('fault' in parsed) draft.reject(undefined, `the line ${parsed.fault}`);
    else this.#take(draft, parsed.object, text);
    return draft;
  }

  #take(draft: Draft, object: Fields, text: string): void {
    const details = Object.hasOwn(object, DETAILS) ? object[DETAILS] : undefined;
    const inner = isObject(details) ? details : {};
    const before = isObject(object.before) ? object.before : {};
    const keys = [object, inner, before].flatMap((each) => Object.keys(each));
    const repeated = repeatedKey(text, keys.length);
    if (repeated !== undefined) {
      const known = columnOf(repeated);
      draft.reject(known, known === undefined ? 'the line has a key twice' : 'stands in the line twice');
      return;
    }
    const taken =
      details === undefined ? this.#takeFlat(draft, object) : this.#takeRequest(draft, object, details);
    if (this.#options.planned) takePlanned(draft, object);
    if (!taken) return;
    for (const { field, text: value } of this.#rules.asked.settings)
      takeText(draft, field, value, this.#rules);
    if (this.#options.roster) draft.askForChange();
    draft.check(this.#users);
  }

  /** False where the row is left out, or its keys cannot be told apart. */
  #takeFlat(draft: Draft, object: Fields): boolean {
    const keys = Object.keys(object);
    const { columns, fault } = this.#keys.columnsOf(keys);
    if (this.#leavesOut(draft, keys, columns, (key) => object[key])) return false;
    if (fault !== undefined) {
      draft.reject(undefined, fault);
      return false;
    }
    const taken = new Set<ColumnName>();
    const unknown: UnknownName[] = [];
    for (const [index, key] of keys.entries()) {
      const column = columns[index];
      if (column === undefined) {
        unknown.push({ position: index + 1, name: key });
      } else if (taken.has(column)) {
        draft.reject(column, 'stands in the line twice, in two spellings');
      } else {
        taken.add(column);
        this.#takeValue(draft, column, object[key], true);
      }
    }
    this.#refuseUnknown(draft, unknown, FLAT, taken.size > 0);
    this.#requireIds(draft, taken.has('networkId'), taken.has('userId') || taken.has('lookupUsername'));
    return true;
  }

  /** The API's own request, whose names are exact. False where the row is left out. */
  #takeRequest(draft: Draft, object: Fields, details: unknown): boolean {
    const inner = isObject(details) ? details : {};
    const names = [...Object.keys(object), ...Object.keys(inner)];
    const columns = names.map((name) => columnNames.find((column) => column === name));
    const member = (key: string) => (Object.hasOwn(object, key) ? object[key] : inner[key]);
    if (this.#leavesOut(draft, names, columns, member)) return false;
    const unknown: UnknownName[] = [];
    for (const [index, key] of Object.keys(object).entries()) {
      if (key === DETAILS || (this.#options.planned && PLAN_KEYS.includes(key))) continue;
      const column = columnOf(key);
      if (key === 'networkId' || key === 'userId') {
        takeJson(draft, key, object[key], this.#rules, false);
      } else if (column !== undefined && isChange(column)) {
        draft.reject(column, `stands beside ${DETAILS}; it belongs inside`);
      } else {
        unknown.push({ position: index + 1, name: key });
      }
    }
    this.#refuseUnknown(draft, unknown, ENVELOPE, true);
    this.#requireIds(draft, Object.hasOwn(object, 'networkId'), Object.hasOwn(object, 'userId'));
    if (isObject(details)) {
      this.#takeDetails(draft, details);
    } else {
      draft.reject(undefined, `${DETAILS} is ${kindOf(details)}, takes an object`);
      draft.askForChange();
    }
    return true;
  }

  #takeDetails(draft: Draft, details: Fields): void {
    const unknown: UnknownName[] = [];
    for (const [index, key] of Object.keys(details).entries()) {
      const column = IN_DETAILS.find((name) => name === key);
      if (column !== undefined) this.#takeValue(draft, column, details[key], false);
      else unknown.push({ position: index + 1, name: key });
    }
    this.#refuseUnknown(draft, unknown, IN_DETAILS, true);
  }

  #takeValue(draft: Draft, column: ColumnName, value: unknown, flat: boolean): void {
    if (!this.#rules.asked.replaced.has(column)) takeJson(draft, column, value, this.#rules, flat);
  }

  #leavesOut(
    draft: Draft,
    names: readonly string[],
    columns: readonly (ColumnName | undefined)[],
    member: (name: string) => unknown,
  ): boolean {
    const { asked } = this.#rules;
    if (!Sieve.isNeeded(asked)) return false;
    this.#keys.remember(names, columns);
    const sieve = new Sieve(asked, names, columns);
    return sieve.leaveOut(draft, (index) => cellText(member(names[index] ?? '')));
  }

  // A line of which no key is known may be data with no names: then none is shown.
  #refuseUnknown(
    draft: Draft,
    unknown: readonly UnknownName[],
    known: readonly string[],
    show: boolean,
  ): void {
    const { ignoreUnknownColumns, roster } = this.#options;
    const leaves = ignoreUnknownColumns || roster || this.#rules.asked.map !== undefined;
    if (unknown.length === 0 || leaves) return;
    // The unknown key may have been the change.
    draft.askForChange();
    if (show) draft.reject(undefined, `unknown ${listUnknown('key', unknown, known)}`);
    else draft.reject(undefined, `none of the line's keys is known; the keys are: ${columnNames.join(', ')}`);
  }

  #requireIds(draft: Draft, network: boolean, user: boolean): void {
    if (!network) this.#rules.network.takeNone(draft);
    if (!user)
      draft.reject('userId', 'is missing: every row needs the ID of its user, or his lookupUsername');
  }
}

/** A value as a CSV cell would have it, for conditions. */
function cellText(value: unknown): string {
  if (Array.isArray(value)) return value.map(cellText).join(';');
  return value === null || value === undefined || typeof value === 'object' ? '' : String(value);
}
