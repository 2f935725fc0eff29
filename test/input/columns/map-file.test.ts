import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { InputError } from '../../../src/errors.js';
import { readMapFile } from '../../../src/input/columns/map-file.js';
import { folder } from '../samples.js';

async function read(content: string | Buffer): Promise<string[]> {
  const path = join(await folder(), 'map.json');
  await writeFile(path, content);
  return readMapFile(path);
}
const text = '{\r\n  "Prénom": "firstName",\r\n  "Größe": "ignore"\r\n}\r\n';
const entries = ['Prénom=firstName', 'Größe=ignore'];

it.each([
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with its mark', Buffer.from(`\ufeff${text}`)],
  ['UTF-16 of PowerShell 5', Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16, the other way round', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
])('is read in %s', async (_, bytes) => {
  expect(await read(bytes)).toEqual(entries);
});

it.each([
  ['the same column twice', '{"Mail":"userId","Mail":"lookupUsername"}', 'it has the column "Mail" twice'],
  ['the same in an escape', '{"Mail":"userId","M\\u0061il":"ignore"}', 'it has the column "Mail" twice'],
  [
    'bytes of another encoding',
    Buffer.from('{"Pr\xe9nom":"firstName"}', 'latin1'),
    'it is not a text in UTF-8 or UTF-16',
  ],
  ['a list', '[]', 'it is an empty list'],
])('is refused with %s', async (_, content, message) => {
  const reading = read(content);
  await expect(reading).rejects.toThrow(InputError);
  await expect(reading).rejects.toThrow(`\`mapFile\` map.json: ${message}`);
});
