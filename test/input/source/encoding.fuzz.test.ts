import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/errors.js';
import { encodingOf } from '../../../src/input/source/encoding.js';
import { toUtf8 } from '../../../src/input/source/transcode.js';
import { randomCases } from '../../length.js';
import { cutAt, cuts, MARK, mutated, readSoundly, value } from '../hostile-bytes.js';
import { csv, NETWORK } from '../samples.js';

const NAMES = [
  ...['windows-1252', 'windows-1250', 'iso-8859-1', 'cp850', 'ascii', 'shift_jis', 'gbk', 'gb18030', 'big5'],
  ...['euc-jp', 'euc-kr', 'utf-16le', 'utf-16be'],
];
const name = fc.constantFrom(...NAMES);

/** The text in UTF-8, or the error. */
async function transcoded(bytes: Buffer, encoding: string, shares: readonly number[]) {
  async function* chunks() {
    let start = 0;
    for (const end of [...cutAt(bytes, shares).sort((a, b) => a - b), bytes.length]) {
      if (end > start) yield bytes.subarray(start, end);
      start = end;
    }
  }
  const all: Buffer[] = [];
  try {
    for await (const chunk of toUtf8(chunks(), encodingOf(Buffer.alloc(0), encoding).encoding))
      all.push(chunk);
    return Buffer.concat(all);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

/** Of a few letters a chance can make UTF-8, in the whole file or in a line, which is refused whatever else it may be. */
const isTakenForUtf8 = ({ message }: InputError) =>
  /^line [1-9]\d*: (the file is in UTF-8, but|this line is not in UTF-8, as)/.test(message);

describe('an input in any encoding', () => {
  it('comes back as it was, or is refused, however it is cut', async () => {
    const files = fc
      .tuple(fc.array(fc.array(value, { minLength: 1, maxLength: 3 }), { maxLength: 5 }), name)
      .map(([rows, encoding]) => {
        const lines = rows.map((cells, i) => `${i},${cells.join(' ')}\r\n`);
        return iconv.encode(`userId,firstName\n${lines.join('')}`, encoding);
      });
    const tried = randomCases(300, 3000);
    let [read, refused] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.oneof(files, mutated(files)), name, cuts, async (bytes, encoding, shares) => {
        const whole = await transcoded(bytes, encoding, []);
        const again = await transcoded(bytes, encoding, shares);
        if (whole instanceof InputError) {
          refused++;
          expect(again).toMatchObject({ message: whole.message, hint: whole.hint });
          expect(`${whole.message} ${whole.hint}`).not.toContain(MARK);
          if (isTakenForUtf8(whole)) return;
          const [, line, byte] = /^line (\d+): byte (\d+) /.exec(whole.message) ?? [];
          expect(Number(line)).toBeGreaterThan(0);
          expect(Number(byte)).toBeGreaterThan(0);
          return;
        }
        read++;
        expect(whole.equals(again as Buffer)).toBe(true);
        expect(iconv.encode(whole.toString(), encoding).equals(bytes)).toBe(true);
        readSoundly(csv, whole, shares, { networkId: NETWORK, ignoreUnknownColumns: true });
      }),
      tried,
    );
    expect(Math.min(read, refused)).toBeGreaterThan(tried.numRuns / 30);
  });

  it('that holds only its characters is never refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' })),
        name,
        cuts,
        async (texts, encoding, shares) => {
          const text = iconv.decode(iconv.encode(texts.join('\n'), encoding), encoding, { stripBOM: false });
          fc.pre(!/[\u0080-\u009f]/.test(text));
          const bytes = iconv.encode(text, encoding);
          const read = await transcoded(bytes, encoding, shares);
          fc.pre(!(read instanceof InputError && isTakenForUtf8(read)));
          expect(read.toString()).toBe(text);
        },
      ),
      randomCases(100, 1000),
    );
  });
});
