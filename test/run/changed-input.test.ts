/** An input that changes after it was checked: no row is sent that nobody has checked. */

import { appendFile, open, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../src/emulator/faults/fault-rule.js';
import { updateUsers } from '../../src/index.js';
import { firstOf } from '../length.js';
import { outcomes, renames, serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();
const ROWS = 900;
/** Makes a line so long that most of the file has not been read when the first rows are sent. */
const FILLER = '.'.repeat(500);
const rows = Array.from({ length: ROWS }, (_, at) => at + 1);
const idOf = (row: number) => String(10_000_000 + row);

const csv = (name: string) =>
  Buffer.from(
    `userId,firstName,note\n${rows.map((row) => `${idOf(row)},${name} ${row},${FILLER}\n`).join('')}`,
  );
const jsonl = (name: string) =>
  Buffer.from(
    rows
      .map((row) => `${JSON.stringify({ userId: idOf(row), firstName: `${name} ${row}`, note: FILLER })}\n`)
      .join(''),
  );
const utf16 = (name: string) => Buffer.from(`\uFEFF${csv(name)}`, 'utf16le');

/** The file with other names, in its place, of the same size and time. */
async function overwrite(path: string, content: Buffer): Promise<void> {
  const { atime, mtime } = await stat(path);
  const file = await open(path, 'r+');
  await file.write(content, 0, content.length, 0);
  await file.utimes(atime, mtime);
  await file.close();
}

async function replace(path: string, content: Buffer): Promise<void> {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}

const append = (path: string) => appendFile(path, `${idOf(1)},Wrong,\n`);
const cut = async (path: string) => truncate(path, Math.floor((await stat(path)).size / 2));

describe('an input that changes while its rows are sent', () => {
  it.each(
    firstOf(2, [
      ['in place, with the same size and time', 'users.csv', csv, overwrite],
      ['by being cut off', 'users.jsonl', jsonl, cut],
      ['in place, with the same size and time', 'users.jsonl', jsonl, overwrite],
      ['in place, in UTF-16', 'users.csv', utf16, overwrite],
    ] as const),
  )('%s (%s) stops the run, and none of the new bytes is sent', async (_case, file, content, change) => {
    const emulator = await place.emulate({ users: ROWS });
    const input = await place.write(file, content('First'));
    let changing: Promise<void> | undefined;
    const options = { ignoreUnknownColumns: true, concurrency: 4, rate: 2000, folder: place.path('run') };
    const run = updateUsers({
      ...{ ...serviceOf(emulator), ...options, input },
      onProgress: () => {
        changing ??= change(input, content('Wrong'));
      },
    });
    const summary = await run.summary;
    await changing;
    const names = [...emulator.users.values()].map(({ firstName = '' }) => firstName);
    expect(names.filter((name) => name.startsWith('Wrong'))).toEqual([]);
    expect(summary.stopped?.code).toBe('INPUT_CHANGED');
    expect(await outcomes(summary.report)).toHaveLength(ROWS);
  });

  it.each([
    ['by another in its place', replace],
    ['by rows behind its end', append],
  ] as const)('%s is sent as it was checked', async (_case, change) => {
    const emulator = await place.emulate({ users: ROWS });
    const input = await place.write('users.csv', csv('First'));
    let changing: Promise<void> | undefined;
    const options = { ignoreUnknownColumns: true, concurrency: 4, rate: 2000, folder: place.path('run') };
    const run = updateUsers({
      ...{ ...serviceOf(emulator), ...options, input },
      onProgress: () => {
        changing ??= change(input, csv('Wrong'));
      },
    });
    expect((await run.summary).statuses.updated).toBe(ROWS);
    await changing;
    for (const row of rows) expect(emulator.users.get(idOf(row))?.firstName).toBe(`First ${row}`);
  });

  it('gives nobody into the file of failed rows who was not in the input', async () => {
    const faults: FaultRule[] = [{ kind: 'refused', userId: '10000005', status: 422 }];
    const emulator = await place.emulate({ users: 60, faults });
    const content = renames(12);
    const input = await place.write('users.csv', content);
    const { atime, mtime } = await stat(input);
    const run = updateUsers({ ...serviceOf(emulator), input, folder: place.path('run'), rate: 100 });
    await emulator.arrival(8);
    const file = await open(input, 'r+');
    await file.write('10000055', content.indexOf('10000005'));
    await file.utimes(atime, mtime);
    await file.close();
    const summary = await run.summary;
    expect(summary).toMatchObject({
      statuses: { failed: 1, updated: 11 },
      stopped: { code: 'INPUT_CHANGED' },
    });
    expect(summary.stopped?.message).toContain('there is no file of them');
    expect(summary.failed).toBeUndefined();
    await expect(place.read('run/failed.csv')).rejects.toThrow('ENOENT');
  });
});
