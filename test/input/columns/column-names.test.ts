import { describe, expect, it } from 'vitest';
import {
  columnNames,
  columnOf,
  listUnknown,
  normalizeName,
} from '../../../src/input/columns/column-names.js';
import { distance, near, nearest } from '../../../src/text/nearest-name.js';

it.each([
  ['firstName', 'firstName'],
  ['First Name', 'firstName'],
  ['FIRST_NAME', 'firstName'],
  [' first-name. ', 'firstName'],
  ['\ufefffirstName', 'firstName'],
  ['invite code TTL', 'inviteCodeTtl'],
  ['Security Group IDs', 'securityGroupIds'],
  ['lookup username', 'lookupUsername'],
  ['first', undefined],
  ['', undefined],
  ['__proto__', undefined],
  ['constructor', undefined],
])('matches without case, spaces and punctuation: %j is %j', (name, column) => {
  expect(columnOf(name)).toBe(column);
});

it('lists every unknown name with its position and the nearest known one', () => {
  const unknown = [
    { position: 2, name: 'frist name' },
    { position: 3, name: ' ' },
    { position: 5, name: 'usrId' },
  ];
  expect(listUnknown('column', unknown, columnNames)).toBe(
    'column 2 "frist name" (nearest known name: firstName), column 3 without a name, ' +
      'column 5 "usrId" (nearest known name: userId)',
  );
});

describe('shows an unknown name', () => {
  it('without anything that could act on a terminal', () => {
    const name = 'a\u001b[31m\r\nb\u202ec\u0000\u200bd';
    expect(listUnknown('key', [{ position: 1, name }], columnNames)).toContain('"a [31m b c d"');
  });

  it('cut to 40 characters, a character of two code units never cut in half', () => {
    expect(listUnknown('key', [{ position: 1, name: 'é'.repeat(41) }], columnNames)).toContain(
      `"${'é'.repeat(39)}…"`,
    );
    expect(listUnknown('key', [{ position: 1, name: '😀a'.repeat(99) }], columnNames)).toContain(
      `"${'😀a'.repeat(19)}😀…"`,
    );
    expect(
      listUnknown('key', [{ position: 1, name: 'x'.repeat(1_000_000) }], columnNames).length,
    ).toBeLessThan(100);
  });

  it('up to 20 times', () => {
    const unknown = Array.from({ length: 30 }, (_, index) => ({ position: index + 1, name: 'x' }));
    expect(listUnknown('key', unknown, columnNames)).toMatch(/key 20 "x" and 10 more$/);
  });
});

it.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', '', 3],
  ['abc', 'abd', 1],
  ['abc', 'ac', 1],
  ['ac', 'abc', 1],
  ['abcd', 'abdc', 1],
  ['kitten', 'sitting', 3],
])('counts edits, a swap of neighbours as one: %j to %j takes %i', (a, b, edits) => {
  expect(distance(a, b)).toBe(edits);
});

it.each([
  ['frstname', 'firstName'],
  ['usrid', 'userId'],
  ['lastnmae', 'lastName'],
  ['securitygroup', 'securityGroupIds'],
  // Other words, of which the nearest name would mislead.
  ['email', undefined],
  ['dept', undefined],
  ['surname', undefined],
  ['user', undefined],
  ['id', undefined],
  ['', undefined],
])('suggests a name only for a slip of the fingers: for %j %j', (name, guess) => {
  expect(near(name, columnNames, normalizeName)).toBe(guess);
});

it('a word of two letters is no slip of another, one of three can be', () => {
  expect(near('hr', ['IT', 'HQ'], (name) => name.toLowerCase())).toBeUndefined();
  expect(near('ser', ['set', 'map'], (name) => name)).toBe('set');
});

it('takes the earlier of two names that are as near', () => {
  expect(nearest('ab', ['xb', 'ay'], (name) => name)).toBe('xb');
});
