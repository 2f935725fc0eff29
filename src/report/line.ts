/** One outcome as a line of the report, and back. */
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { Field, Outcome } from '../model.js';
import { isStatus } from '../row-status.js';

export type ReportFormat = 'csv' | 'jsonl';

/** The report's columns: their names and order are relied on by scripts. */
export const columns = [
  'row',
  'line',
  'userId',
  'status',
  'httpStatus',
  'errorCode',
  'errorField',
  'message',
  'attempts',
  'throttled',
  'requestId',
  'startedAt',
  'finishedAt',
  'changed',
] as const;

/** What stands before the first line: CSV's header. */
export const heading = (format: ReportFormat) => (format === 'csv' ? `${columns.join(',')}\n` : '');

/**
 * The outcomes as lines, each with its line end, which is the only one in it: a line without its end was not written
 * whole. In CSV a cell that a spreadsheet would run gets an apostrophe in front.
 */
export function formatLines(outcomes: readonly Outcome[], format: ReportFormat): string {
  return format === 'csv'
    ? outcomes.map(toCsv).join('')
    : outcomes.map((outcome) => `${JSON.stringify(toRecord(outcome))}\n`).join('');
}

/** Most rows have nothing in them that CSV would have to quote, and the library takes its time to find that out. */
const toCsv = (outcome: Outcome) =>
  /[",\r\n]/.test(
    outcome.message + outcome.errorCode + outcome.errorField + outcome.requestId + outcome.userId,
  )
    ? stringify([toCells(outcome)])
    : `${toCells(outcome).join(',')}\n`;

const toCells = (o: Outcome) => [
  o.row,
  o.line,
  guard(o.userId),
  o.status,
  o.httpStatus || '',
  guard(o.errorCode),
  guard(o.errorField),
  guard(o.message),
  o.attempts,
  o.throttled,
  guard(o.requestId),
  isoTime(o.startedAt),
  isoTime(o.finishedAt),
  o.changed.join(';'),
];

const toRecord = (o: Outcome) => ({
  ...o,
  httpStatus: o.httpStatus || null,
  startedAt: isoTime(o.startedAt) || null,
  finishedAt: isoTime(o.finishedAt) || null,
  changed: o.changed.join(';'),
});

const isoTime = (at: number) => (at === 0 ? '' : new Date(at).toISOString());

/** The outcome that a line states; undefined where it is no line of a report. Its line end may be left out. */
export function parseLine(line: string, format: ReportFormat): Outcome | undefined {
  try {
    return parseCells(format === 'csv' ? csvCells(line) : jsonlCells(line));
  } catch {
    return undefined;
  }
}

const csvCells = (line: string): string[] =>
  (line.includes('"')
    ? ((parse(line, { record_delimiter: '\n' }) as string[][])[0] ?? [])
    : line.split(',')
  ).map(unguard);

function jsonlCells(line: string): unknown[] {
  const record = JSON.parse(line) as Record<string, unknown>;
  return columns.map((name) => record[name]);
}

function parseCells(cells: readonly unknown[]): Outcome | undefined {
  if (cells.length !== columns.length) return undefined;
  const [
    row,
    line,
    userId,
    status,
    http,
    code,
    field,
    message,
    attempts,
    throttled,
    id,
    started,
    finished,
    changed,
  ] = cells.map((cell) => (cell === null || cell === undefined ? '' : String(cell)));
  const counts = [row, line, http, attempts, throttled].map(Number);
  if (!isStatus(status) || !counts.every((n) => Number.isSafeInteger(n) && n >= 0) || counts[0] === 0)
    return undefined;
  return {
    row: Number(row),
    line: Number(line),
    userId: userId ?? '',
    status,
    httpStatus: Number(http),
    errorCode: code ?? '',
    errorField: field ?? '',
    message: message ?? '',
    attempts: Number(attempts),
    throttled: Number(throttled),
    requestId: id ?? '',
    startedAt: started ? Date.parse(started) : 0,
    finishedAt: finished ? Date.parse(finished) : 0,
    changed: (changed ? changed.split(';') : []) as Field[],
  };
}

/** What a spreadsheet would run as a formula, guarded or not. */
const FORMULA = /^'*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

/** Whether a spreadsheet would run the cell. */
export const isFormula = (cell: string): boolean => /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(cell);

/** An apostrophe more in front of whatever starts like a formula, so that `unguard` can take just that one back. */
const guard = (cell: string) => (FORMULA.test(cell) ? `'${oneLine(cell)}` : oneLine(cell));

const oneLine = (cell: string) => (cell.includes('\n') ? cell.replaceAll('\n', ' ') : cell);

/** The cell as it was before it was written to CSV. */
const unguard = (cell: string) => (cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell);
