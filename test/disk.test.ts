import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createFile, isSystemError, replaceFile, sha256Of } from '../src/disk.js';
import { RunFolderError, UsageError } from '../src/errors.js';
import { useWorkplace } from './workplace.js';

const place = useWorkplace();

describe.each([
  ['replaceFile', replaceFile],
  ['createFile', createFile],
] as const)('%s', (_name, write) => {
  it('leaves the whole file, for its owner alone, and nothing else', async () => {
    const path = place.path('file');
    await write(path, async (file) => {
      await file.appendFile('one\n');
      expect(await readdir(place.folder)).not.toContain('file');
      await file.appendFile('two\n');
    });
    expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(place.folder)).toEqual(['file']);
  });

  it('leaves nothing if filling it fails, and says why it failed', async () => {
    const mistake = new Error('a mistake');
    const writing = write(place.path('file'), async (file) => {
      await file.appendFile('one\n');
      throw mistake;
    });
    await expect(writing).rejects.toBe(mistake);
    expect(await readdir(place.folder)).toEqual([]);
  });

  it('says what the system has against it', async () => {
    const writing = write(place.path('none/file'), async () => {});
    await expect(writing).rejects.toThrow(RunFolderError);
    await expect(writing).rejects.toThrow(/none\/file cannot be written \(ENOENT\)$/);
  });
});

it('createFile keeps what it fills without a name, so that a kill leaves nothing of it', async () => {
  await createFile(place.path('export.csv'), async (file) => {
    await file.appendFile('a name\n');
    expect(await readdir(place.folder)).toEqual([]);
  });
  expect(await readdir(place.folder)).toEqual(['export.csv']);
});

describe('replaceFile', () => {
  it('leaves the file that was there if filling the new one fails', async () => {
    const path = await place.write('file', 'before');
    await expect(replaceFile(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await readFile(path, 'utf8')).toBe('before');
    expect(await readdir(place.folder)).toEqual(['file']);
  });

  it('lets one of many win who do it at the same time', async () => {
    const path = await place.write('file', 'before');
    const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000 + i));
    const write = (text: string) =>
      replaceFile(path, async (file) => {
        await file.appendFile(text.slice(0, 5000));
        await file.appendFile(text.slice(5000));
      });
    await Promise.all(texts.map(write));
    expect(texts).toContain(await readFile(path, 'utf8'));
    expect(await readdir(place.folder)).toEqual(['file']);
  });
});

describe('createFile', () => {
  it('refuses a name that is taken, before it is filled', async () => {
    const path = await place.write('file', 'before');
    const creating = createFile(path, () => Promise.reject(new Error('filled')));
    await expect(creating).rejects.toThrow(UsageError);
    await expect(creating).rejects.toThrow('exists already');
    await mkdir(place.path('folder'));
    await expect(createFile(place.path('folder'), async () => {})).rejects.toThrow(UsageError);
  });

  it('refuses a name that was taken while it was filled, and leaves that file', async () => {
    const path = place.path('file');
    const creating = createFile(path, async () => {
      await place.write('file', 'of somebody else');
    });
    await expect(creating).rejects.toThrow(UsageError);
    expect(await readFile(path, 'utf8')).toBe('of somebody else');
    expect(await readdir(place.folder)).toEqual(['file']);
  });
});

it('sha256Of hashes a file that is longer than what is read at once', async () => {
  const path = await place.write('file', 'x'.repeat(600_000));
  expect(await sha256Of(path)).toBe('34e95fe8877d07873716a3f575a4ea908b2e776b18e0b5122d33f7a93ff012b4');
});

it('a system error is one that a call to the system gave', async () => {
  const error: unknown = await readFile(place.path('none')).catch((caught: unknown) => caught);
  expect([isSystemError(error), isSystemError(error, 'EPERM', 'ENOENT')]).toEqual([true, true]);
  expect(isSystemError(error, 'EPERM')).toBe(false);
  const others = [
    new Error('ENOENT'),
    Object.assign(new Error('x'), { code: 'ENOENT' }),
    'ENOENT',
    undefined,
  ];
  expect(others.filter((other) => isSystemError(other, 'ENOENT'))).toEqual([]);
});
