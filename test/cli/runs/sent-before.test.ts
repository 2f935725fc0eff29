import { mkdir } from 'node:fs/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { noteElsewhere } from '../../../src/cli/runs/elsewhere.js';
import { type EarlierRun, fullySent, sentBefore } from '../../../src/cli/runs/sent-before.js';
import { undoRun, updateUsers } from '../../../src/index.js';
import { reachOf, renames, serviceOf, useWorkplace } from '../../workplace.js';

const place = useWorkplace();
const now = Date.UTC(2026, 5, 30);
const hours = (ago: number) => new Date(now - ago * 3_600_000).toISOString();
const run = (folder: string, summary: object = {}, record: object = {}) =>
  ({
    folder,
    record: { networkId: '12345678', options: {}, ...record },
    summary: { rows: 3, statuses: { updated: 2, unchanged: 1 }, finishedAt: hours(1), ...summary },
  }) as EarlierRun;
const found = (...runs: EarlierRun[]) => fullySent(runs, '12345678', now)?.folder;

describe('a file was fully sent', () => {
  it('by the run that has ended last, if all rows went through', () => {
    const newest = run('b', { finishedAt: hours(2) });
    expect(found(run('a', { finishedAt: hours(9) }), newest, run('c', { finishedAt: hours(5) }))).toBe('b');
    expect(fullySent([run('a')], undefined, now)?.folder).toBe('a');
  });

  it.each<[string, EarlierRun]>([
    ['a row of it failed', run('a', { statuses: { updated: 2, unchanged: 0, failed: 1 } })],
    ['it had no row', run('a', { rows: 0, statuses: { updated: 0, unchanged: 0 } })],
    ['it was another network', run('a', {}, { networkId: '87654321' })],
    ['it was a trial', run('a', {}, { options: { limit: 3 } })],
    ['it takes back another', run('a', {}, { undoOf: 'b' })],
    ['it is a week ago', run('a', { finishedAt: hours(7 * 24) })],
    ['it has no summary', { ...run('a'), summary: undefined }],
  ])('by no run if %s', (_name, earlier) => {
    expect(found(earlier)).toBeUndefined();
  });

  it('by no run that was taken back', () => {
    expect(found(run('a'), run('b', {}, { undoOf: 'a' }))).toBeUndefined();
  });
});

it('that is said of the very same file alone, whatever else is in the folder', async () => {
  const emulator = await place.emulate({ users: 3 });
  const input = await place.write('users.csv', renames(2));
  const runsDir = place.path('runs');
  const said = (file = input, more: object = {}) => sentBefore(file, { runsDir, ...more });
  expect(await said()).toBeUndefined();
  const folder = place.path('runs/first');
  await updateUsers({ ...serviceOf(emulator), input, folder, keepBefore: true }).summary;
  await mkdir(place.path('runs/photos'));
  expect(await said()).toMatch(
    /^this file was fully sent to network 12345678 by .*first on \d{4}-\d\d-\d\d \d\d:\d\d UTC: 2 updated\n$/,
  );
  expect(await said(input, { networkId: '87654321' })).toBeUndefined();
  expect(await said(await place.write('copy.csv', renames(2)))).toContain('first');
  expect(await said(await place.write('other.csv', renames(2, 2)))).toBeUndefined();
  expect(await said(place.path('missing.csv'))).toBeUndefined();
  await undoRun(folder, { ...reachOf(emulator), folder: place.path('runs/back') }).summary;
  expect(await said()).toBeUndefined();
});

it('that is said also if --out has put that run elsewhere', async () => {
  vi.stubEnv('XDG_STATE_HOME', place.path('state'));
  onTestFinished(() => void vi.unstubAllEnvs());
  await mkdir(place.path('state/wickr-bulk'), { recursive: true });
  const emulator = await place.emulate({ users: 3 });
  const input = await place.write('users.csv', renames(2));
  const [runsDir, folder] = [place.path('runs'), place.path('reports/march')];
  await noteElsewhere(folder, runsDir);
  await updateUsers({ ...serviceOf(emulator), input, folder, keepBefore: true }).summary;
  expect(await sentBefore(input, { runsDir })).toContain('march');
  expect(await sentBefore(input, { runsDir: place.path('others') })).toBeUndefined();
});
