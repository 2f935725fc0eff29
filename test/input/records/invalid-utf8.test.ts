import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { invalidUtf8At } from '../../../src/input/records/invalid-utf8.js';
import { randomCases } from '../../length.js';

it.each([
  ['ASCII', 'abc', -1],
  ['two, three and four bytes', 'é€😀', -1],
  ['a bare continuation', [0x61, 0x80], 1],
  ['an overlong slash', [0xc0, 0xaf], 0],
  ['an overlong three-byte form', [0x61, 0xe0, 0x80, 0xaf], 1],
  ['a surrogate', [0x61, 0xed, 0xa0, 0x80, 0x61], 1],
  ['beyond Unicode', [0x61, 0xf4, 0x90, 0x80, 0x80], 1],
  ['a lead without continuation', [0xc3, 0x61], 0],
  ['cut short', [0x61, 0xe2, 0x82], 1],
])('finds the first invalid byte: %s', (_, bytes, at) => {
  expect(invalidUtf8At(Buffer.from(bytes as string))).toBe(at);
});

it.each([
  ['two of three bytes', [0x61, 0xe2, 0x82], -1],
  ['one of four bytes', [0x61, 0xf0], -1],
  ['a start that no continuation completes', [0x61, 0xed, 0xa0], 1],
  ['a lead that takes a high second byte', [0xe0, 0xa0], -1],
  ['a lead that takes a low second byte', [0xf4, 0x8f, 0xbf], -1],
  ['an invalid byte before the cut', [0xff, 0xe2, 0x82], 0],
])('forgives a character that is cut short where it may be: %s', (_, bytes, at) => {
  expect(invalidUtf8At(Buffer.from(bytes), true)).toBe(at);
});

it('agrees with node on every input', () => {
  const bytes = fc.array(fc.constantFrom(0x61, 0x80, 0xbf, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(bytes, (list) => {
      const input = Buffer.from(list);
      const at = invalidUtf8At(input);
      expect(at === -1).toBe(isUtf8(input));
      if (at !== -1) expect(isUtf8(input.subarray(0, at))).toBe(true);
      // Cut anywhere, the valid part stays valid.
      const text = Buffer.from('aé€😀\ud7ff\u{10ffff}');
      for (let cut = 0; cut <= text.length; cut++)
        expect(invalidUtf8At(text.subarray(0, cut), true)).toBe(-1);
    }),
    randomCases(100, 1000),
  );
});
