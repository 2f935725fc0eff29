/** Which rows of the table are shown, and in which order: pure. Fast enough for 50,000 while somebody types. */
import type { PageRow, RowKind } from './row-chunk.js';

/** What the table can be ordered by. */
export const sortKeys = ['line', 'userId', 'status', 'reason', 'attempts', 'time'] as const;
export type SortKey = (typeof sortKeys)[number];

/** In the place of a status. */
export const NOT_THROUGH = 'did not go through';
const SUCCEEDED: readonly string[] = ['updated', 'unchanged', 'skipped'];
export const isThrough = ({ status }: Pick<RowKind, 'status'>): boolean => SUCCEEDED.includes(status);

export interface TableChoice {
  /** Words that a row has to have all of, in any of its texts. */
  readonly search: string;
  /** Empty for any; `NOT_THROUGH` for all that did not succeed. */
  readonly status: string;
  readonly key: SortKey;
  readonly descending: boolean;
}

const kindText = ({ status, code, fields, message, httpStatus }: RowKind): string =>
  `${status} ${code} ${fields} ${message} ${httpStatus || ''}`.toLowerCase();

/** The rows that a choice means. Rows that are alike keep the order that they have. */
export function chosenRows(
  rows: readonly PageRow[],
  { search, status, key, descending }: TableChoice,
): PageRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const texts = new Map<RowKind, string>();
  const textOf = (kind: RowKind) => {
    const known = texts.get(kind) ?? kindText(kind);
    texts.set(kind, known);
    return known;
  };
  const has = (row: PageRow, word: string) =>
    textOf(row.kind).includes(word) ||
    row.userId.toLowerCase().includes(word) ||
    String(row.line).startsWith(word) ||
    (row.requestId !== '' && row.requestId.toLowerCase().includes(word));
  const found = rows.filter((row) => isOf(row.kind, status) && words.every((word) => has(row, word)));
  const compare = comparisons[key];
  return found.sort(descending ? (a, b) => compare(b, a) : compare);
}

const isOf = (kind: RowKind, status: string): boolean =>
  status === '' || (status === NOT_THROUGH ? !isThrough(kind) : kind.status === status);

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
/** IDs that are numbers in the order of numbers. */
const byId = (a: string, b: string): number => a.length - b.length || byText(a, b);

const comparisons: Readonly<Record<SortKey, (a: PageRow, b: PageRow) => number>> = {
  line: (a, b) => a.line - b.line || a.row - b.row,
  userId: (a, b) => byId(a.userId, b.userId),
  status: (a, b) => byText(a.kind.status, b.kind.status),
  reason: (a, b) => byText(a.kind.message, b.kind.message) || byText(a.kind.code, b.kind.code),
  attempts: (a, b) => a.attempts - b.attempts,
  time: (a, b) => a.finishedAt - b.finishedAt,
};
