/** A report of which a line was removed, swapped, edited or added is refused by whatever builds on it. */
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { sha256Of } from '../../../src/disk.js';
import { RunFolderError, resumeRun, retryRun, undoRun } from '../../../src/index.js';
import { readJournal } from '../../../src/run/state/journal.js';
import { reachOf, renames, updateIn, useWorkplace } from '../../workplace.js';

const place = useWorkplace();
const folder = () => place.path('run');
const report = () => place.path('run/report.csv');

/** A run of eight rows, the third of which failed and the last of which were not sent. */
async function unfinished() {
  const emulator = await place.emulate({ users: 8, faults: [{ kind: 'echo', userId: '10000003' }] });
  const options = { keepBefore: true, concurrency: 1, maxErrors: 0 };
  const summary = await updateIn(place, renames(8), options, emulator);
  expect(summary.statuses.unprocessed).toBeGreaterThan(0);
  await copyFile(report(), place.path('original.csv'));
  return { emulator, reach: { ...reachOf(emulator), rate: 5000 } };
}

const edits: [string, (lines: string[]) => string[]][] = [
  ['without a line', (lines) => lines.toSpliced(1, 1)],
  ['with two lines swapped', (lines) => [lines[0] ?? '', lines[2] ?? '', lines[1] ?? '', ...lines.slice(3)]],
  ['with an edited line', (lines) => lines.with(1, (lines[1] ?? '').replace(',200,', ',201,'))],
  ['with a line more', (lines) => lines.toSpliced(3, 0, (lines[1] ?? '').replace(/^\d+/, '8'))],
];

describe.each(edits)('a report %s', (_, edit) => {
  it.each([
    ['resume', 'start a new run with the input'],
    ['undo', 'do not run the input again'],
    ['retry', 'the failed rows'],
  ])('is refused by %s, and nothing is sent', async (verb, advice) => {
    const { emulator, reach } = await unfinished();
    const lines = (await place.read('run/report.csv')).split('\n');
    await writeFile(report(), edit(lines).join('\n'));
    const sent = emulator.counts.UpdateUser;
    const again = () => {
      const options = { ...reach, folder: place.path('again') };
      if (verb === 'resume') return resumeRun(folder(), { ...reach, maxErrors: 10 }).summary;
      return verb === 'undo' ? undoRun(folder(), options).summary : retryRun(folder(), options).summary;
    };
    const refused = again();
    await expect(refused).rejects.toThrow(RunFolderError);
    await expect(refused).rejects.toThrow('report.csv is not as the run wrote it');
    await expect(refused).rejects.toMatchObject({ hint: expect.stringContaining('backup') });
    await expect(refused).rejects.toMatchObject({ hint: expect.stringContaining(advice) });
    expect(emulator.counts.UpdateUser).toBe(sent);
    await copyFile(place.path('original.csv'), report());
    emulator.setFaults([]);
    expect((await again()).statuses.unprocessed).toBe(0);
  });
});

it('the journal knows all of a report that was closed, also after a resume', async () => {
  const { emulator, reach } = await unfinished();
  emulator.setFaults([]);
  const whole = async () => {
    const { report: mark } = await readJournal(place.path('run/journal.jsonl'));
    return mark?.sha256 === (await sha256Of(report()));
  };
  expect(await whole()).toBe(true);
  await resumeRun(folder(), { ...reach, maxErrors: 10 }).summary;
  expect(await whole()).toBe(true);
});

it('a run without its journal is not resumed: nobody knows what it intended', async () => {
  const { reach } = await unfinished();
  await rm(place.path('run/journal.jsonl'));
  await expect(resumeRun(folder(), reach).summary).rejects.toThrow('journal.jsonl is missing');
});
