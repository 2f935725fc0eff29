/** Rules against a naive evaluation of them: for random files and rules, what a row wants is what it should, in their order. */
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { InputOptions } from '../../../src/input/options/input-options.js';
import type { Row } from '../../../src/model.js';
import { randomCases } from '../../length.js';
import { csv, jsonl, NETWORK, read } from '../samples.js';

/** The columns of a file, and the fields that they are read as. */
const columns = {
  userId: 'userId',
  Given: 'firstName',
  Family: 'lastName',
  username: 'username',
  Team: undefined,
} as const;
type Column = keyof typeof columns;
const fields = ['firstName', 'lastName', 'username'] as const;

const word = fc.constantFrom(
  '',
  'ann',
  'Ann',
  'ANN ',
  'Bo',
  'bob',
  'Ée',
  'e\u0301e',
  'x-y',
  'aa',
  'b@old',
  'Lee',
);
const filters = ['lower', 'upper', 'letters', 'initial'] as const;

/** One row; a value that is empty is one that a JSON row does not have. */
const row = fc.record({ Given: word, Family: word, username: word, Team: word });
const entries = fc.uniqueArray(
  fc.tuple(fc.constantFrom('ann', 'BO', 'ée', 'aa', '*'), fc.constantFrom('T1', 'ann', 'b@old')),
  {
    selector: ([value]) => value,
    minLength: 1,
    maxLength: 5,
  },
);
const slot = fc.record({
  column: fc.constantFrom<Column>('Given', 'Family', 'username', 'Team'),
  filters: fc.array(fc.constantFrom(...filters), { maxLength: 2 }),
});
const replacement = fc.record({
  field: fc.constantFrom(...fields),
  regex: fc.constantFrom('a', '^(.)(.)', 'b@old$', '[nb]+', 'zzz', '.+'),
  text: fc.constantFrom('', 'q', '$2$1'),
  flags: fc.constantFrom('', 'i', 'g', 'gi'),
});
const rules = fc.record({
  where: fc.option(word.filter((text) => /^\w+$/.test(text))),
  translate: fc.uniqueArray(fc.record({ field: fc.constantFrom(...fields), entries }), {
    selector: ({ field }) => field,
    maxLength: 2,
  }),
  compose: fc.uniqueArray(
    fc.record({ field: fc.constantFrom(...fields), slots: fc.array(slot, { minLength: 1, maxLength: 2 }) }),
    {
      selector: ({ field }) => field,
      maxLength: 2,
    },
  ),
  replace: fc
    .array(replacement, { maxLength: 3 })
    .map((all) => all.filter(({ regex, text }) => regex.includes('(') || !text.includes('$'))),
  set: fc.option(fc.constantFrom(...fields)),
});
type Cells = Readonly<Record<'Given' | 'Family' | 'username' | 'Team', string>>;
type Meant = typeof rules extends fc.Arbitrary<infer T> ? T : never;

const optionsOf = ({ where, translate, compose, replace, set }: Meant): InputOptions => ({
  networkId: NETWORK,
  map: ['Given=firstName', 'Family=lastName'],
  translations: translate,
  compose: compose.map(
    ({ field, slots }) =>
      `${field}=${slots.map(({ column, filters: names }) => `{${[column, ...names].join('|')}}`).join('.')}`,
  ),
  replace: replace.map(({ field, regex, text, flags }) => `${field}=/${regex}/${text}/${flags}`),
  ...(where !== null && { where: [`Team=${where}`] }),
  ...(set !== null && { set: [`${set}=set`] }),
});

const naive: Readonly<Record<(typeof filters)[number], (text: string) => string>> = {
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  letters: (text) => [...text].filter((letter) => /[\p{L}\p{M}\p{N}]/u.test(letter)).join(''),
  initial: (text) => text.match(/\p{L}\p{M}*/u)?.[0] ?? '',
};

type Wanted =
  | 'skipped'
  | 'invalid'
  | { readonly details: Readonly<Record<string, string>>; readonly present: readonly string[] };

const nfc = (text: string) => text.normalize('NFC').trim();
const isNone = (text = '') => text.trim() === '';
const invalid = new Error('invalid');

function translated(file: Map<string, string>, { translate }: Meant): void {
  for (const { field, entries: pairs } of translate) {
    const text = file.get(field) ?? '';
    if (isNone(text)) continue;
    const same = (value: string) => nfc(value).toLowerCase() === nfc(text).toLowerCase();
    const pair = pairs.find(([value]) => same(value)) ?? pairs.find(([value]) => value === '*');
    if (!pair) throw invalid;
    file.set(field, pair[1]);
  }
}

function composed(file: Map<string, string>, team: string, { compose }: Meant): void {
  const seen = new Map(file);
  const textIn = (column: Column) => (column === 'Team' ? team : (seen.get(columns[column] ?? '') ?? ''));
  for (const { field, slots } of compose) {
    const parts = slots.map(({ column, filters: names }) => {
      const part = names.reduce((text, name) => naive[name](text), textIn(column));
      if (isNone(textIn(column)) || isNone(part)) throw invalid;
      return part;
    });
    file.set(field, parts.join('.'));
  }
}

/** Gives the fields of which only the user has a value. */
function replaced(file: Map<string, string>, { replace }: Meant): string[] {
  const ruled = fields.filter((field) => replace.some((rule) => rule.field === field));
  for (const { field, regex, text, flags } of replace) {
    const value = file.get(field) ?? '';
    if (!isNone(value)) file.set(field, value.replace(new RegExp(regex, `${flags}u`), text) || ' ');
  }
  if (ruled.some((field) => file.get(field) === ' ')) throw invalid;
  return ruled.filter((field) => isNone(file.get(field)));
}

/** The same without any of the program's own code. */
function wanted(cells: Cells, meant: Meant): Wanted {
  const { where, set } = meant;
  if (where !== null && nfc(cells.Team) !== where) return 'skipped';
  const { Given, Family, username } = cells;
  const file = new Map([
    ['firstName', Given],
    ['lastName', Family],
    ['username', username],
  ]);
  try {
    translated(file, meant);
    composed(file, cells.Team, meant);
    const present = replaced(file, meant).filter((field) => field !== set);
    if (set !== null) file.set(set, 'set');
    const details = Object.fromEntries([...file].filter(([, text]) => !isNone(text)));
    if (/\s/.test(details.username ?? '') || Object.keys(details).length + present.length === 0)
      return 'invalid';
    return { details, present };
  } catch (error) {
    if (error !== invalid) throw error;
    return 'invalid';
  }
}

function found(given: Row): Wanted {
  if ('skipped' in given) return 'skipped';
  if ('problems' in given) return 'invalid';
  if (!('command' in given || 'named' in given)) throw new Error('no row of an input');
  const { details, fromPresent = [] }: { details: object; fromPresent?: readonly string[] } =
    'command' in given ? given.command : given.named;
  return { details: { ...details } as Record<string, string>, present: [...fromPresent] };
}

const names = ['userId', 'Given', 'Family', 'username', 'Team'] as const;
const cellsOf = (rowsOf: readonly Cells[]) =>
  rowsOf.map((cells, index) => ({ userId: `${index + 1}`, ...cells }));
const asCsv = (all: readonly Cells[]) =>
  stringify([[...names], ...cellsOf(all).map((cells) => names.map((name) => cells[name]))]);
/** A member that is empty is left out, except of the first row, which has every name. */
const asJson = (all: readonly Cells[]) =>
  cellsOf(all)
    .map((cells) =>
      JSON.stringify(
        Object.fromEntries(names.flatMap((name) => (cells[name].trim() === '' ? [] : [[name, cells[name]]]))),
      ),
    )
    .join('\n');

it('make just the values that are meant', () => {
  const whole: Cells = { Given: 'Ann', Family: 'Bo', username: 'aa', Team: 'Lee' };
  fc.assert(
    fc.property(fc.array(row, { maxLength: 6 }), rules, (given, meant) => {
      const all = [whole, ...given];
      const expected = all.map((cells) => wanted(cells, meant));
      for (const reading of [
        read(csv, asCsv(all), optionsOf(meant)),
        read(jsonl, asJson(all), optionsOf(meant)),
      ]) {
        expect(reading.error).toBeUndefined();
        expect(reading.rows.map(found)).toEqual(expected);
      }
    }),
    randomCases(150, 10_000),
  );
});
