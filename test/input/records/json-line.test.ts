import fc from 'fast-check';
import { expect, it } from 'vitest';
import { repeatedKey } from '../../../src/input/records/json-line.js';
import { randomCases } from '../../length.js';

it('finds a key that is there twice, and none if there is none', () => {
  const key = fc.constantFrom('a', 'b', ':', '"', '\\', '{"a":1', '\u2028', 'é');
  const pairs = fc.array(
    fc.tuple(
      key,
      fc.string().map((text) => JSON.stringify(text)),
    ),
    { maxLength: 4 },
  );
  const write = (list: readonly (readonly [string, string])[]) =>
    list.map(([name, value]) => `${JSON.stringify(name)} : ${value}`);
  fc.assert(
    fc.property(pairs, fc.option(pairs, { nil: undefined }), (outer, inner) => {
      const text = `{${[...write(outer), ...(inner === undefined ? [] : [`"in":{${write(inner)}}`])]}}`;
      const isTwice = (list: readonly (readonly [string, string])[]) =>
        new Set(list.map(([name]) => name)).size < list.length;
      const parsed = JSON.parse(text) as Record<string, unknown>;
      const keys = Object.keys(parsed).length + Object.keys((parsed.in as object | undefined) ?? {}).length;
      const expected = isTwice(outer) || isTwice(inner ?? []);
      expect(repeatedKey(text, keys) !== undefined).toBe(expected);
    }),
    randomCases(50, 500),
  );
});

it('keeps the keys of different objects apart', () => {
  expect(repeatedKey('{"x":{"a":1},"y":{"a":1},"a":":"}', 3)).toBeUndefined();
});
