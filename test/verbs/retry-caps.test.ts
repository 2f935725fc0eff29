/** The caps of a reconciliation count for it and for all that runs its failed rows again. */
import { rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { reconcileUsers, retryRun } from '../../src/index.js';
import { reachOf, renames, serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();

/** A reconciliation of 8 users, of whom 10 may change; the last two are refused. */
async function reconciled(): Promise<Emulator> {
  const emulator = await place.emulate({
    users: 20,
    faults: ['10000007', '10000008'].map((userId) => ({ kind: 'refused', userId }) as const),
  });
  const input = await place.write('users.csv', renames(8));
  const options = { ...serviceOf(emulator), input, folder: place.path('run'), rate: 5000 };
  const { statuses } = await reconcileUsers({ ...options, maxChanges: 10, maxRenames: 10 }).summary;
  expect(statuses).toMatchObject({ updated: 6, failed: 2 });
  emulator.setFaults([]);
  return emulator;
}

const retried = (emulator: Emulator, of: string, folder: string) =>
  retryRun(place.path(of), { ...reachOf(emulator), folder: place.path(folder) }).summary;
const edit = (of: string, rows: number, first: number) =>
  writeFile(place.path(`${of}/failed.csv`), renames(rows, first));

describe('retry of a reconciliation', () => {
  it('has what its caps have left', async () => {
    const emulator = await reconciled();
    expect((await retried(emulator, 'run', 'again')).statuses.updated).toBe(2);
  });

  it('of a file that was edited sends nothing beyond them', async () => {
    const emulator = await reconciled();
    const sent = emulator.counts.UpdateUser;
    await edit('run', 5, 9);
    await expect(retried(emulator, 'run', 'again')).rejects.toMatchObject({
      code: 'CAP',
      message: expect.stringContaining('11 of 11 users would be changed, but at most 10 are allowed'),
    });
    expect(emulator.counts.UpdateUser).toBe(sent);
  });

  it('shares them with every other retry, of the run or of a retry', async () => {
    const emulator = await reconciled();
    await edit('run', 3, 9);
    emulator.setFaults([{ kind: 'refused', userId: '10000011' }]);
    expect((await retried(emulator, 'run', 'again')).statuses).toMatchObject({ updated: 2, failed: 1 });
    emulator.setFaults([]);
    const sent = emulator.counts.UpdateUser;
    await edit('run', 3, 12);
    await expect(retried(emulator, 'run', 'second')).rejects.toMatchObject({ code: 'CAP' });
    await edit('again', 3, 12);
    await expect(retried(emulator, 'again', 'third')).rejects.toMatchObject({ code: 'CAP' });
    expect(emulator.counts.UpdateUser).toBe(sent);
    await edit('again', 2, 12);
    expect((await retried(emulator, 'again', 'fourth')).statuses.updated).toBe(2);
  });

  it('sends nothing if nobody knows what is left', async () => {
    const emulator = await reconciled();
    await edit('run', 3, 9);
    emulator.setFaults([{ kind: 'refused', userId: '10000011' }]);
    await retried(emulator, 'run', 'again');
    await rm(place.path('run/before.jsonl'));
    await expect(retried(emulator, 'again', 'second')).rejects.toThrow('which shares the caps of this one');
  });
});
