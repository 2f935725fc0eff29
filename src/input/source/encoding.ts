/** The encodings that an input can have: which one it is, and the way to text and back. */
import iconv from 'iconv-lite';
import { InputError, UsageError } from '../../errors.js';
import { printable } from '../../text/printable.js';

/** One way to write text as bytes. In each encoding a line end is one code unit that is part of no other character. */
export class Encoding {
  /** As the option `encoding` names it, in lower case. */
  readonly name: string;
  readonly isUtf8: boolean;
  /** Bytes in a code unit: 2 for UTF-16. */
  readonly unitBytes: 1 | 2;

  constructor(name: string) {
    this.name = name;
    this.isUtf8 = name === UTF8;
    this.unitBytes = name.startsWith('utf-16') ? 2 : 1;
  }

  /** Whether every byte is a character by itself. */
  get isSingleByte(): boolean {
    return (
      this.unitBytes === 1 &&
      !UNICODE.test(this.name) &&
      iconv.decode(BYTES, this.name).length === BYTES.length
    );
  }

  /** Invalid bytes become U+FFFD; a byte order mark stays. */
  toText(bytes: Buffer): string {
    return iconv.decode(bytes, this.name, { stripBOM: false });
  }

  /** Characters that the encoding does not have become question marks. */
  toBytes(text: string): Buffer {
    return iconv.encode(text, this.name);
  }

  /** For text that comes in pieces. */
  encoder(): { write(text: string): Buffer; end(): Buffer | undefined } {
    return iconv.getEncoder(this.name);
  }

  /** Where the text has a C1 control character, of which only an encoding of Unicode has a use; else -1. */
  controlAt(text: string): number {
    return this.unitBytes === 2 || UNICODE.test(this.name) ? -1 : text.search(C1);
  }

  /** The code unit that begins at offset `at`; undefined if there is none. */
  unitAt(bytes: Buffer, at: number): number | undefined {
    if (this.unitBytes === 1) return bytes[at];
    if (at + 1 >= bytes.length) return undefined;
    return this.name === UTF16LE ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  }
}

const UTF8 = 'utf-8';
const UTF16LE = 'utf-16le';
const UTF16 = 'utf-16';
const UNICODE = /^(utf|gb.?18030|cesu)/;
// ISO 8859 has control characters there that nobody types; the encodings of Windows have letters and signs.
const C1 = /[\u0080-\u009f]/;

/** Names that may be spelt with or without hyphens, by their letters and digits. */
const SPELLINGS: Readonly<Record<string, string>> = {
  utf8: UTF8,
  utf8sig: UTF8,
  utf8bom: UTF8,
  ansi: 'windows-1252',
  utf16: UTF16,
  utf16le: UTF16LE,
  utf16be: 'utf-16be',
};

const BYTE_ORDER_MARKS = [
  { name: UTF8, bytes: [0xef, 0xbb, 0xbf] },
  { name: UTF16LE, bytes: [0xff, 0xfe] },
  { name: 'utf-16be', bytes: [0xfe, 0xff] },
];

/** The encoding that an input's first bytes and its user tell. */
export interface DetectedEncoding {
  readonly encoding: Encoding;
  /** Whether the input begins with a byte order mark. */
  readonly hasBom: boolean;
}

/**
 * The encoding of an input: by its byte order mark, or as given, or UTF-8.
 *
 * @param first the input's first bytes, three of them or more if it has as many
 * @throws UsageError for a name that is not known, InputError if the byte order mark contradicts it
 */
export function encodingOf(first: Buffer, given?: string): DetectedEncoding {
  const name = given === undefined ? undefined : encodingName(given);
  const marked = BYTE_ORDER_MARKS.find(({ bytes }) => bytes.every((byte, at) => first[at] === byte))?.name;
  if (marked === undefined) {
    if (name === UTF16) throw noByteOrder();
    return { encoding: new Encoding(name ?? UTF8), hasBom: false };
  }
  const agrees = name === undefined || name === marked || (name === UTF16 && marked.startsWith(UTF16));
  if (!agrees) throw contradiction(marked, name);
  return { encoding: new Encoding(marked), hasBom: true };
}

const BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const ASCII = Buffer.from(Array.from({ length: 128 }, (_, byte) => byte));

/** The name as Encoding has it. @throws UsageError for a name that is not known, or not that of an encoding of text */
export function encodingName(given: string): string {
  const name = given.toLowerCase();
  const spelled = SPELLINGS[name.replace(/[^a-z0-9]/g, '')];
  if (spelled !== undefined) return spelled;
  if (iconv.encodingExists(name) && iconv.decode(ASCII, name) === ASCII.toString('latin1')) return name;
  throw new UsageError(
    `the encoding "${printable(given.slice(0, 40))}" is not known`,
    'Give `encoding` with a name such as utf-8, utf-16le, utf-16be, windows-1252, windows-1250, iso-8859-1, ' +
      'iso-8859-15, cp850, macintosh, shift_jis, gbk, gb18030, big5 or euc-kr; without it, UTF-8 and UTF-16 with a ' +
      'byte order mark are found by themselves.',
  );
}

function noByteOrder(): InputError {
  return new InputError(
    'the file has no byte order mark, so utf-16 does not say which byte of two comes first',
    'Give `encoding` utf-16le, which Windows writes, or utf-16be.',
    { line: 1 },
  );
}

function contradiction(marked: string, given: string): InputError {
  return new InputError(
    `the file begins with the byte order mark of ${marked}, but \`encoding\` says ${given}`,
    `Leave \`encoding\` out: read as ${given}, its letters would become others.`,
    { line: 1 },
  );
}
