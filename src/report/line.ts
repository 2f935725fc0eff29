/** One outcome as a line of the report, and back. */
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { Outcome, Status } from '../model.js';
import { isStatus, statuses } from '../row-status.js';

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
  'temporaryName',
] as const;

/** How a CSV report is written. Whoever reads one finds that out from its first line. */
export interface CsvStyle {
  /** Between cells. */
  readonly delimiter: ReportDelimiter;
  /** Whether a byte order mark comes first: by that, Excel knows UTF-8. */
  readonly bom: boolean;
  /** Whether user IDs that a spreadsheet would take for a number, and show as another one, are written as `="0123"`. */
  readonly idsAsText: boolean;
}

export const reportDelimiters = [',', ';', '\t', '|'] as const;
export type ReportDelimiter = (typeof reportDelimiters)[number];

export const plainStyle: CsvStyle = { delimiter: ',', bom: false, idsAsText: false };
const BOM = '\uFEFF';

type Column = (typeof columns)[number];
const places = Object.fromEntries(columns.map((name, index) => [name, index])) as Record<Column, number>;

/** What precedes the first line: CSV's header. @param style of CSV */
export const heading = (format: ReportFormat, { delimiter, bom } = plainStyle): string =>
  format === 'csv' ? `${bom ? BOM : ''}${columns.join(delimiter)}\n` : '';

/** What is between the cells of a report that begins with this line; undefined if no report does. @param line without its line end */
export const delimiterOf = (line: string): ReportDelimiter | undefined =>
  reportDelimiters.find((delimiter) => line.replace(/^\uFEFF/, '') === columns.join(delimiter));

/**
 * The outcomes as lines. Each has one line end, at its end: a line without it was not written completely. In CSV what a
 * spreadsheet would run as a formula gets an apostrophe in front, also behind a `;`, `|` or tab within a cell.
 *
 * @param word gives the wording of a message that names options in backticks
 */
export function formatLines(
  outcomes: readonly Outcome[],
  format: ReportFormat,
  word: (message: string) => string = (message) => message,
  style: CsvStyle = plainStyle,
): string {
  const toLine = format === 'csv' ? toCsv : toJson;
  let lines = '';
  for (const outcome of outcomes) {
    const { message = '' } = outcome;
    lines += toLine(outcome, message.includes('`') ? word(message) : message, style);
  }
  return lines;
}

/** Values as a line of CSV, with its line end. What a spreadsheet would run as a formula gets an apostrophe in front. */
export const csvLine = (cells: readonly (string | number)[]): string =>
  stringify([cells.map((cell) => (typeof cell === 'string' ? guard(cell) : cell))]);

function toCsv(o: Outcome, message: string, { delimiter, idsAsText }: CsvStyle): string {
  const userId = idsAsText ? asText(guard(o.userId)) : guard(o.userId);
  const errorCode = guard(o.errorCode);
  const errorField = guard(o.errorFields?.join(';'));
  const said = guard(message);
  const requestId = guard(o.requestId);
  const times = [isoTime(o.startedAt) ?? '', isoTime(o.finishedAt) ?? ''];
  const changed = o.changed.join(';');
  const cells = [
    ...[o.row, o.line ?? 0, userId, o.status, o.httpStatus ?? '', errorCode, errorField, said],
    ...[o.attempts, o.throttled, requestId, ...times, changed, o.temporaryName ? 'true' : ''],
  ];
  // Most rows have nothing that CSV has to quote, and csv-stringify is slow to find that out.
  const mustQuote = QUOTED[delimiter].test(userId + errorCode + errorField + said + requestId + changed);
  return mustQuote ? stringify([cells], { delimiter }) : `${cells.join(delimiter)}\n`;
}

const QUOTED: Readonly<Record<ReportDelimiter, RegExp>> = {
  ',': /[",\r]/,
  ';': /[";\r]/,
  '\t': /["\t\r]/,
  '|': /["|\r]/,
};

/** A number that a spreadsheet would show as another one: it drops zeros in front, and all behind the fifteenth digit. */
const asText = (cell: string): string => (/^(0\d+|\d{16,})$/.test(cell) ? `="${cell}"` : cell);
const AS_TEXT = /^="(\d+)"$/;

/** Unknown numbers, times and truths are null, other unknown columns empty, and lists as in CSV. */
const toJson = (o: Outcome, message: string): string =>
  `${JSON.stringify({
    row: o.row,
    line: o.line ?? 0,
    userId: o.userId ?? '',
    status: o.status,
    httpStatus: o.httpStatus ?? null,
    errorCode: o.errorCode ?? '',
    errorField: o.errorFields?.join(';') ?? '',
    message,
    attempts: o.attempts,
    throttled: o.throttled,
    requestId: o.requestId ?? '',
    startedAt: isoTime(o.startedAt) ?? null,
    finishedAt: isoTime(o.finishedAt) ?? null,
    changed: o.changed.join(';'),
    temporaryName: o.temporaryName ? true : null,
  })}\n`;

const isoTime = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());

/** The outcome that a line contains; undefined if it is no line of a report. @param line without its line end */
export function parseLine(
  line: string,
  format: ReportFormat,
  delimiter: ReportDelimiter = ',',
): Outcome | undefined {
  try {
    return parseCells(format === 'csv' ? csvCells(line, delimiter) : jsonlCells(line));
  } catch {
    return undefined;
  }
}

function csvCells(line: string, delimiter: ReportDelimiter): string[] {
  const cells = line.includes('"')
    ? ((parse(line, { record_delimiter: '\n', delimiter }) as string[][])[0] ?? [])
    : line.split(delimiter);
  // Most lines have nothing that was guarded, and there can be a million of them.
  return line.includes("'") || line.includes('="') ? cells.map(unguard) : cells;
}

function jsonlCells(line: string): unknown[] {
  const record = JSON.parse(line) as Record<string, unknown>;
  return columns.map((name) => record[name]);
}

/** @param cells in the order of the columns */
function parseCells(cells: readonly unknown[]): Outcome | undefined {
  if (cells.length !== columns.length) return undefined;
  const text = (name: Column) => String(cells[places[name]] ?? '');
  const count = (name: Column) => countOf(text(name));
  const status = text('status');
  if (!isStatus(status) || count('row') === 0) return undefined;
  const { isSent, hasError } = statuses[status];
  const attempts = count('attempts');
  const wasSent = attempts > 0;
  if (isSent !== undefined && isSent !== wasSent) return undefined;
  const temporaryName = text('temporaryName');
  if (temporaryName !== '' && temporaryName !== 'true') return undefined;
  const outcome = {
    row: count('row'),
    line: count('line') || undefined,
    userId: text('userId') || undefined,
    status,
    attempts,
    throttled: count('throttled'),
    changed: listOf(text('changed')),
    ...(temporaryName === 'true' && { temporaryName: true }),
    message: text('message') || undefined,
    httpStatus: count('httpStatus') || undefined,
    requestId: text('requestId') || undefined,
    startedAt: wasSent ? timeOf(text('startedAt')) : undefined,
    finishedAt: wasSent ? timeOf(text('finishedAt')) : undefined,
    errorCode: hasError ? codeOf(status, text('errorCode')) : undefined,
    errorFields: hasError ? listOf(text('errorField')) : undefined,
  };
  return outcome as Outcome;
}

/** A row that the run has stopped may have met no error. */
const codeOf = (status: Status, cell: string) => (status === 'unprocessed' ? cell || undefined : cell);

/** @throws for a cell that is no count; an empty one is 0 */
function countOf(cell: string): number {
  const count = Number(cell);
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError();
  return count;
}

/** @throws for a cell that is no time */
function timeOf(cell: string): number {
  const at = Date.parse(cell);
  if (Number.isNaN(at)) throw new RangeError();
  return at;
}

const listOf = (cell: string): string[] => (cell === '' ? [] : cell.split(';'));

/** What a spreadsheet would run as a formula, with or without apostrophes in front. */
const FORMULA = /^'*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;
/** The apostrophe that was put in front of one. */
const GUARDED = /^'(?='*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20])/;

/** Whether a spreadsheet would run the cell. */
export const isFormula = (cell: string): boolean => /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(cell);

/** The same behind what a spreadsheet may take for the end of a cell, whatever parts the cells of the file. */
const INNER = /([;|\t] *)('*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;
const INNER_GUARDED = /([;|\t] *)'('*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;

/** Puts one more apostrophe in front of whatever starts like a formula, so that `unguard` can remove exactly that one. */
const guard = (cell = '') => {
  const line = oneLine(cell).replace(INNER, "$1'$2");
  return FORMULA.test(line) ? `'${line}` : line;
};

const oneLine = (cell: string) => (cell.includes('\n') ? cell.replaceAll('\n', ' ') : cell);

/** The cell as it was before it was written to CSV. */
const unguard = (cell: string) =>
  cell.replace(AS_TEXT, '$1').replace(GUARDED, '').replace(INNER_GUARDED, '$1$2');
