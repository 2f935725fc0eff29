import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordFramer } from '../../../src/input/records/record-framer.js';
import { MAX_RECORD } from '../../../src/input/source/source-errors.js';
import { randomCases } from '../../length.js';

interface Record {
  readonly text: string;
  readonly line: number;
}

function frame(input: string | Buffer, delimiter?: string, chunk = Number.POSITIVE_INFINITY) {
  const bytes = Buffer.from(input);
  const framer = new RecordFramer(0, delimiter);
  const records: Record[] = [];
  const stray: number[] = [];
  const take = ({ bytes, ends, lines, strayQuotes }: ReturnType<RecordFramer['push']>) => {
    for (const index of strayQuotes) stray.push(records.length + index);
    for (const [index, end] of ends.entries()) {
      records.push({ text: bytes.toString('utf8', ends[index - 1] ?? 0, end), line: lines[index] ?? 0 });
    }
  };
  for (let at = 0; at < bytes.length; at += chunk) take(framer.push(bytes.subarray(at, at + chunk)));
  take(framer.end());
  return { records, stray, error: framer.error?.message };
}

const texts = (input: string, delimiter?: string) => frame(input, delimiter).records.map(({ text }) => text);
const lines = (input: string, delimiter?: string) => frame(input, delimiter).records.map(({ line }) => line);

describe('where records end', () => {
  it.each([
    ['LF', 'a\nb\n', ['a\n', 'b\n']],
    ['CRLF', 'a\r\nb\r\n', ['a\r\n', 'b\r\n']],
    ['CR', 'a\rb\r', ['a\r', 'b\r']],
    ['all three mixed', 'a\rb\nc\r\nd', ['a\r', 'b\n', 'c\r\n', 'd']],
    ['LF CR is two line ends', 'a\n\rb', ['a\n', '\r', 'b']],
    ['no line end at the end', 'a\nb', ['a\n', 'b']],
    ['a quoted line end', 'a,"b\nc"\nd', ['a,"b\nc"\n', 'd']],
    ['a quoted quote before a line end', '"a""\nb"\nc', ['"a""\nb"\n', 'c']],
    ['an empty quoted cell', '"",""\n"a"', ['"",""\n', '"a"']],
    ['a quote inside a cell does not open', 'a"b\nc"d\n', ['a"b\n', 'c"d\n']],
    ['nothing', '', []],
  ])('%s', (_, input, expected) => {
    expect(texts(input, ',')).toEqual(expected);
  });

  it('gives quotes no meaning without a delimiter', () => {
    expect(texts('{"a":"\n"}\r\n')).toEqual(['{"a":"\n', '"}\r\n']);
  });
});

describe('the line on which a record starts', () => {
  it.each([
    ['LF', 'a\n"b\n\nc"\nd', [1, 2, 5]],
    ['CRLF', 'a\r\n"b\r\n\r\nc"\r\nd', [1, 2, 5]],
    ['CR', 'a\r"b\r\rc"\rd', [1, 2, 5]],
    ['a quoted LF CR', '"a\n\rb"\nc', [1, 4]],
  ])('%s', (_, input, expected) => {
    expect(lines(input, ',')).toEqual(expected);
  });
});

it('marks the records with a quote inside a cell that does not start with one', () => {
  expect(frame('a,b\nc,d"e\n"f""g",h\n i"j,k"\n', ',').stray).toEqual([1, 3]);
});

describe('error', () => {
  it.each([
    ['a NUL', 'a\nb\0c\n', 'line 2: byte 2 is a NUL: the file looks like UTF-16 or a binary file'],
    [
      'a NUL behind quoted CRLFs',
      'a\n"\r\n\r\nc\0"\n',
      'line 4: byte 2 is a NUL: the file looks like UTF-16 or a binary file',
    ],
    [
      'a NUL behind quoted LFs and CRs',
      'a\n"\n\r\n\n\rc\0"\n',
      'line 6: byte 2 is a NUL: the file looks like UTF-16 or a binary file',
    ],
    ['a quoted NUL', 'a\n"b\nc\0"\n', 'line 3: byte 2 is a NUL: the file looks like UTF-16 or a binary file'],
    [
      'a quote that is not closed',
      'a\nb,"c\nd\n',
      'line 2: the quote opened here is not closed before the end of the file',
    ],
    [
      'a quote that opens within a record',
      '"a\nb","c\n',
      'line 2: the quote opened here is not closed before the end of the file',
    ],
    [
      'text behind a quote',
      'a\n"b"c\n',
      'line 2: byte 4 follows a closing quote (opened on the same line) but is neither a delimiter nor a line end',
    ],
    [
      'text behind a quote of another line',
      'a\n"b\nc" \n',
      'line 3: byte 3 follows a closing quote (opened on line 2) but is neither a delimiter nor a line end',
    ],
    [
      'too many cells',
      `a\n${','.repeat(1000)}\n`,
      'line 2: the row that starts here has more than 1000 cells',
    ],
    [
      'a long row',
      `a\n${'b'.repeat(MAX_RECORD + 1)}`,
      'line 2: the row that starts here is longer than 1 MiB',
    ],
    [
      'a long quoted cell',
      `a\nb,"${'b\n'.repeat(MAX_RECORD)}"`,
      'line 2: the quote opened here is not closed within 1 MiB',
    ],
  ])('%s', (_, input, message) => {
    const { error, records } = frame(input, ',');
    expect(error).toBe(message);
    expect(records).toEqual([{ text: 'a\n', line: 1 }].slice(0, input.startsWith('a\n') ? 1 : 0));
  });

  it.each([
    ['in a row', Buffer.from('a\nM\xfcller\nb\n', 'latin1'), 'line 2: byte 2 is not valid UTF-8', 1],
    ['in a quoted cell', Buffer.from('a\n"b\n\nM\xfcl"\n', 'latin1'), 'line 4: byte 2 is not valid UTF-8', 1],
    ['before another error', Buffer.from('a\nM\xfcl\0\n', 'latin1'), 'line 2: byte 2 is not valid UTF-8', 1],
    [
      'cut short by the end',
      Buffer.from('a\nb\u20ac').subarray(0, 5),
      'line 2: byte 2 is not valid UTF-8',
      1,
    ],
  ])('invalid UTF-8 %s', (_, input, message, whole) => {
    const { error, records } = frame(input, ',');
    expect([error, records.length]).toEqual([message, whole]);
  });

  it('takes a row of exactly 1 MiB and of exactly 1,000 cells', () => {
    const input = `${'b'.repeat(MAX_RECORD - 1)}\n${','.repeat(999)}\nc`;
    expect(frame(input, ',').records).toHaveLength(3);
  });
});

it('finds the same records, lines and error wherever the chunks end', () => {
  const piece = fc.constantFrom(
    'a',
    'é',
    '€',
    '😀',
    '"',
    '""',
    ',',
    '\n',
    '\r',
    '\r\n',
    ',"',
    '",',
    '\0',
    '\xff',
  );
  const input = fc.array(piece, { maxLength: 60 }).map((pieces) => {
    return Buffer.concat(pieces.map((text) => (text === '\xff' ? Buffer.from([0xff]) : Buffer.from(text))));
  });
  fc.assert(
    fc.property(input, fc.constantFrom(',', undefined), (bytes, delimiter) => {
      const whole = frame(bytes, delimiter);
      for (const chunk of [1, 2, 3, 7]) expect(frame(bytes, delimiter, chunk)).toEqual(whole);
      if (whole.error !== undefined) return;
      expect(Buffer.from(whole.records.map(({ text }) => text).join(''))).toEqual(bytes);
    }),
    randomCases(50, 500),
  );
});

it('finds the same error in a row of more than 1 MiB wherever the chunks end', () => {
  const long = 'b'.repeat(MAX_RECORD - 10);
  for (const rest of [
    '\0',
    '\n\0',
    '\xff',
    '"c',
    `${'c'.repeat(10)}\0`,
    `${'c'.repeat(20)}\n`,
    `,"${'c'.repeat(20)}"\n`,
  ]) {
    for (const input of [
      Buffer.from(`a\n${long}${rest}`, 'latin1'),
      Buffer.from(`a\n"${long}${rest}`, 'latin1'),
    ]) {
      const whole = frame(input, ',');
      expect(frame(input, ',', 65_537)).toEqual(whole);
    }
  }
});
