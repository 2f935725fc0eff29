import { createHash } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import iconv from 'iconv-lite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { InputError, UsageError } from '../../../src/errors.js';
import { validateSource } from '../../../src/input/rows/validate-source.js';
import { encodingOf } from '../../../src/input/source/encoding.js';
import { openSource, spoolSource } from '../../../src/input/source/open-source.js';
import type { Source } from '../../../src/input/source/source.js';
import { toUtf8 } from '../../../src/input/source/transcode.js';
import { folder, NETWORK } from '../samples.js';

async function opened(bytes: Buffer, encoding?: string, name = 'users.csv'): Promise<Source> {
  const path = join(await folder(), name);
  await writeFile(path, bytes);
  const source = await openSource(path, { encoding });
  onTestFinished(() => source.close());
  return source;
}

const joined = async (chunks: AsyncIterable<Buffer>) => {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
};

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** The place and kind of what stops the opening. */
async function refusal(bytes: Buffer, encoding?: string): Promise<InputError> {
  const error: unknown = await opened(bytes, encoding).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return error as InputError;
}

const names: readonly (readonly [string, string])[] = [
  ['windows-1252', 'Zoë O’Brien €'],
  ['Windows 1252', 'Zoë'],
  ['iso-8859-1', 'Zoë Müller'],
  ['ISO8859-15', 'Zoë €'],
  ['windows-1250', 'Łukasz Žižek'],
  ['windows-1251', 'Ёлка'],
  ['cp850', 'Zoë Müller'],
  ['macintosh', 'Zoë Müller'],
  ['shift_jis', '髙橋 ソ表 ～'],
  ['gbk', '李小龙'],
  ['gb18030', '李😀小\ufffd龙'],
  ['big5', '許功蓋'],
  ['euc-kr', '김철수'],
  ['utf-16le', 'Zoë 😀 上'],
  ['UTF-16BE', 'Zoë 😀 上 ਊ'],
  ['utf16le', 'Zoë'],
];

describe('an input in another encoding', () => {
  it.each(names)('%s is read as UTF-8, and given back as it was', async (name, text) => {
    // More than one chunk, with characters across its end.
    for (const lineEnd of ['\n', '\r\n', '\r']) {
      const lines = Array.from({ length: 2000 }, (_, i) => `${i},${text}${'x'.repeat(i % 5)}${lineEnd}`);
      const content = `userId,firstName${lineEnd}${lines.join('')}last`;
      const bytes = iconv.encode(content, name);
      const source = await opened(bytes, name);
      const utf8 = Buffer.from(content);
      expect((await joined(source.chunks())).equals(utf8)).toBe(true);
      expect((await joined(source.originals(0, utf8.length))).equals(bytes)).toBe(true);
      const start = utf8.indexOf('\n1000,') + 1 || utf8.indexOf('\r1000,') + 1;
      const [, line = ''] = [...content.matchAll(/(1000,.*?)(?=\r|\n)/gu)][0] ?? [];
      const row = await joined(source.originals(start, start + Buffer.byteLength(line)));
      expect(row.equals(iconv.encode(line, name))).toBe(true);
      expect(source.size).toBe(bytes.length);
      expect(await source.sha256()).toBe(sha256(bytes));
    }
  });

  it.each([
    ['utf-16le', (bytes: Buffer) => bytes],
    ['utf-16be', (bytes: Buffer) => bytes.swap16()],
  ])('%s is found by its byte order mark, which stays', async (name, order) => {
    const content = '\ufeffuserId,firstName\n1,Zoë\n';
    const bytes = order(Buffer.from(content, 'utf16le'));
    for (const given of [undefined, name, 'utf-16']) {
      const source = await opened(bytes, given);
      expect(source).toMatchObject({ encoding: name, bomLength: 3, size: bytes.length });
      expect((await joined(source.chunks())).toString()).toBe(content);
      expect((await joined(source.originals(0, Buffer.byteLength(content)))).equals(bytes)).toBe(true);
      const { sha256: hash, rows } = await validateSource(source, { networkId: NETWORK });
      expect({ hash, rows }).toEqual({ hash: sha256(bytes), rows: 1 });
    }
  });

  it('gives back stretches of any length', async () => {
    // Such that a piece of 1 MiB ends within a character.
    const content = `userId,firstName\r\n${'7,髙橋😀\n'.repeat(150_000)}`;
    const bytes = iconv.encode(content, 'gb18030');
    const source = await opened(bytes, 'gb18030');
    const original = await joined(source.originals(0, Buffer.byteLength(content)));
    expect(original.length).toBeGreaterThan(1024 * 1024);
    expect(original.equals(bytes)).toBe(true);
  });

  it('is changed if the original is, not the copy', async () => {
    const source = await opened(iconv.encode('userId,firstName\n1,Zoë\n', 'windows-1252'), 'windows-1252');
    expect(await source.unchanged()).toBe(true);
    await writeFile(source.path, 'userId,firstName\n');
    expect(await source.unchanged()).toBe(false);
    await expect(validateSource(source, { networkId: NETWORK })).rejects.toThrow('changed while it was');
  });

  it('leaves no copy that has a name', async () => {
    const copies = async () =>
      (await readdir(tmpdir())).filter((name) => /^wickr-bulk-[0-9a-f]{8}-/.test(name));
    const before = await copies();
    await opened(Buffer.from([0x5a, 0xeb, 0x0a]), 'windows-1252');
    await refusal(Buffer.from([0x5a, 0x81, 0x0a]), 'windows-1252');
    expect((await copies()).filter((name) => !before.includes(name))).toEqual([]);
  });

  it('can come from a stream', async () => {
    const bytes = iconv.encode('userId,firstName\n1,Zoë\n', 'windows-1252');
    async function* stream() {
      yield bytes;
    }
    for (const keep of [true, false]) {
      const path = join(await folder(), 'input');
      const source = await spoolSource(stream(), path, { format: 'csv', keep, encoding: 'windows-1252' });
      onTestFinished(() => source.close());
      expect((await joined(source.chunks())).toString()).toBe('userId,firstName\n1,Zoë\n');
      expect(await source.sha256()).toBe(sha256(bytes));
    }
  });

  it('from a stream is not waited for if the encoding is not known', async () => {
    const stream = {
      [Symbol.asyncIterator]: () => expect.unreachable('nothing is to be read'),
    };
    const path = join(await folder(), 'input');
    const spooling = spoolSource(stream, path, { format: 'csv', keep: true, encoding: 'klingon' });
    await expect(spooling).rejects.toThrow(UsageError);
    expect(await readdir(dirname(path))).toEqual([]);
  });

  it('is not transcoded further once the signal is aborted', async () => {
    const path = join(await folder(), 'users.csv');
    await writeFile(path, 'a\n');
    const reason = new Error('stop');
    const opening = openSource(path, { encoding: 'cp850', signal: AbortSignal.abort(reason) });
    await expect(opening).rejects.toBe(reason);
  });
});

describe('UTF-8', () => {
  it.each([undefined, 'utf-8', 'UTF8'])('is read as it is, with `encoding` %s', async (encoding) => {
    const bytes = Buffer.from('\ufeffuserId,firstName\n1,Zoë\n\xff', 'latin1');
    const source = await opened(bytes, encoding);
    expect(source).toMatchObject({ encoding: 'utf-8' });
    expect((await joined(source.chunks())).equals(bytes)).toBe(true);
    expect((await joined(source.originals(3, 9))).equals(bytes.subarray(3, 9))).toBe(true);
  });

  it.each(['\ufeffuserId,firstName\n1,Zoë\n', 'userId,firstName\n1,Zoë\n'])(
    'that is damaged is damaged with `encoding` utf-8 too',
    async (content) => {
      const source = await opened(Buffer.concat([Buffer.from(content), Buffer.from([0xff])]), 'utf-8');
      const { readError, rows } = await validateSource(source, { networkId: NETWORK });
      expect(rows).toBe(1);
      expect(readError?.message).toMatch(/^line 3: byte 1 is not valid UTF-8/);
    },
  );
});

describe('bytes that are not in the encoding', () => {
  const utf16 = (text: string) => Buffer.from(text, 'utf16le');

  it.each([
    ['undefined in Windows-1252', 'windows-1252', Buffer.from('a\r\nb\r\nZo\x81\n', 'latin1'), 3, 3],
    ['after CR alone', 'windows-1252', Buffer.from('a\rb\r\rZ\x81\r\n', 'latin1'), 4, 2],
    ['at the very beginning', 'windows-1252', Buffer.from('\x81', 'latin1'), 1, 1],
    ['beyond ASCII', 'ascii', Buffer.from('a\nZo\xeb', 'latin1'), 2, 3],
    ['half a character before a line end', 'shift_jis', Buffer.from('a\nb\x81\nc', 'latin1'), 2, 2],
    ['half a character at the end', 'gbk', Buffer.from('a\nbc\x81', 'latin1'), 2, 3],
    ['half a unit', 'utf-16le', Buffer.concat([utf16('a\nb'), Buffer.from('c')]), 2, 3],
    ['half a surrogate pair', 'utf-16le', utf16('a\nbc\ud800d'), 2, 5],
    ['the other half', 'utf-16be', utf16('a\n\ude00d').swap16(), 2, 1],
    [
      'far into the file',
      'windows-1252',
      Buffer.from(`${'Zo\xeb\n'.repeat(30_000)}Z\x81`, 'latin1'),
      30_001,
      2,
    ],
  ])('stop it with line and byte: %s', async (_, encoding, bytes, line, byte) => {
    const error = await refusal(bytes, encoding);
    expect(error.message).toBe(`line ${line}: byte ${byte} is not valid in ${encoding}`);
    expect(error.hint).toContain('`encoding`');
  });

  it('and a line end that is cut in two is one', async () => {
    async function* chunks() {
      yield Buffer.from('a\r');
      yield Buffer.from('\nb\x81', 'latin1');
    }
    const { encoding } = encodingOf(Buffer.alloc(0), 'windows-1252');
    await expect(joined(toUtf8(chunks(), encoding))).rejects.toThrow(/^line 2: byte 2 /);
  });

  it('and controls that no text has point at the encoding that it may be', async () => {
    const { message, hint } = await refusal(Buffer.from('a\nM\xfcller, O\x92Brien', 'latin1'), 'iso-8859-1');
    expect(message).toBe('line 2: byte 10 is a control character in iso-8859-1, which no text has');
    expect(hint).toContain('`encoding` windows-1252');
  });

  // NEC's row 13 has what JIS X 0208 has already.
  it('and those that would come back as others are refused', async () => {
    const { message } = await refusal(Buffer.from([0x61, 0x0a, 0x41, 0x87, 0x90, 0x0a]), 'shift_jis');
    expect(message).toMatch(/^line 2: byte 2 belongs to a character that shift_jis has twice/);
  });

  it('and a line without an end is refused, not held', async () => {
    const { message } = await refusal(Buffer.alloc(3 * 1024 * 1024, 'a'), 'windows-1252');
    expect(message).toBe('line 1: the row that starts here is longer than 1 MiB');
  });
});

describe('the encoding that is given', () => {
  it.each(['klingon', '', 'hex', 'base64', 'utf-7', 'utf-32', 'toString', 'x'.repeat(99), 'a\u001b[31m'])(
    'cannot be %j',
    async (name) => {
      const opening = opened(Buffer.from('a'), name);
      await expect(opening).rejects.toThrow(UsageError);
      await expect(opening).rejects.toThrow(/^the encoding "[^\p{C}]{0,40}" is not known$/u);
      await expect(opening).rejects.toMatchObject({ hint: expect.stringContaining('windows-1252') });
    },
  );

  const utf8 = Buffer.from('\ufeffuserId');
  const little = Buffer.from('\ufeffuserId', 'utf16le');

  it.each([
    ['windows-1252', 'utf-8', utf8],
    ['utf-16le', 'utf-8', utf8],
    ['utf-16', 'utf-8', utf8],
    ['utf-8', 'utf-16le', little],
    ['windows-1252', 'utf-16le', little],
    ['utf-16be', 'utf-16le', little],
    ['utf-16le', 'utf-16be', Buffer.from(little).swap16()],
  ])('%s contradicts the byte order mark of %s', async (given, mark, bytes) => {
    const { message, hint } = await refusal(bytes, given);
    expect(message).toBe(
      `line 1: the file begins with the byte order mark of ${mark}, but \`encoding\` says ${given}`,
    );
    expect(hint).toContain('Leave `encoding` out');
  });

  it.each(['windows-1252', 'iso-8859-15', 'cp850', 'macintosh'])(
    'is not %s if all its letters are those of UTF-8',
    async (given) => {
      const { message, hint } = await refusal(Buffer.from('userId,firstName\n1,Zoë\n2,José\n'), given);
      expect(message).toBe(
        `line 2: the file is in UTF-8, but \`encoding\` says ${given}: its letters would become others`,
      );
      expect(hint).toContain('Leave `encoding` out');
    },
  );

  it('may be another one if there are no letters beyond ASCII, or letters that are not UTF-8', async () => {
    for (const text of ['userId,firstName\n1,Ann\n', 'userId,firstName\n1,Zoë\n'])
      expect((await opened(iconv.encode(text, 'windows-1252'), 'windows-1252')).encoding).toBe(
        'windows-1252',
      );
    // The four bytes are two letters of GBK as well as one of UTF-8 and one of ASCII.
    expect((await opened(Buffer.from([0xe8, 0x81, 0x94, 0x6e]), 'gbk')).encoding).toBe('gbk');
  });

  it('cannot leave the byte order open if no mark tells it', async () => {
    const { message, hint } = await refusal(little.subarray(2), 'utf-16');
    expect(message).toContain('no byte order mark');
    expect(hint).toContain('utf-16le');
  });
});
