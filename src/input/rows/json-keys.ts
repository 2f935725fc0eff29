/** Which column each key of a flat JSONL row is read as. Most files have the same few keys in every line. */

import {
  columnsNamed,
  type MappedColumn,
  type MappingFault,
  mapColumns,
  missingColumn,
  noColumn,
} from '../columns/column-mapping.js';
import { type ColumnName, columnOf, normalizeName } from '../columns/column-names.js';
import type { RowOptions } from '../options/row-options.js';
import { conditionColumn } from '../options/where-option.js';
import { ColumnRules, rulesFault, withComposed } from '../rules/column-rules.js';
import { hasRules, namedColumns } from '../rules/rule-set.js';
import { rosterField } from './csv-header.js';

/** The columns of a row's keys, in their order, and what is wrong with them. */
interface KeyColumns {
  readonly columns: readonly (ColumnName | undefined)[];
  readonly fault?: string;
}

const MOST_REMEMBERED = 1000;

export class KeyMap {
  readonly #options: RowOptions;
  readonly #isRoster: boolean;
  /** By key, if each is read by its own name. */
  readonly #byOwnName = new Map<string, ColumnName | undefined>();
  /** By all keys of a row, if there are rules for the mapping. */
  readonly #byMapping = new Map<string, KeyColumns>();
  /** By key, what it was mapped to first: this is shown. */
  readonly #mapped = new Map<string, MappedColumn>();
  /** The key that a field was first read from: another key in a later row may mean something else. */
  readonly #firstKeys = new Map<ColumnName, string>();
  /** By all keys of a row and what they are read as, if there are rules for values. */
  readonly #rulesByKeys = new Map<string, ColumnRules>();
  /** The columns that templates name. */
  readonly #named: readonly string[];
  /** The keys that rows had, up to MOST_REMEMBERED, with their columns. */
  readonly #seen = new Map<string, ColumnName | undefined>();

  constructor(options: RowOptions, isRoster: boolean) {
    this.#options = options;
    this.#isRoster = isRoster;
    this.#named = namedColumns(options.rules);
  }

  get mapping(): readonly MappedColumn[] | undefined {
    return this.#options.map && withComposed(this.#options.rules, [...this.#mapped.values()]);
  }

  columnsOf(keys: readonly string[]): KeyColumns {
    if (this.#options.map === undefined) return { columns: keys.map((key) => this.#columnOf(key)) };
    const id = JSON.stringify(keys);
    const known = this.#byMapping.get(id);
    if (known !== undefined) return known;
    const columns = this.#map(keys);
    if (this.#byMapping.size < MOST_REMEMBERED) this.#byMapping.set(id, columns);
    return columns;
  }

  /** Whether a template names the key. */
  isNamed(key: string): boolean {
    return this.#named.some((name) => columnsNamed([key], name).length > 0);
  }

  /** The rules for rows with these keys; undefined if there are none. */
  rulesFor(keys: readonly string[], columns: readonly (ColumnName | undefined)[]): ColumnRules | undefined {
    const { rules } = this.#options;
    if (!hasRules(rules)) return undefined;
    const id = JSON.stringify([keys, columns]);
    const known = this.#rulesByKeys.get(id);
    if (known) return known;
    this.remember(keys, columns);
    const made = new ColumnRules(rules, keys, columns);
    if (this.#rulesByKeys.size < MOST_REMEMBERED) this.#rulesByKeys.set(id, made);
    return made;
  }

  /** Remembers keys that a row has, for `missing`. */
  remember(keys: readonly string[], columns: readonly (ColumnName | undefined)[]): void {
    for (const [index, key] of keys.entries()) {
      if (this.#seen.size < MOST_REMEMBERED && !this.#seen.has(key)) this.#seen.set(key, columns[index]);
    }
  }

  /** A key that the caller has named and no row has had. */
  missing(): MappingFault | undefined {
    const { map, conditions } = this.#options;
    const names = [...this.#seen.keys()];
    if (names.length === 0 || names.length === MOST_REMEMBERED) return undefined;
    const columns = [...this.#seen.values()];
    const condition = conditions.find((each) => conditionColumn(each, names, columns) === -1);
    if (condition !== undefined) return noColumn('where', condition.column, names);
    return rulesFault(this.#options.rules, names, columns, true) ?? (map && missingColumn(names, map));
  }

  #map(keys: readonly string[]): KeyColumns {
    const mapped = mapColumns(keys, this.#options.map);
    if ('fault' in mapped) {
      const columns = keys.map(() => undefined);
      this.remember(keys, columns);
      return { columns, fault: `${mapped.fault.message}. ${mapped.fault.hint}` };
    }
    const { mapping } = mapped;
    const columns = mapping.map(({ field }) => field);
    this.remember(keys, columns);
    const rival = mapping.find((entry) => this.#isRival(entry));
    if (rival !== undefined) return { columns, fault: this.#rivalFault(rival) };
    for (const entry of mapping) this.#rememberMapped(entry);
    return { columns };
  }

  #rememberMapped(entry: MappedColumn): void {
    if (entry.field !== undefined && !this.#firstKeys.has(entry.field))
      this.#firstKeys.set(entry.field, entry.column);
    const before = this.#mapped.get(entry.column);
    if (before === undefined ? this.#mapped.size < MOST_REMEMBERED : before.field === undefined)
      this.#mapped.set(entry.column, entry);
  }

  /** Whether an earlier row had another key for the same field. */
  #isRival({ column, field, how }: MappedColumn): boolean {
    const first = field && this.#firstKeys.get(field);
    if (first === undefined || how === 'map') return false;
    return normalizeName(first) !== normalizeName(column);
  }

  #rivalFault({ column, field }: MappedColumn): string {
    const first = field === undefined ? '' : (this.#firstKeys.get(field) ?? '');
    const mapped = mapColumns([first, column], this.#options.map);
    if ('fault' in mapped) return `${mapped.fault.message}. ${mapped.fault.hint}`;
    return `another key than in the rows before is ${field}`;
  }

  #columnOf(key: string): ColumnName | undefined {
    if (this.#byOwnName.has(key)) return this.#byOwnName.get(key);
    const column = this.#isRoster ? rosterField(columnOf(key)) : columnOf(key);
    if (this.#byOwnName.size < MOST_REMEMBERED) this.#byOwnName.set(key, column);
    return column;
  }
}
