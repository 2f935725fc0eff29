import { readFile, stat, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { RunFolderError } from '../../../src/errors.js';
import {
  Journal,
  type JournalEntry,
  journalStateOf,
  readJournal,
  type TemporaryName,
} from '../../../src/run/state/journal.js';
import { useWorkplace } from '../../workplace.js';

const place = useWorkplace();
const renamed: TemporaryName = { kind: 'temporary-name', row: 3, userId: '7', from: 'a', via: 'a-tmp' };

describe('entries add up', () => {
  it.each<[string, JournalEntry[], object]>([
    ['to nothing', [], { canary: undefined, report: undefined }],
    ['to the last word on the canary', [canary('pending'), canary('passed')], { canary: canary('passed') }],
    [
      'to the last word on the report',
      [report(5), report(9)],
      { report: { bytes: 9, sha256: 'x9' }, canary: undefined },
    ],
  ])('%s', (_, entries, state) => {
    expect(journalStateOf(entries)).toMatchObject(state);
  });

  it('to the users who may have a temporary username', () => {
    const ended: JournalEntry = { kind: 'temporary-name-ended', row: 3 };
    expect([...journalStateOf([renamed]).temporaryNames]).toEqual([[3, renamed]]);
    expect(journalStateOf([renamed, ended]).temporaryNames.size).toBe(0);
    const again = { ...renamed, via: 'b-tmp' };
    expect(journalStateOf([renamed, ended, again]).temporaryNames.get(3)).toEqual(again);
  });
});

describe('a journal', () => {
  it('is for its owner alone, and goes on where it was left', async () => {
    const path = place.path('journal.jsonl');
    const first = await Journal.open(path);
    await first.intend(renamed);
    first.close();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const second = await Journal.open(path, { state: await readJournal(path) });
    second.note(canary('pending'));
    second.close();
    expect(await readJournal(path)).toMatchObject({ canary: canary('pending') });
    expect((await readJournal(path)).temporaryNames.size).toBe(1);
  });

  it.each([
    ['a line that a kill cut off', '{"kind":"canary","sta'],
    ['zeros that a power cut left', '\0\0\0\0\n'],
  ])('loses %s, and nothing else', async (_, tail) => {
    const path = place.path('journal.jsonl');
    await writeFile(path, `${JSON.stringify(renamed)}\n${tail}`);
    const state = await readJournal(path);
    expect(state.temporaryNames.size).toBe(1);
    const journal = await Journal.open(path, { state });
    journal.note(canary('passed'));
    journal.close();
    expect(await readFile(path, 'utf8')).toBe(
      `${JSON.stringify(renamed)}\n${JSON.stringify(canary('passed'))}\n`,
    );
  });

  it('that somebody has changed is refused with its line', async () => {
    const path = place.path('journal.jsonl');
    await writeFile(path, `${JSON.stringify(renamed)}\n{"kind":"other"}\n`);
    await expect(readJournal(path)).rejects.toThrow(RunFolderError);
    await expect(readJournal(path)).rejects.toThrow('journal.jsonl, line 2: not a line');
  });

  it('that is not there says nothing', async () => {
    expect(await readJournal(place.path('none'))).toEqual(journalStateOf([]));
  });

  it('that the run has not made is not written over', async () => {
    const path = place.path('journal.jsonl');
    await writeFile(path, 'mine');
    await expect(Journal.open(path)).rejects.toThrow(RunFolderError);
    expect(await readFile(path, 'utf8')).toBe('mine');
  });
});

describe('entries that are intended at the same time', () => {
  /** A journal on a disk whose flushes end when the test says so. */
  async function slowJournal() {
    const flushes: { readonly onDisk: number; readonly end: (error?: Error) => void }[] = [];
    let appended = 0;
    const journal = await Journal.open(place.path('journal.jsonl'), {
      openFile: async () => ({
        append: () => {
          appended += 1;
        },
        sync: () =>
          new Promise((resolve, reject) => {
            flushes.push({ onDisk: appended, end: (error) => (error ? reject(error) : resolve()) });
          }),
        close: () => {},
      }),
    });
    const ended: number[] = [];
    const intend = (row: number) => journal.intend({ ...renamed, row }).then(() => ended.push(row));
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    return { flushes, ended, intend, turn };
  }

  it('share a flush, which begins after the last of them was written', async () => {
    const { flushes, ended, intend, turn } = await slowJournal();
    const all = [intend(1), intend(2)];
    await turn();
    all.push(intend(3), intend(4), intend(5));
    await turn();
    expect(flushes.map(({ onDisk }) => onDisk)).toEqual([2]);
    flushes[0]?.end();
    await turn();
    expect([ended, flushes.map(({ onDisk }) => onDisk)]).toEqual([
      [1, 2],
      [2, 5],
    ]);
    flushes[1]?.end();
    await Promise.all(all);
    expect([ended, flushes.length]).toEqual([[1, 2, 3, 4, 5], 2]);
  });

  it('all fail with a flush that fails, and so does whatever comes after it', async () => {
    const { flushes, intend, turn } = await slowJournal();
    const first = intend(1);
    await turn();
    const second = intend(2);
    flushes[0]?.end(Object.assign(new Error('full'), { code: 'ENOSPC' }));
    await expect(first).rejects.toThrow(RunFolderError);
    await expect(second).rejects.toThrow('ENOSPC');
    await expect(intend(3)).rejects.toThrow('ENOSPC');
    expect(flushes.length).toBe(1);
  });
});

function canary(state: 'pending' | 'passed'): JournalEntry {
  return { kind: 'canary', state };
}

function report(bytes: number): JournalEntry {
  return { kind: 'report', bytes, sha256: `x${bytes}` };
}
