/** Errors that make the bytes of an input unreadable. No message shows a value. */
import { InputError } from '../../errors.js';
import type { LineColumn } from './line-column.js';

/** Longest row in bytes. A file with a longer one is damaged, or not a list of users. */
export const MAX_RECORD = 1024 * 1024;
export const asUtf8 = 'Save the file as UTF-8 (in Excel: Save As, "CSV UTF-8 (Comma delimited)").';

/** @param isControl whether the bytes are valid, but mean a control character that no text has */
export function notInEncoding(
  { line, column }: LineColumn,
  encoding: string,
  isControl: boolean,
): InputError {
  const message = isControl
    ? `byte ${column} is a control character in ${encoding}, which no text has`
    : `byte ${column} is not valid in ${encoding}`;
  const hint = isControl
    ? `It may be in Windows-1252 instead: if it is, give \`encoding\` windows-1252. ${asUtf8}`
    : `The file is damaged, or in another encoding: give that with \`encoding\`. ${asUtf8}`;
  return new InputError(message, hint, { line });
}

/** For bytes that are valid, but are not the ones that the encoding writes the character with. */
export function notReversible({ line, column }: LineColumn, encoding: string): InputError {
  const message = `byte ${column} belongs to a character that ${encoding} has twice, so it could not be written back as it is`;
  return new InputError(message, asUtf8, { line });
}

export function recordTooLong(line: number): InputError {
  const hint = 'Check that the file has line ends and is a list of users.';
  return new InputError('the row that starts here is longer than 1 MiB', hint, { line });
}

export function alreadyUtf8(line: number, given: string): InputError {
  return new InputError(
    `the file is in UTF-8, but \`encoding\` says ${given}: its letters would become others`,
    'Leave `encoding` out.',
    { line },
  );
}

export function twoEncodings(line: number, utf8Line: number, given: string): InputError {
  return new InputError(
    `this line is not in UTF-8, as \`encoding\` ${given} says, but line ${utf8Line} is: were two files pasted together?`,
    'Save both in UTF-8 before you put them together, and leave `encoding` out.',
    { line },
  );
}

/** The file is not as it was when it was first read. */
export class ChangedInputError extends InputError {}

export function changedFile(): ChangedInputError {
  return new ChangedInputError(
    'the input file changed while it was being read',
    'Wait until nothing writes to it, then start again.',
  );
}
