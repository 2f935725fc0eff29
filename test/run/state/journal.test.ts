import { readFile, stat, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { RunFolderError } from '../../../src/errors.js';
import { Journal, type JournalEntry, journalStateOf, readJournal } from '../../../src/run/state/journal.js';
import { useWorkplace } from '../../workplace.js';

const place = useWorkplace();
const renamed: JournalEntry = { kind: 'temporary-name', row: 3, userId: '7', from: 'a', via: 'a-tmp' };

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

function canary(state: 'pending' | 'passed'): JournalEntry {
  return { kind: 'canary', state };
}

function report(bytes: number): JournalEntry {
  return { kind: 'report', bytes, sha256: `x${bytes}` };
}
