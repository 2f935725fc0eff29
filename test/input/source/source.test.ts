import { execFileSync } from 'node:child_process';
import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  rename,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { InputError, UsageError } from '../../../src/errors.js';
import { openSource, spoolSource } from '../../../src/input/source/open-source.js';
import type { Source } from '../../../src/input/source/source.js';
import { fileSource, folder } from '../samples.js';

async function content(source: Source): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source.chunks()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('a file', () => {
  it('is read from its first byte, as often as asked', async () => {
    const bytes = Buffer.from(Array.from({ length: 200_003 }, (_, index) => index % 251));
    const source = await fileSource('users.csv', bytes);
    expect(source).toMatchObject({ name: 'users.csv', format: 'csv', size: bytes.length });
    expect(source.path).toMatch(/^\/.*users\.csv$/);
    expect((await content(source)).equals(bytes)).toBe(true);
    const [first, second] = await Promise.all([content(source), content(source)]);
    expect(first.equals(bytes) && second.equals(bytes)).toBe(true);
    for (const [start, end] of [
      [0, 0],
      [0, 1],
      [70_000, 200_003],
    ] as const) {
      expect((await source.slice(start, end)).equals(bytes.subarray(start, end))).toBe(true);
    }
  });

  it('tells its delimiter by its name', async () => {
    expect((await fileSource('users.tsv', '')).delimiter).toBe('\t');
    expect('delimiter' in (await fileSource('users.csv', ''))).toBe(false);
  });

  it('is the same file to the end, whoever gets its name', async () => {
    const source = await fileSource('users.csv', 'old');
    await writeFile(`${source.path}.new`, 'new');
    await rename(`${source.path}.new`, source.path);
    expect((await content(source)).toString()).toBe('old');
    expect(await source.unchanged()).toBe(false);
  });

  it.each([
    ['longer', (path: string) => appendFile(path, 'b')],
    ['gone', (path: string) => rename(path, `${path}.old`)],
    [
      'another of the same size',
      async (path: string) => {
        await writeFile(`${path}.new`, 'b');
        await rename(`${path}.new`, path);
      },
    ],
    ['written again', (path: string) => writeFile(path, 'b'), 2],
  ])('notices that it is %s', async (_, change, time = 1) => {
    const path = join(await folder(), 'users.csv');
    await writeFile(path, 'a');
    await utimes(path, 1, 1);
    const source = await openSource(path);
    onTestFinished(() => source.close());
    expect(await source.unchanged()).toBe(true);
    await change(path);
    // Only what the test is about is to differ.
    await utimes(path, time, time).catch(() => {});
    expect(await source.unchanged()).toBe(false);
  });

  it('is read up to the size it had, and an error if it has become shorter', async () => {
    const source = await fileSource('users.csv', 'abc');
    await appendFile(source.path, 'def');
    expect((await content(source)).toString()).toBe('abc');
    await truncate(source.path, 1);
    await expect(content(source)).rejects.toThrow('changed while it was being read');
    await expect(source.slice(0, 2)).rejects.toThrow(InputError);
  });

  it.each([
    ['that is not there', 'no.csv', InputError, /^there is no input file .*no.csv$/],
    ['that is a folder', 'folder.csv', InputError, /^the input .*folder.csv is a folder/],
    [
      'that is a pipe nobody writes to',
      'pipe.csv',
      InputError,
      /^the input .*pipe.csv is a pipe or a device/,
    ],
    ['of a format nobody knows', 'users.txt', UsageError, /does not tell its format/],
  ])('%s is refused', async (_, name, kind, message) => {
    const path = await folder();
    await mkdir(join(path, 'folder.csv'));
    await writeFile(join(path, 'users.txt'), '');
    execFileSync('mkfifo', [join(path, 'pipe.csv')]);
    const opening = openSource(join(path, name));
    await expect(opening).rejects.toThrow(kind);
    await expect(opening).rejects.toThrow(message);
  });
});

describe('standard input', () => {
  async function* stream(chunks: readonly string[], end?: Error) {
    for (const chunk of chunks) yield Buffer.from(chunk);
    if (end !== undefined) throw end;
  }

  it('is copied to a file of its own that nobody else can read', async () => {
    const path = join(await folder(), 'input');
    const source = await spoolSource(stream(['userId,', '', 'firstName\n1,A']), path, {
      format: 'csv',
      keep: true,
    });
    onTestFinished(() => source.close());
    expect(source).toMatchObject({ name: 'stdin', path, format: 'csv', size: 20 });
    expect((await content(source)).toString()).toBe('userId,firstName\n1,A');
    expect(await readFile(path, 'utf8')).toBe('userId,firstName\n1,A');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await source.unchanged()).toBe(true);
  });

  it('needs a format', async () => {
    const path = await folder();
    await expect(spoolSource(stream(['a']), join(path, 'input'), { keep: true })).rejects.toThrow(UsageError);
    expect(await readdir(path)).toEqual([]);
  });

  it('leaves no copy if it breaks', async () => {
    const path = await folder();
    const broken = Object.assign(new Error('secret'), { code: 'ECONNRESET' });
    const spooling = spoolSource(stream(['a'], broken), join(path, 'input'), { format: 'csv', keep: true });
    await expect(spooling).rejects.toThrow('standard input could not be copied to a file (ECONNRESET)');
    expect(await readdir(path)).toEqual([]);
  });

  it('lets an abort through as what it is', async () => {
    const path = await folder();
    const abort = new DOMException('stop', 'AbortError');
    await expect(
      spoolSource(stream(['a'], abort), join(path, 'input'), { format: 'csv', keep: true }),
    ).rejects.toBe(abort);
  });

  it('overwrites nothing', async () => {
    const path = join(await folder(), 'input');
    await writeFile(path, 'mine');
    await expect(spoolSource(stream(['a']), path, { format: 'csv', keep: true })).rejects.toThrow(InputError);
    expect(await readFile(path, 'utf8')).toBe('mine');
  });
});
