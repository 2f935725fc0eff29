import { readFile, stat } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { readLookups, writeLookups } from '../../../src/run/state/lookups-file.js';
import { useWorkplace } from '../../workplace.js';

const place = useWorkplace();

it('keeps whom each row means, leading zeros, gaps and who was missing included', async () => {
  const path = place.path('lookups.csv');
  const users = [
    { row: 1, userId: '0' },
    { row: 2, userId: '' },
    { row: 4, userId: '0000000007' },
    { row: 5, userId: '-' },
    { row: 5000, userId: '9999999999' },
    { row: 100_000, userId: '12' },
  ];
  await writeLookups(path, users);
  const known = await readLookups(path);
  for (const { row, userId } of users) expect(known?.userOf(row)).toBe(userId);
  expect([known?.userOf(3), known?.userOf(100_001)]).toEqual([undefined, undefined]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, 'utf8')).toBe(
    'row,userId\n1,0\n2,\n4,0000000007\n5,-\n5000,9999999999\n100000,12\n',
  );
});

it('knows nobody if there is no file, and refuses one that was changed', async () => {
  expect(await readLookups(place.path('none.csv'))).toBeUndefined();
  const path = await place.write('lookups.csv', 'row,userId\n1,12\n2,x\n');
  await expect(readLookups(path)).rejects.toThrow('line 3, is not as a run wrote it');
});
