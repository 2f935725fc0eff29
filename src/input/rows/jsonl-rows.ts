/** Turns lines of JSON into rows. */

import { InputError } from '../../errors.js';
import { isBlank } from '../../text/blank.js';
import { fieldNames } from '../../user-fields.js';
import type { MappedColumn } from '../columns/column-mapping.js';
import {
  type ColumnName,
  columnNames,
  columnOf,
  isChange,
  likelyRule,
  listUnknown,
  type UnknownName,
} from '../columns/column-names.js';
import { takeJson } from '../fields/json-value.js';
import { PLAN_HEAD_KEY, PLAN_KEYS, takePlanned } from '../fields/plan-line.js';
import { type DuplicateCheck, RowBuilder } from '../fields/row-builder.js';
import { takeText } from '../fields/text-value.js';
import type { InputOptions } from '../options/input-options.js';
import type { RowRules } from '../options/row-options.js';
import { isObject, parseLine, repeatedKey, typeName } from '../records/json-line.js';
import type { RecordBatch } from '../records/record-framer.js';
import type { MadeValues } from '../rules/column-rules.js';
import { KeyMap } from './json-keys.js';
import { isMade, takeMade } from './made-values.js';
import { RowFilter } from './row-filter.js';

type JsonObject = Readonly<Record<string, unknown>>;

/** The key that tells the API's own request from a flat row. */
const DETAILS = 'userDetails';
const REQUEST_KEYS = ['networkId', 'userId', DETAILS];
const FLAT_KEYS = [...columnNames, DETAILS];

/** Reads the lines of a JSONL input. */
export class JsonlRows {
  readonly #options: InputOptions;
  readonly #rules: RowRules;
  readonly #duplicates: DuplicateCheck | undefined;
  readonly #keys: KeyMap;
  #batch: RecordBatch | undefined;

  constructor(options: InputOptions, rules: RowRules, duplicates: DuplicateCheck | undefined) {
    this.#options = options;
    this.#rules = rules;
    this.#duplicates = duplicates;
    this.#keys = new KeyMap(rules.rowOptions, options.roster === true);
  }

  /** Undefined if each key is read by its own name. */
  get mapping(): readonly MappedColumn[] | undefined {
    return this.#keys.mapping;
  }

  /** The error of an input that has ended: an option names a key that no line has had. */
  checkEnd(): InputError | undefined {
    const fault = this.#keys.missing();
    return fault && new InputError(fault.message, fault.hint);
  }

  /** Sets the lines that `parse` gets from now on. */
  load(batch: RecordBatch): void {
    this.#batch = batch;
  }

  /** The row of a line; undefined for a blank line and the head of a plan. */
  parse(index: number): RowBuilder | undefined {
    const batch = this.#batch;
    if (batch === undefined) return undefined;
    const text = batch.bytes.toString('utf8', batch.ends[index - 1] ?? 0, batch.ends[index]);
    if (isBlank(text)) return undefined;
    const row = new RowBuilder(batch.lines[index] as number, this.#rules.strict);
    const parsed = parseLine(text);
    if (this.#options.planned && 'object' in parsed && Object.hasOwn(parsed.object, PLAN_HEAD_KEY))
      return undefined;
    if ('fault' in parsed) row.reject(undefined, `the line ${parsed.fault}`);
    else this.#fill(row, parsed.object, text);
    return row;
  }

  #fill(row: RowBuilder, object: JsonObject, text: string): void {
    const details = Object.hasOwn(object, DETAILS) ? object[DETAILS] : undefined;
    const inner = isObject(details) ? details : {};
    const before = isObject(object.before) ? object.before : {};
    const keys = [object, inner, before].flatMap((each) => Object.keys(each));
    const repeated = repeatedKey(text, keys.length);
    if (repeated !== undefined) {
      const known = columnOf(repeated);
      row.reject(known, known === undefined ? 'the line has a key twice' : 'is in the line twice');
      return;
    }
    const filled =
      details === undefined ? this.#takeFlat(row, object) : this.#takeRequest(row, object, details);
    if (this.#options.planned) takePlanned(row, object);
    if (!filled) return;
    // What is odd about them was told once, when they were read.
    row.isMuted = true;
    for (const { field, text: value } of this.#rules.rowOptions.settings)
      takeText(row, field, value, this.#rules);
    row.isMuted = false;
    if (this.#options.roster) row.noteChange();
    row.check(this.#duplicates);
  }

  /** Takes a flat row. False if the row is skipped, or its keys cannot be told apart. */
  #takeFlat(row: RowBuilder, object: JsonObject): boolean {
    const keys = Object.keys(object);
    const { columns, fault } = this.#keys.columnsOf(keys);
    if (this.#skips(row, keys, columns, (key) => object[key])) return false;
    if (fault !== undefined) {
      row.reject(undefined, fault);
      return false;
    }
    const made = this.#make(row, keys, columns, (key) => object[key]);
    const taken = new Set<ColumnName>();
    const unknown: UnknownName[] = [];
    for (const [index, key] of keys.entries()) {
      const column = columns[index];
      if (column === undefined) {
        if (!this.#keys.isNamed(key)) unknown.push({ position: index + 1, name: key });
      } else if (taken.has(column)) {
        row.reject(column, 'is in the line twice, in two spellings');
      } else {
        taken.add(column);
        if (!isMade(column, made)) this.#takeValue(row, column, object[key], true);
      }
    }
    takeMade(row, made, this.#rules);
    this.#refuseUnknown(row, unknown, FLAT_KEYS, taken.size > 0);
    this.#requireIds(row, taken.has('networkId'), taken.has('userId') || taken.has('lookupUsername'));
    return true;
  }

  /** Takes the API's own request, whose names are exact. False if the row is skipped. */
  #takeRequest(row: RowBuilder, object: JsonObject, details: unknown): boolean {
    const inner = isObject(details) ? details : {};
    const names = [...Object.keys(object), ...Object.keys(inner)];
    const columns = names.map((name) => columnNames.find((column) => column === name));
    const member = (key: string) => (Object.hasOwn(object, key) ? object[key] : inner[key]);
    if (this.#skips(row, names, columns, member)) return false;
    const made = this.#make(row, names, columns, member);
    const unknown: UnknownName[] = [];
    for (const [index, key] of Object.keys(object).entries()) {
      if (key === DETAILS || (this.#options.planned && PLAN_KEYS.includes(key))) continue;
      const column = columnOf(key);
      if (key === 'networkId' || key === 'userId') {
        takeJson(row, key, object[key], this.#rules, false);
      } else if (column !== undefined && isChange(column)) {
        row.reject(column, `is beside ${DETAILS}; it belongs inside`);
      } else {
        unknown.push({ position: index + 1, name: key });
      }
    }
    this.#refuseUnknown(row, unknown, REQUEST_KEYS, true);
    this.#requireIds(row, Object.hasOwn(object, 'networkId'), Object.hasOwn(object, 'userId'));
    if (isObject(details)) {
      this.#takeDetails(row, details, made);
    } else {
      row.reject(undefined, `${DETAILS} is ${typeName(details)}, takes an object`);
      row.noteChange();
    }
    takeMade(row, made, this.#rules);
    return true;
  }

  #takeDetails(row: RowBuilder, details: JsonObject, made: MadeValues | undefined): void {
    const unknown: UnknownName[] = [];
    for (const [index, key] of Object.keys(details).entries()) {
      const field = fieldNames.find((name) => name === key);
      if (field === undefined) unknown.push({ position: index + 1, name: key });
      else if (!isMade(field, made)) this.#takeValue(row, field, details[key], false);
    }
    this.#refuseUnknown(row, unknown, fieldNames, true);
  }

  #takeValue(row: RowBuilder, column: ColumnName, value: unknown, flat: boolean): void {
    if (!this.#rules.rowOptions.replaced.has(column)) takeJson(row, column, value, this.#rules, flat);
  }

  /** What the rules make of the row; undefined without any. */
  #make(
    row: RowBuilder,
    names: readonly string[],
    columns: readonly (ColumnName | undefined)[],
    member: (name: string) => unknown,
  ): MadeValues | undefined {
    const rules = this.#keys.rulesFor(names, columns);
    return rules?.make(row, (index) => cellText(member(names[index] ?? '')), this.#rules.untranslated);
  }

  #skips(
    row: RowBuilder,
    names: readonly string[],
    columns: readonly (ColumnName | undefined)[],
    member: (name: string) => unknown,
  ): boolean {
    const { rowOptions } = this.#rules;
    if (!RowFilter.isNeeded(rowOptions)) return false;
    this.#keys.remember(names, columns);
    const filter = new RowFilter(this.#rules, names, columns);
    return filter.skips(row, (index) => cellText(member(names[index] ?? '')));
  }

  // A line without any known key may be data without names: then none is shown.
  #refuseUnknown(
    row: RowBuilder,
    unknown: readonly UnknownName[],
    known: readonly string[],
    show: boolean,
  ): void {
    const { ignoreUnknownColumns, roster } = this.#options;
    const ignores = ignoreUnknownColumns || roster || this.#rules.rowOptions.map !== undefined;
    if (unknown.length === 0 || ignores) return;
    // The unknown key may have been the change.
    row.noteChange();
    // The names of the API's own request are exact.
    const rule = known !== FLAT_KEYS ? undefined : unknown.flatMap(({ name }) => likelyRule(name) ?? [])[0];
    const way = rule === undefined ? '' : `; if that is what is meant, give \`map\` "${rule}"`;
    if (show) row.reject(undefined, `unknown ${listUnknown('key', unknown, known)}${way}`);
    else row.reject(undefined, `none of the line's keys is known; the keys are: ${columnNames.join(', ')}`);
  }

  #requireIds(row: RowBuilder, network: boolean, user: boolean): void {
    if (!network) this.#rules.network.useDefault(row);
    if (!user) row.reject('userId', 'is missing: every row needs the ID of its user, or a lookupUsername');
  }
}

/** A value as it would be in a CSV cell, for conditions. */
function cellText(value: unknown): string {
  if (Array.isArray(value)) return value.map(cellText).join(';');
  return value === null || value === undefined || typeof value === 'object' ? '' : String(value);
}
