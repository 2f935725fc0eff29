/** The option `where`: which rows are meant. A condition that could be read in two ways is refused, never guessed. */
import { UsageError } from '../../errors.js';
import { columnAt } from '../columns/column-mapping.js';
import { type ColumnName, shownName } from '../columns/column-names.js';
import { linearRegex, type Matches, RegexError } from '../rules/linear-regex.js';
import { isOpen, listed, unquoted } from './where-values.js';

export interface Condition {
  /** As the caller wrote it: a column by the file's own name, or a field. */
  readonly column: string;
  readonly holds: (text: string) => boolean;
  /** Why a row that does not meet it is left out; free of values. */
  readonly reason: string;
}

/**
 * Parses the values of `where`: `COLUMN=VALUE`, `COLUMN=(VALUE, VALUE)`, `COLUMN=/regex/flags`, each also with `!=`. What
 * has signs of these in it stands in double quotes, a quote in them twice.
 *
 * @throws UsageError for all else, free of values
 */
export function parseWhere(entries: readonly string[] = []): readonly Condition[] {
  return entries.map(parseCondition);
}

/** A condition, its parts told apart. */
interface Parts {
  readonly column: string;
  readonly isNegated: boolean;
  /** What stands behind the sign. */
  readonly value: string;
}

function parseCondition(entry: string): Condition {
  const { column, isNegated, value } = entry.trimStart().startsWith('"')
    ? quotedName(entry)
    : bareName(entry);
  const { holds, yes, no } = testOf(value.trim(), column);
  const reason = `\`where\`: ${shownName(column)} ${isNegated ? yes : no}`;
  return {
    column,
    reason,
    holds: isNegated ? (text) => !holds(comparable(text)) : (text) => holds(comparable(text)),
  };
}

function quotedName(entry: string): Parts {
  const found = /^\s*(?<name>"(?:[^"]|"")*")\s*(?<not>!?)=(?<value>.*)$/su.exec(entry)?.groups;
  const column = unquoted(found?.name ?? '')?.trim() ?? '';
  if (column === '') throw malformed();
  return { column, isNegated: found?.not === '!', value: found?.value ?? '' };
}

function bareName(entry: string): Parts {
  const at = entry.indexOf('=');
  const before = entry.slice(0, Math.max(at, 0)).trim();
  const isNegated = before.endsWith('!');
  const column = isNegated ? before.slice(0, -1).trim() : before;
  // So it is too if there is no sign.
  if (column === '') throw malformed();
  if (/^[\p{Sm}!^&-]|[\p{Sm}!^$*:&-]$/u.test(column))
    throw unclear(column, 'has what looks like another operator before the sign =');
  return { column, isNegated, value: entry.slice(at + 1) };
}

/** What a value is held against, and how a row is described that passes, or does not. */
interface Test {
  readonly holds: Matches;
  readonly yes: string;
  readonly no: string;
}

function testOf(value: string, column: string): Test {
  const regex = /^\/(?<source>.+)\/(?<flags>[a-z]*)$/su.exec(value)?.groups;
  if (regex) {
    const holds = matcherOf(regex.source ?? '', regex.flags ?? '', column);
    return { holds, yes: 'matches', no: 'does not match' };
  }
  if (value.startsWith('(')) {
    const values = listed(value);
    if (values === undefined) throw unclear(column, 'begins like a list of values and is none');
    const wanted = new Set(values.map(comparable));
    return { holds: (text) => wanted.has(text), yes: 'has one of the values', no: 'has another value' };
  }
  const wanted = comparable(literal(value, column));
  return { holds: (text) => text === wanted, yes: 'has the value', no: 'has another value' };
}

/** The one value that is meant. */
function literal(value: string, column: string): string {
  if (value.startsWith('"')) {
    const inner = unquoted(value);
    if (inner === undefined) throw unclear(column, 'has a value whose quotes do not stand around all of it');
    return inner;
  }
  if (value.startsWith('/')) throw unclear(column, 'begins like a /regex/ and is none');
  if (/^[=~!<>≠≤≥≈]/.test(value))
    throw unclear(column, 'has what looks like another operator behind the sign =');
  if (/^'.*'$/s.test(value)) throw unclear(column, 'has a value in single quotes');
  if (isOpen(value)) throw unclear(column, 'looks like several conditions');
  return value;
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

const forms = 'COLUMN=VALUE, COLUMN=(VALUE, VALUE) or COLUMN=/regex/, each also with !=';

const malformed = () =>
  new UsageError(
    `\`where\` takes ${forms}`,
    'Give `where` "Department=Sales" or `where` "Department=/^sales/i".',
  );

const unclear = (column: string, what: string) =>
  new UsageError(
    `\`where\` "${shownName(column)}" ${what}`,
    `It takes ${forms}; all of several \`where\` have to hold. If the signs belong to the name or the value, put that into double quotes: '"Cost *"="=5"'.`,
  );

const comparable = (text: string): string => text.normalize('NFC').trim();

/** Index of the column that the condition is about; -1 if there is none. */
export const conditionColumn = (
  { column }: Pick<Condition, 'column'>,
  names: readonly string[],
  columns: readonly (ColumnName | undefined)[],
): number => columnAt(column, names, columns);
