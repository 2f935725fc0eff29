/** What the keys of flat JSONL rows are read as. Most files have the same few in every line. */

import {
  type MappedColumn,
  type MappingFault,
  mapColumns,
  missingColumn,
  noColumn,
} from '../columns/column-mapping.js';
import { type ColumnName, columnOf, plain } from '../columns/column-names.js';
import type { Asked } from '../options/row-options.js';
import { columnAsked } from '../options/where-option.js';
import { rosterField } from './csv-header.js';

/** The columns of a row's keys, in their order, and why they cannot be told, if so. */
interface KeyColumns {
  readonly columns: readonly (ColumnName | undefined)[];
  readonly fault?: string;
}

const MOST_REMEMBERED = 1000;

export class KeyMap {
  readonly #asked: Asked;
  readonly #isRoster: boolean;
  /** By key, where each is read by its own name. */
  readonly #meanings = new Map<string, ColumnName | undefined>();
  /** By all keys of a row, where a mapping decides. */
  readonly #shapes = new Map<string, KeyColumns>();
  /** What keys were mapped to for the first time, by key: what is shown. */
  readonly #mapped = new Map<string, MappedColumn>();
  /** The key that a field was first read from: another one in a later row may be another thing. */
  readonly #source = new Map<ColumnName, string>();
  /** Every key seen, with its column; a part of them if there are too many. */
  readonly #seen = new Map<string, ColumnName | undefined>();

  constructor(asked: Asked, isRoster: boolean) {
    this.#asked = asked;
    this.#isRoster = isRoster;
  }

  get mapping(): readonly MappedColumn[] | undefined {
    return this.#asked.map && [...this.#mapped.values()];
  }

  columnsOf(keys: readonly string[]): KeyColumns {
    if (this.#asked.map === undefined) return { columns: keys.map((key) => this.#meaningOf(key)) };
    const shape = JSON.stringify(keys);
    const known = this.#shapes.get(shape);
    if (known !== undefined) return known;
    const columns = this.#map(keys);
    if (this.#shapes.size < MOST_REMEMBERED) this.#shapes.set(shape, columns);
    return columns;
  }

  /** Keys that rows have, for `missing`. */
  remember(keys: readonly string[], columns: readonly (ColumnName | undefined)[]): void {
    for (const [index, key] of keys.entries()) {
      if (this.#seen.size < MOST_REMEMBERED && !this.#seen.has(key)) this.#seen.set(key, columns[index]);
    }
  }

  /** What the caller has named and no row has had. */
  missing(): MappingFault | undefined {
    const { map, conditions } = this.#asked;
    const names = [...this.#seen.keys()];
    if (names.length === 0 || names.length === MOST_REMEMBERED) return undefined;
    const columns = [...this.#seen.values()];
    const condition = conditions.find((each) => columnAsked(each, names, columns) === -1);
    if (condition !== undefined) return noColumn('--where', condition.column, names);
    return map && missingColumn(names, map);
  }

  #map(keys: readonly string[]): KeyColumns {
    const mapped = mapColumns(keys, this.#asked.map);
    if ('fault' in mapped) {
      const columns = keys.map(() => undefined);
      this.remember(keys, columns);
      return { columns, fault: `${mapped.fault.message}. ${mapped.fault.hint}` };
    }
    const { mapping } = mapped;
    const columns = mapping.map(({ field }) => field);
    this.remember(keys, columns);
    const rival = mapping.find((entry) => this.#isRival(entry));
    if (rival !== undefined) return { columns, fault: this.#rivalry(rival) };
    for (const entry of mapping) {
      if (entry.field !== undefined && !this.#source.has(entry.field))
        this.#source.set(entry.field, entry.column);
      const before = this.#mapped.get(entry.column);
      if (before === undefined ? this.#mapped.size < MOST_REMEMBERED : before.field === undefined)
        this.#mapped.set(entry.column, entry);
    }
    return { columns };
  }

  #isRival({ column, field, how }: MappedColumn): boolean {
    const source = field && this.#source.get(field);
    if (source === undefined || how === 'map') return false;
    return plain(source) !== plain(column);
  }

  #rivalry({ column, field }: MappedColumn): string {
    const source = field === undefined ? '' : (this.#source.get(field) ?? '');
    const fault = mapColumns([source, column], this.#asked.map);
    if ('fault' in fault) return `${fault.fault.message}. ${fault.fault.hint}`;
    return `another key than in the rows before is ${field}`;
  }

  #meaningOf(key: string): ColumnName | undefined {
    if (this.#meanings.has(key)) return this.#meanings.get(key);
    const column = this.#isRoster ? rosterField(columnOf(key)) : columnOf(key);
    if (this.#meanings.size < MOST_REMEMBERED) this.#meanings.set(key, column);
    return column;
  }
}
