/** Kills between two files of a run's start and end: what is left can be resumed, or says that nothing was sent. */
import { existsSync } from 'node:fs';
import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { resumeRun, undoRun, updateUsers } from '../../src/index.js';
import { RunFolder } from '../../src/run/state/run-folder.js';
import { notRenamed, outcomes, reachOf, renames, serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();
const ROWS = 3;

/** The folder of a run over standard input as it was right before and after each file that the run has put in place. */
async function moments() {
  const emulator = await place.emulate({ users: ROWS });
  const copies: string[] = [];
  const copy = async (folder: string) => {
    const path = place.path(`moment-${copies.length}`);
    copies.push(path);
    await cp(folder, path, { recursive: true });
    await rm(join(path, 'lock'), { force: true });
  };
  const spies = (['writeRecord', 'writeSummary', 'dropSpool', 'dropCopy'] as const).map((name) => {
    const original = RunFolder.prototype[name] as (this: RunFolder, value: never) => Promise<void>;
    return vi.spyOn(RunFolder.prototype, name).mockImplementation(async function (
      this: RunFolder,
      value: unknown,
    ) {
      await copy(this.path);
      await original.call(this, value as never);
      await copy(this.path);
    });
  });
  const input = Readable.from([Buffer.from(renames(ROWS))]);
  const options = { ...serviceOf(emulator), input, format: 'csv' as const, rate: 5000, keepBefore: true };
  await updateUsers({ ...options, folder: place.path('run') }).summary;
  for (const spy of spies) spy.mockRestore();
  return { emulator, copies };
}

it('each of them', async () => {
  const { emulator, copies } = await moments();
  expect(copies.length).toBe(10);
  for (const path of copies) {
    const reach = { ...reachOf(emulator), rate: 5000 };
    if (!existsSync(join(path, 'run.json'))) {
      const hint = { hint: expect.stringContaining('has sent nothing') };
      await expect(resumeRun(path, reach).summary).rejects.toMatchObject(hint);
      continue;
    }
    const resumed = await resumeRun(path, reach).summary;
    expect(resumed.statuses).toMatchObject({ updated: ROWS });
    expect((await outcomes(join(path, 'report.csv'))).map(({ row }) => row).sort()).toEqual([1, 2, 3]);
    expect(notRenamed(emulator, ROWS)).toEqual([]);
    expect(await readdir(path)).not.toContain('input.csv');
    const undone = await undoRun(path, { ...reach, folder: `${path}-undo` }).summary;
    expect(undone.statuses.updated).toBe(ROWS);
    const input = await place.write('again.csv', renames(ROWS));
    await updateUsers({ ...serviceOf(emulator), input, folder: `${path}-again`, rate: 5000 }).summary;
  }
});
