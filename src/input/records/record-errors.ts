/** Errors that make a whole input unreadable, in one place, so that no message shows a value. */
import { InputError } from '../../errors.js';
import type { LineColumn } from '../source/line-column.js';
import { asUtf8 } from '../source/source-errors.js';

/** Most cells in a row. */
export const MAX_CELLS = 1000;

export function nulByte({ line, column }: LineColumn): InputError {
  const message = `byte ${column} is a NUL: the file looks like UTF-16 or a binary file`;
  const which =
    line === 1 && column === 2
      ? 'It may be UTF-16 without a byte order mark: give `encoding` utf-16le.'
      : line === 1 && column === 1
        ? 'It may be UTF-16 without a byte order mark: give `encoding` utf-16be.'
        : 'UTF-16 without a byte order mark is read with `encoding` utf-16le or utf-16be.';
  return new InputError(message, `${which} ${asUtf8}`, {
    line,
  });
}

/** @param utf8Line a line with letters beyond ASCII in UTF-8, if there is one */
export function notUtf8({ line, column }: LineColumn, utf8Line?: number): InputError {
  if (utf8Line !== undefined)
    return new InputError(
      `byte ${column} is not valid UTF-8, though line ${utf8Line} has letters in UTF-8: were two files pasted together?`,
      'Save both in UTF-8 before you put them together, or correct the lines that are not.',
      { line },
    );
  const hint = `It may be in Windows-1252 or another older encoding: if it is, give \`encoding\` windows-1252 (or its name). ${asUtf8}`;
  return new InputError(`byte ${column} is not valid UTF-8`, hint, { line });
}

export function quoteTooLong(line: number): InputError {
  return new InputError('the quote opened here is not closed within 1 MiB', closeQuote, { line });
}

export function quoteNotClosed(line: number): InputError {
  return new InputError('the quote opened here is not closed before the end of the file', closeQuote, {
    line,
  });
}

const closeQuote = 'Close the quote; a quote inside a quoted cell is written twice.';

export function textBehindQuote({ line, column }: LineColumn, opened: number): InputError {
  const where = opened === line ? 'on the same line' : `on line ${opened}`;
  const message = `byte ${column} follows a closing quote (opened ${where}) but is neither a delimiter nor a line end`;
  const hint =
    'Look for a quote that is not closed or not written twice; if the delimiter is another one, give `delimiter`.';
  return new InputError(message, hint, { line });
}

export function tooManyCells(line: number): InputError {
  const hint = 'Check the delimiter (`delimiter`) and the quotes.';
  return new InputError(`the row that starts here has more than ${MAX_CELLS} cells`, hint, { line });
}

export function emptyFile(): InputError {
  return new InputError(
    'the input is empty',
    "Give a file with one row a user, below a line with the columns' names.",
  );
}

export function nothingLeft(skipRows: number): InputError {
  const hint = "Give `skipRows` with the number of rows above the line with the columns' names.";
  return new InputError(`the input has nothing below the ${skipRows} skipped rows`, hint);
}

export function noDataRows(line: number): InputError {
  const hint = 'Give a file with at least one row below the header.';
  return new InputError('the input has a header and no data rows', hint, { line });
}
