/** Errors that make a workbook unreadable. No message shows a cell's value. */
import { InputError } from '../../errors.js';
import { printable } from '../../text/printable.js';

const saveAgain = 'Open it in a spreadsheet and save it once more as .xlsx, or as "CSV UTF-8".';

export const damagedWorkbook = (what: string, cause?: unknown) =>
  new InputError(`the workbook is damaged or not written as Excel does: ${what}`, saveAgain, { cause });

/** For what no list of users has, but a file that is made to do harm. */
export const tooLargePart = (what: string) =>
  new InputError(
    `the workbook has ${what}: more than any list of users`,
    'Copy the list into a new workbook, or save the sheet as "CSV UTF-8".',
  );

const OTHERS: Readonly<Record<string, readonly [string, string]>> = {
  ods: ['a sheet of LibreOffice (.ods)', 'Save it as .xlsx or as "CSV UTF-8" and give that file.'],
  numbers: ['a sheet of Apple Numbers', 'Export it as Excel (.xlsx) or CSV in UTF-8 and give that file.'],
  xlsb: ['a binary workbook (.xlsb)', 'Save it as .xlsx or as "CSV UTF-8" and give that file.'],
  zip: ['a zip archive without a workbook in it', 'Unpack it, and give the list that is in it.'],
};

export type OtherArchive = 'ods' | 'numbers' | 'xlsb' | 'zip';

export function noWorkbook(kind: OtherArchive): InputError {
  const [what, hint] = OTHERS[kind] as readonly [string, string];
  return new InputError(`the file is ${what}, whatever its name says`, hint);
}

export const encryptedPart = () =>
  new InputError(
    'the workbook is protected with a password',
    'Open it, take the password away (File, Info, Protect), and save it as .xlsx or as "CSV UTF-8".',
  );

const MOST_NAMED = 20;

/** Names of sheets are no users' values: somebody has to see them to give one. */
export function noSuchSheet(names: readonly string[]): InputError {
  const named = names.slice(0, MOST_NAMED).map((name) => `"${printable(name.slice(0, 31))}"`);
  const more = names.length > MOST_NAMED ? ' and others' : '';
  const count = names.length === 1 ? '1 sheet' : `${names.length} sheets`;
  return new InputError(
    `the workbook has no sheet of the name that \`sheet\` gives; it has ${count}: ${named.join(', ')}${more}`,
    'Give `sheet` with one of these names, or leave it out for the first one.',
  );
}

export function emptySheet(sheets: number): InputError {
  return new InputError(
    'the sheet is empty',
    sheets > 1
      ? `The workbook has ${sheets} sheets: say with \`sheet\` which one has the list.`
      : "Give a workbook with one row a user, below a row with the columns' names.",
  );
}

export const hiddenRow = (line: number) =>
  new InputError(
    'this row of the sheet is hidden, by a filter or by hand: nobody who looks at the sheet sees it',
    'Show all rows (Data, Clear filter; Format, Unhide rows), and delete those that are not meant; or copy the rows that are seen into a new workbook.',
    { line },
  );

export const mergedCells = (range: string, line: number) =>
  new InputError(
    `the cells ${range} are merged: only the first of them has a value, and a blank cell means "leave unchanged"`,
    'Unmerge them and fill in each row. Rows above the header are left out with `skipRows`.',
    { line },
  );

export const rowTooLong = (line: number) =>
  new InputError('this row of the sheet is longer than 1 MiB', 'Check that the sheet is a list of users.', {
    line,
  });
