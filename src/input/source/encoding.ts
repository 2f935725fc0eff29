/** The encodings that an input can be in: which one it is, and the way to text and back. */
import iconv from 'iconv-lite';
import { InputError, UsageError } from '../../errors.js';
import { printable } from '../../text/printable.js';

/** One way to write text as bytes. In each of them a line end is one unit that is part of no other character. */
export class Encoding {
  /** As a person gives it to `--encoding`, in lower case. */
  readonly name: string;
  readonly isUtf8: boolean;
  /** Bytes in a unit: 2 for UTF-16. */
  readonly width: 1 | 2;

  constructor(name: string) {
    this.name = name;
    this.isUtf8 = name === UTF8;
    this.width = name.startsWith('utf-16') ? 2 : 1;
  }

  /** Whether every byte is a character by itself. */
  get isSingleByte(): boolean {
    return (
      this.width === 1 && !UNICODE.test(this.name) && iconv.decode(BYTES, this.name).length === BYTES.length
    );
  }

  /** U+FFFD stands for what is not valid; a byte order mark stays. */
  toText(bytes: Buffer): string {
    return iconv.decode(bytes, this.name, { stripBOM: false });
  }

  /** A question mark stands for what the encoding does not have. */
  toBytes(text: string): Buffer {
    return iconv.encode(text, this.name);
  }

  /** For text that comes in pieces. */
  encoder(): { write(text: string): Buffer; end(): Buffer | undefined } {
    return iconv.getEncoder(this.name);
  }

  /** Where the text has what only an encoding of Unicode has a use for, -1 where it has none of it. */
  oddAt(text: string): number {
    return this.width === 2 || UNICODE.test(this.name) ? -1 : text.search(C1);
  }

  /** The unit that begins at offset `at`; undefined where there is none. */
  unit(bytes: Buffer, at: number): number | undefined {
    if (this.width === 1) return bytes[at];
    if (at + 1 >= bytes.length) return undefined;
    return this.name === UTF16LE ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  }
}

const UTF8 = 'utf-8';
const UTF16LE = 'utf-16le';
const UTF16 = 'utf-16';
const UNICODE = /^(utf|gb.?18030|cesu)/;
// ISO 8859 has controls there that nobody types; Windows' encodings have letters and signs.
const C1 = /[\u0080-\u009f]/;

/** Names in which a hyphen more or less has no meaning, by what is left of them. */
const SPELLINGS: Readonly<Record<string, string>> = {
  utf8: UTF8,
  utf16: UTF16,
  utf16le: UTF16LE,
  utf16be: 'utf-16be',
};

const MARKS = [
  { name: UTF8, bytes: [0xef, 0xbb, 0xbf] },
  { name: UTF16LE, bytes: [0xff, 0xfe] },
  { name: 'utf-16be', bytes: [0xfe, 0xff] },
];

/** How many bytes from its beginning tell an input's encoding. */
export const MARK_BYTES = 3;

/** What an input's first bytes and its user say of its encoding. */
export interface Found {
  readonly encoding: Encoding;
  /** Whether it begins with a byte order mark. */
  readonly marked: boolean;
}

/**
 * The encoding of an input with these first bytes: by its byte order mark, or as given, or UTF-8. Throws UsageError
 * for a name that is none, InputError where the mark contradicts it.
 */
export function encodingOf(first: Buffer, given?: string): Found {
  const asked = given === undefined ? undefined : encodingName(given);
  const mark = MARKS.find(({ bytes }) => bytes.every((byte, at) => first[at] === byte))?.name;
  if (mark === undefined) {
    if (asked === UTF16) throw noByteOrder();
    return { encoding: new Encoding(asked ?? UTF8), marked: false };
  }
  const agrees = asked === undefined || asked === mark || (asked === UTF16 && mark.startsWith(UTF16));
  if (!agrees) throw contradiction(mark, asked);
  return { encoding: new Encoding(mark), marked: true };
}

const BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const ASCII = Buffer.from(Array.from({ length: 128 }, (_, byte) => byte));

/** The name as Encoding has it. Throws UsageError for one that is not known, or is no encoding of text. */
export function encodingName(given: string): string {
  const name = given.toLowerCase();
  const spelled = SPELLINGS[name.replace(/[^a-z0-9]/g, '')];
  if (spelled !== undefined) return spelled;
  if (iconv.encodingExists(name) && iconv.decode(ASCII, name) === ASCII.toString('latin1')) return name;
  throw new UsageError(
    `the encoding "${printable(given.slice(0, 40))}" is not known`,
    'Give --encoding with a name such as utf-8, utf-16le, utf-16be, windows-1252, windows-1250, iso-8859-1, ' +
      'iso-8859-15, cp850, macintosh, shift_jis, gbk, gb18030, big5 or euc-kr; without it, UTF-8 and UTF-16 with a ' +
      'byte order mark are found by themselves.',
  );
}

function noByteOrder(): InputError {
  return new InputError(
    'the file has no byte order mark, so utf-16 does not say which byte of two comes first',
    'Give --encoding utf-16le, which Windows writes, or utf-16be.',
    { line: 1 },
  );
}

function contradiction(mark: string, asked: string): InputError {
  return new InputError(
    `the file begins with the byte order mark of ${mark}, but --encoding says ${asked}`,
    `Leave --encoding out: read as ${asked}, its letters would become others.`,
    { line: 1 },
  );
}
