/** The option `where`, FIELD=VALUE or FIELD=/regex/flags: which rows are meant. */
import { UsageError } from '../../errors.js';
import { columnsNamed } from '../columns/column-mapping.js';
import { type ColumnName, columnOf, shownName } from '../columns/column-names.js';
import { linearRegex, type Matches, RegexError } from './linear-regex.js';

export interface Condition {
  /** As the caller wrote it: a column by the file's own name, or a field. */
  readonly column: string;
  readonly holds: (text: string) => boolean;
  /** Why a row that does not meet it is left out; free of values. */
  readonly reason: string;
}

/** Parses the values of `where`. @throws UsageError */
export function parseWhere(entries: readonly string[] = []): readonly Condition[] {
  return entries.map(parseCondition);
}

function parseCondition(entry: string): Condition {
  const at = entry.indexOf('=');
  const column = entry.slice(0, at).trim();
  if (at === -1 || column === '') {
    const hint = 'Give `where` "Department=Sales" or `where` "Department=/^sales/i".';
    throw new UsageError('`where` takes FIELD=VALUE or FIELD=/regex/', hint);
  }
  const value = entry.slice(at + 1);
  const regex = /^\/(?<source>.+)\/(?<flags>[a-z]*)$/su.exec(value.trim())?.groups;
  if (regex === undefined) {
    const wanted = comparable(value);
    const reason = `\`where\`: ${shownName(column)} has another value`;
    return { column, reason, holds: (text) => comparable(text) === wanted };
  }
  const matches = matcherOf(regex.source ?? '', regex.flags ?? '', column);
  const reason = `\`where\`: ${shownName(column)} does not match`;
  return { column, reason, holds: (text) => matches(comparable(text)) };
}

function matcherOf(source: string, flags: string, column: string): Matches {
  try {
    return linearRegex(source, flags);
  } catch (cause) {
    if (!(cause instanceof RegexError)) throw cause;
    throw new UsageError(
      `\`where\` "${shownName(column)}": the regular expression cannot be used: ${cause.message}`,
      'Write it in another way, or add a column to the file that says which rows are meant.',
      { cause },
    );
  }
}

const comparable = (text: string): string => text.normalize('NFC').trim();

/** Index of the column that the condition is about: the one with this name in the file, else the one read as this field; -1 if there is none. */
export function conditionColumn(
  { column }: Condition,
  names: readonly string[],
  columns: readonly (ColumnName | undefined)[],
): number {
  const named = columnsNamed(names, column);
  if (named.length > 0) return named[0] as number;
  const field = columnOf(column);
  return field === undefined ? -1 : columns.indexOf(field);
}
