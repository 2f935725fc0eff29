/** The rules for rows with the same columns: what they make of a row's values. Pure but for the tally. */
import { isBlank } from '../../text/blank.js';
import { columnAt, columnsNamed, noColumn } from '../columns/column-mapping.js';
import { type ChangeName, type ColumnName, shownName } from '../columns/column-names.js';
import type { MappedColumn, MappingFault } from '../columns/mapped-column.js';
import { type PresentField, presentFields, replaced } from './replace-option.js';
import { namedColumns, type RuleSet } from './rule-set.js';
import { fill } from './template.js';
import type { Untranslated } from './untranslated.js';

/** What rules have made of a row. */
export interface MadeValues {
  /** By field, the value in place of the row's own; undefined if there is none because of a fault. */
  readonly values: ReadonlyMap<ChangeName, string | undefined>;
  /** Fields whose new values are made of what the user has. */
  readonly fromPresent: readonly PresentField[];
}

/** The row that values are made for. */
interface Target {
  readonly line: number;
  reject(column: ColumnName, reason: string): void;
}

export class ColumnRules {
  readonly #rules: RuleSet;
  readonly #columns: readonly (ColumnName | undefined)[];
  /** Index of each column that a template names. */
  readonly #namedAt: ReadonlyMap<string, number>;

  /**
   * @param names as the file has them
   * @param columns what they are read as
   */
  constructor(rules: RuleSet, names: readonly string[], columns: readonly (ColumnName | undefined)[]) {
    this.#rules = rules;
    this.#columns = columns;
    this.#namedAt = new Map(namedColumns(rules).map((name) => [name, columnAt(name, names, columns)]));
  }

  /** Whether a template names the column at this index. */
  isNamed(index: number): boolean {
    return [...this.#namedAt.values()].includes(index);
  }

  /** @param own the text of a column by its index; blank if the row has none */
  make(row: Target, own: (index: number) => string, untranslated: Untranslated): MadeValues {
    const values = new Map<ChangeName, string | undefined>();
    this.#translate(row, own, values, untranslated);
    this.#compose(row, own, values);
    const fromPresent = this.#replace(row, own, values);
    for (const [field, value] of values) {
      if (value === undefined || !/\p{Cs}/u.test(value)) continue;
      row.reject(field, 'has half a character (a lone surrogate), which cannot be sent as it is');
      values.set(field, undefined);
    }
    return { values, fromPresent };
  }

  #translate(row: Target, own: (index: number) => string, values: Values, untranslated: Untranslated): void {
    for (const { field, name, of } of this.#rules.translations) {
      const text = own(this.#columns.indexOf(field));
      if (isBlank(text)) continue;
      const translated = of(text);
      values.set(field, translated);
      if (translated !== undefined) continue;
      row.reject(field, `has a value that ${name} does not translate`);
      untranslated.add(field, text, row.line);
    }
  }

  /** Templates see what tables have made, and not what other templates make. */
  #compose(row: Target, own: (index: number) => string, values: Values): void {
    const made = this.#rules.compositions.map(({ field, template }) => {
      let isUntranslated = false;
      const filled = fill(template, (name) => {
        const index = this.#namedAt.get(name) ?? -1;
        const field = this.#columns[index] as ChangeName | undefined;
        if (field === undefined || !values.has(field)) return own(index);
        isUntranslated ||= values.get(field) === undefined;
        return values.get(field) ?? '';
      });
      // The row is refused for that already.
      if ('fault' in filled && !isUntranslated) row.reject(field, filled.fault);
      return [field, 'text' in filled ? filled.text : undefined] as const;
    });
    for (const [field, text] of made) values.set(field, text);
  }

  #replace(row: Target, own: (index: number) => string, values: Values): PresentField[] {
    const { replacements } = this.#rules;
    const fields = presentFields.filter((each) => replacements.some(({ field }) => field === each));
    return fields.filter((field) => {
      const value = values.has(field) ? values.get(field) : own(this.#columns.indexOf(field));
      if (value === undefined) return false;
      if (isBlank(value)) return true;
      const made = replaced(replacements, field, value);
      if (made === undefined) return false;
      const isNothing = isBlank(made);
      if (isNothing) row.reject(field, NOTHING_LEFT);
      values.set(field, isNothing ? undefined : made);
      return false;
    });
  }
}

type Values = Map<ChangeName, string | undefined>;

/** Of a rule that leaves nothing of a value: the end of a sentence about the field. */
export const NOTHING_LEFT = '`replace` leaves nothing of the value';

/** The columns with a note on those that templates use. */
export function withComposed(rules: RuleSet, mapping: readonly MappedColumn[]): readonly MappedColumn[] {
  const names = namedColumns(rules);
  if (names.length === 0) return mapping;
  const columns = mapping.map(({ column }) => column);
  const fields = mapping.map(({ field }) => field);
  const used = new Set(names.map((name) => columnAt(name, columns, fields)));
  return mapping.map((entry, index) => (used.has(index) ? { ...entry, composed: true } : entry));
}

/**
 * Why the rules do not go with a file's columns, if they do not.
 *
 * @param areKeys the names are the keys of all rows, which may have the same one in several spellings
 */
export function rulesFault(
  rules: RuleSet,
  names: readonly string[],
  columns: readonly (ColumnName | undefined)[],
  areKeys = false,
): MappingFault | undefined {
  for (const name of namedColumns(rules)) {
    if (columnAt(name, names, columns) === -1) return noColumn('compose', name, names);
    if (!areKeys && columnsNamed(names, name).length > 1)
      return {
        message: `\`compose\` names "${shownName(name)}", and more than one column has that name`,
        hint: 'Rename or delete one of them.',
      };
  }
  const unread = rules.translations.find(({ field }) => !columns.includes(field));
  return (
    unread && {
      message: `\`translate\` gives ${unread.field}, and no column is read as that`,
      hint: `Say which column has the values: \`map\` "COLUMN=${unread.field}".`,
    }
  );
}
