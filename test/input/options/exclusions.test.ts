import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InputError } from '../../../src/errors.js';
import { readExclusions } from '../../../src/input/rows/exclusion-file.js';
import { randomCases } from '../../length.js';
import { folder } from '../samples.js';

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(await folder(), name);
  await writeFile(path, content);
  return path;
}
const users = async (name: string, content: string | Buffer) => {
  const { userIds, usernames } = await readExclusions(await file(name, content));
  return [[...userIds.keys()], [...usernames]];
};

it.each([
  ['a.csv', 'userId,firstName\n7,Ann\n08,\n', [['7', '08'], []]],
  ['a.csv', 'Username;dept\nAnn@x.org;1\n', [[], ['ann@x.org']]],
  [
    'a.tsv',
    'userId\tlookupUsername\n7\t\n\tBob\n8\tCy\n',
    [
      ['7', '8'],
      ['bob', 'cy'],
    ],
  ],
  ['a.jsonl', '{"userId":"7"}\n{"username":"Ann","firstName":null}\n', [['7'], ['ann']]],
  ['a.txt', '\ufeff# the board\r\n\r\n 7 \r\nAnn@X.org\r\n', [['7'], ['7', 'ann@x.org']]],
  ['list', 'Zoe\u0308', [[], ['zo\u00eb']]],
  ['a.txt', Buffer.from('\ufeffAnn\r\n', 'utf16le'), [[], ['ann']]],
  ['a.txt', '"Ann@x.org"\n "7" \n"a""b"\nnull\n', [['7'], ['ann@x.org', '7', 'a"b', 'null']]],
  ['a.csv', 'username\n"Ann@x.org"\nNull\n', [[], ['ann@x.org', 'null']]],
])('reads %s: %j', async (name, content, expected) => {
  expect(await users(name, content)).toEqual(expected);
});

it.each([
  ['a.txt', 'Ann@x.org"', 'line 1: begins or ends with a quote or an equals sign, U+0022 at character 10'],
  ['a.txt', "x\n'Ann@x.org'", 'line 2: begins or ends with a quote or an equals sign, U+0027 at character 1'],
  ['a.txt', '“Ann@x.org”', 'line 1: begins or ends with a quote or an equals sign, U+201C at character 1'],
  ['a.txt', '="Ann@x.org"', 'line 1: begins or ends with a quote'],
  ['a.txt', '""Ann@x.org""', 'line 1: begins or ends with a quote'],
  ['a.txt', '" Ann@x.org"', 'line 1: has white space in it, U+0020 (blank) at character 1'],
  [
    'a.txt',
    'Ann@x.org\u200b',
    'line 1: has a character that is not seen, U+200B (zero-width space) at character 10',
  ],
  ['a.txt', 'mailto:Ann@x.org', 'line 1: begins with "mailto:"'],
  ['a.txt', 'Ann <Ann@x.org>', 'line 1: is a name with an address in <>'],
  ['a.txt', '- Ann@x.org', 'line 1: has white space in it'],
  ['a.txt', 'Ann@x.org # CEO', 'line 1: has white space in it'],
  ['a.txt', 'Ann@x.org|7', 'line 1: has more than one value'],
  ['a.txt', 'username\nAnn@x.org', 'line 1: is the name of a column'],
  ['a.csv', 'username\nAnn@x.org\u200b\n', 'line 2: has a character that is not seen'],
  ['a.csv', 'username\nAnn@x.org\nmailto:x@y.org\n', 'line 3: begins with "mailto:"'],
  ['a.txt', '', 'it names no user'],
  ['a.txt', '# nobody\n\n', 'it names no user'],
  ['a.txt', '7\n1.23457E+11\n', 'line 2: is a number but not a user ID'],
  ['a.txt', '12345678901', 'line 1: is a number but not a user ID'],
  ['a.txt', 'userId,firstName\n7,Ann', 'line 1: has more than one value'],
  ['a.txt', Buffer.from([0x41, 0xe9, 0x0a]), 'it is not a text in UTF-8'],
  ['a.txt', Buffer.from('PK\0\0'), 'it is not a text in UTF-8'],
  ['a.csv', 'userId\n', 'line 1: the input has a header and no data rows'],
  ['a.csv', 'userId\n1.23457E+11\n', 'line 2: is a number in scientific notation'],
  ['a.csv', 'firstName,x\nAnn,1\n', 'line 1: there is neither a userId nor a lookupUsername column'],
  ['a.jsonl', '{"userId":"7"}\n{"firstName":"Ann"}\n', 'line 2: is missing'],
])('refuses %s: %j', async (name, content, message) => {
  const reading = users(name, content);
  await expect(reading).rejects.toThrow(InputError);
  await expect(reading).rejects.toThrow(`\`exclude\` ${name}: ${message}`);
  await expect(reading).rejects.not.toThrow('Ann');
});

/** What people, editors and spreadsheets make of a username. */
const written: ((name: string) => string)[] = [
  ...[(name: string) => name, (name: string) => name.toUpperCase(), (name: string) => ` ${name}\t`],
  ...[(name: string) => `"${name}"`, (name: string) => `'${name}'`, (name: string) => `“${name}”`],
  ...[(name: string) => `="${name}"`, (name: string) => `${name},`, (name: string) => `${name};x@y.org`],
  ...[(name: string) => `mailto:${name}`, (name: string) => `Ana <${name}>`, (name: string) => `- ${name}`],
  ...[(name: string) => `${name}\u200b`, (name: string) => `\ufeff${name}`, (name: string) => `${name} # x`],
  ...[(name: string) => `"${name}`, (name: string) => `${name}\u00a0`, (name: string) => `(${name})`],
  ...[(name: string) => `<${name}>`, (name: string) => `"${name}";`, (name: string) => `[${name}]`],
];

it('an entry of any list protects its user, or the list is refused with its line', async () => {
  const username = fc
    .tuple(fc.stringMatching(/^[a-z][a-z.]{0,5}$/), fc.constantFrom('@x.org', '@münchen.example', '', '7'))
    .map((parts) => parts.join(''));
  const entry = fc.tuple(username, fc.constantFrom(...written));
  const lists = fc.tuple(
    fc.array(entry, { minLength: 1, maxLength: 6 }),
    fc.constantFrom('vips.txt', 'vips.csv', 'vips.jsonl'),
  );
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const contents = (lines: readonly string[], name: string) => {
    if (name === 'vips.csv') return `username\n${lines.map(cell).join('\n')}\n`;
    if (name === 'vips.txt') return lines.join('\n');
    return lines.map((line) => JSON.stringify({ username: line })).join('\n');
  };
  await fc.assert(
    fc.asyncProperty(lists, async ([entries, name]) => {
      const lines = entries.map(([user, write]) => write(user));
      const first = name === 'vips.csv' ? 2 : 1;
      const path = await file(name, contents(lines, name));
      const read = await readExclusions(path).catch((error: unknown) => error as InputError);
      if (read instanceof InputError) {
        const line = Number(/: line (\d+): /.exec(read.message)?.[1]);
        expect(line).toBeGreaterThanOrEqual(first);
        expect(lines[line - first]).toBeDefined();
        // A line that is just the username is never the one at fault.
        expect(lines[line - first]).not.toBe(entries[line - first]?.[0]);
        return;
      }
      for (const [user] of entries) expect(read.usernames).toContain(user.normalize('NFC').toLowerCase());
    }),
    randomCases(200, 2000),
  );
});

it('refuses a list that is not there, or another than before', async () => {
  await expect(readExclusions('/nowhere/vips.txt')).rejects.toThrow(
    '`exclude` vips.txt: there is no such file',
  );
  await expect(readExclusions('/nowhere/vips.csv')).rejects.toThrow(
    '`exclude` vips.csv: there is no input file',
  );
  const path = await file('vips.csv', 'userId\n7\n');
  const { sha256 } = await readExclusions(path);
  expect((await readExclusions(path, sha256)).sha256).toBe(sha256);
  await writeFile(path, 'userId\n8\n');
  await expect(readExclusions(path, sha256)).rejects.toThrow(
    'it is not the file that the run was started with',
  );
});
