/** The option `translate`, FIELD=FILE: by a table, what a value of the file stands for. */
import { InputError, UsageError } from '../../errors.js';
import { isBlank } from '../../text/blank.js';
import { printable } from '../../text/printable.js';
import { type ChangeName, changeNames } from '../columns/column-names.js';
import { fieldOf, refuseTwice, splitRule } from './rule-field.js';
import type { TranslationTable } from './translation-table.js';

/** A table, ready for use. */
export interface Translation {
  readonly field: ChangeName;
  readonly name: string;
  readonly size: number;
  /** What the value stands for; undefined if the table does not say. */
  of(value: string): string | undefined;
  readonly hasDefault: boolean;
  readonly table: TranslationTable;
}

const option = { name: 'translate', form: 'FIELD=FILE', example: 'securityGroupNames=groups.csv' };

/** Where a table is. */
export interface TranslationPlace {
  readonly field: ChangeName;
  readonly file: string;
}

/** Parses a value of `translate` that names a file. @throws UsageError */
export function parseTranslate(entry: string): TranslationPlace {
  const { field, rest } = splitRule(entry, option, changeNames);
  if (rest.trim() !== '') return { field, file: rest };
  throw new UsageError(
    `\`translate\` ${field} names no file`,
    `Give \`translate\` ${option.example}, for example.`,
  );
}

/** Checks the values of `translate` that are known before a file is opened. @throws UsageError */
export function checkTranslate(entries: readonly (string | TranslationTable)[] = []): void {
  const fields = entries.map((entry) =>
    typeof entry === 'string' ? parseTranslate(entry).field : translationOf(entry).field,
  );
  refuseTwice('translate', fields);
}

const DEFAULT = '*';

/** What is wrong with an entry of a table. */
export interface EntryFault {
  /** Index of the entry. */
  readonly index: number;
  /** 1 for the value, 2 for what it stands for. */
  readonly column: 1 | 2;
  readonly reason: string;
  /** Index of the entry that it does not go with. */
  readonly other?: number;
}

/** The first thing that is wrong with the entries of a table. */
export function entryFault(entries: TranslationTable['entries']): EntryFault | undefined {
  const seen = new Map<string, number>();
  for (const [index, [value, translation]] of entries.entries()) {
    if (isBlank(value)) return { index, column: 1, reason: 'the value is blank' };
    if (isBlank(translation)) return { index, column: 2, reason: 'the value has no translation' };
    const other = seen.get(comparable(value));
    if (other !== undefined)
      return { index, column: 1, other, reason: sameValue(entries[other]?.[0] === value) };
    seen.set(comparable(value), index);
  }
  return undefined;
}

const sameValue = (isExact: boolean) =>
  isExact
    ? 'the same value comes twice'
    : 'the same value comes twice, in other case or with other white space';

/** Makes a table ready for use. @throws UsageError for a field that it cannot give, InputError for what is wrong in it */
export function translationOf(table: TranslationTable): Translation {
  const field = fieldOf(table.field, 'translate', changeNames);
  const name = printable(table.name ?? 'the table');
  const fault = entryFault(table.entries);
  if (fault)
    throw new InputError(
      `\`translate\` ${name}: entry ${fault.index + 1}: ${fault.reason}`,
      'Each value stands in it once, with what it stands for.',
    );
  if (table.entries.length === 0)
    throw new InputError(
      `\`translate\` ${name}: there is nothing in it`,
      'Give each value and its translation.',
    );
  const byValue = new Map(table.entries.map(([value, translation]) => [comparable(value), translation]));
  const standard = byValue.get(DEFAULT);
  return {
    ...{ field, name, table, size: table.entries.length, hasDefault: standard !== undefined },
    of: (value) => byValue.get(comparable(value)) ?? standard,
  };
}

/** Values are the same without regard to case and white space: a table with two that differ in that alone is refused. */
const comparable = (value: string): string =>
  value.normalize('NFC').toLowerCase().trim().replaceAll(/\s+/gu, ' ');
