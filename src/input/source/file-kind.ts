/** What a file is by its first bytes, whatever it is called. */
import { InputError } from '../../errors.js';
import { asUtf8 } from './source-errors.js';

export type FileKind = 'text' | 'gzip' | 'zip' | 'old workbook' | 'UTF-32' | 'PDF';

const KINDS: readonly (readonly [FileKind, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['old workbook', [0xd0, 0xcf, 0x11, 0xe0]],
  ['UTF-32', [0xff, 0xfe, 0, 0]],
  ['UTF-32', [0, 0, 0xfe, 0xff]],
  ['PDF', [0x25, 0x50, 0x44, 0x46, 0x2d]],
];

/** Bytes that tell it. */
export const FIRST_BYTES = 8;

/** @param first the file's first bytes, FIRST_BYTES of them if it has as many */
export const kindOf = (first: Buffer): FileKind =>
  KINDS.find(([, bytes]) => bytes.every((byte, at) => first[at] === byte))?.[0] ?? 'text';

const WHAT: Readonly<Record<Exclude<FileKind, 'text' | 'gzip'>, readonly [string, string]>> = {
  zip: [
    'a workbook (.xlsx) or another zip archive, not text',
    'If it is a workbook, name it .xlsx or give `format` xlsx; unpack another archive first.',
  ],
  'old workbook': [
    'a workbook of an old Excel (.xls), not text',
    'Save it as .xlsx or as "CSV UTF-8" and give that file.',
  ],
  'UTF-32': ['in UTF-32', asUtf8],
  PDF: ['a PDF, not text', 'Give the list that it was made from, as CSV or JSONL.'],
};

export function notText(kind: Exclude<FileKind, 'text' | 'gzip'>): InputError {
  const [what, hint] = WHAT[kind];
  return new InputError(`the file is ${what}, whatever its name says`, hint);
}

export const notPacked = () =>
  new InputError('the file is called .gz, but is not compressed', 'Take .gz off its name.');

export const notWorkbook = () =>
  new InputError(
    'the file is called a workbook (.xlsx), but is none: some programs give a text or a web page that name',
    'Open it in a spreadsheet and save it as .xlsx or as "CSV UTF-8"; or give `format` csv if it is CSV.',
  );

export const lockedWorkbook = () =>
  new InputError(
    'the workbook is protected with a password',
    'Open it, take the password away (File, Info, Protect), and save it as .xlsx or as "CSV UTF-8".',
  );
