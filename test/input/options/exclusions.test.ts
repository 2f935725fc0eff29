import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { InputError } from '../../../src/errors.js';
import { readExclusions } from '../../../src/input/rows/exclusion-file.js';
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
])('reads %s: %j', async (name, content, expected) => {
  expect(await users(name, content)).toEqual(expected);
});

it.each([
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
