import { mkdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { inputName, inRunFolder, repeatName } from '../../../src/cli/runs/run-folder.js';
import { RunFolderError } from '../../../src/errors.js';
import { useWorkplace } from '../../workplace.js';

const place = useWorkplace();

beforeEach(() => {
  vi.stubEnv('XDG_STATE_HOME', place.path('state'));
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 31, 12, 0, 0, 789) });
  const cwd = vi.spyOn(process, 'cwd').mockReturnValue(place.folder);
  return () => {
    vi.unstubAllEnvs();
    vi.useRealTimers();
    cwd.mockRestore();
  };
});

const taken = () => new RunFolderError('it exists', '', { code: 'RUN_FOLDER_EXISTS' });
const nameFor = async (input: string) =>
  basename(await inRunFolder({}, inputName(input), async (folder) => folder));

it('a folder that was named is taken as it is, and tried once', async () => {
  expect(await inRunFolder({ folder: 'mine' }, 'users', async (folder) => folder)).toBe('mine');
  const starting = inRunFolder({ folder: 'mine' }, 'users', () => Promise.reject(taken()));
  await expect(starting).rejects.toThrow('it exists');
});

describe('else it is below wickr-bulk-runs', () => {
  it.each([
    ['users.csv', 'users'],
    ['/srv/hr/Users 2026.JSONL', 'Users_2026'],
    ['users.csv.gz', 'users'],
    ['users.xlsx', 'users'],
    ['-', 'standard-input'],
    ['Müller.tsv', 'Mu_ller'],
    ['..', 'input'],
    ['\u202ecsv.exe', 'csv.exe'],
    [`${'x'.repeat(99)}.csv`, 'x'.repeat(60)],
  ])('named by the time and the input: %j', async (input, name) => {
    expect(await nameFor(input)).toBe(`2026-01-31T120000Z-${name}`);
    const path = await inRunFolder({}, inputName(input), async (folder) => folder);
    expect(path).toBe(place.path(`wickr-bulk-runs/2026-01-31T120000Z-${name}`));
  });

  it('with a number if there is one of that name', async () => {
    await mkdir(place.path('wickr-bulk-runs/2026-01-31T120000Z-users'), { recursive: true });
    expect(await nameFor('users.csv')).toBe('2026-01-31T120000Z-users-2');
  });

  it('with another number if somebody makes it in the meantime', async () => {
    const tried: string[] = [];
    const name = await inRunFolder({}, 'users', async (folder) => {
      tried.push(basename(folder));
      if (tried.length < 3) throw taken();
      return basename(folder);
    });
    expect(name).toBe('2026-01-31T120000Z-users-3');
    expect(tried).toHaveLength(3);
  });

  it('but not for ever, and not after another error', async () => {
    const start = vi.fn(() => Promise.reject(taken()));
    await expect(inRunFolder({}, 'users', start)).rejects.toThrow('it exists');
    expect(start).toHaveBeenCalledTimes(100);
    const failing = vi.fn(() => Promise.reject(new RunFolderError('full', '')));
    await expect(inRunFolder({}, 'users', failing)).rejects.toThrow('full');
    expect(failing).toHaveBeenCalledTimes(1);
  });
});

describe('a run that another one has led to is named by it', () => {
  it.each([
    ['retry', 'wickr-bulk-runs/2026-01-31T120000Z-users', 'retry-of-users'],
    ['retry', 'wickr-bulk-runs/2026-01-31T120000Z-users-2/', 'retry-of-users-2'],
    ['undo', '/srv/sales-to-emea', 'undo-of-sales-to-emea'],
    ['retry', 'wickr-bulk-runs/2026-01-31T120000Z-retry-of-users', 'retry-of-users'],
    ['undo', 'wickr-bulk-runs/2026-01-31T120000Z-retry-of-users', 'undo-of-retry-of-users'],
    ['undo', '2026-01-31T120000Z-undo-of-users', 'undo-of-undo-of-users'],
    ['retry', '2026-01-31T120000Z-undo-of-users', 'retry-of-undo-of-users'],
    ['undo', 'von \u202eMüller', 'undo-of-von_Mu_ller'],
    ['undo', '/', 'undo-of-'],
    ['undo', 'x'.repeat(99), `undo-of-${'x'.repeat(52)}`],
  ] as const)('%s of %j', (kind, run, name) => {
    expect(repeatName(kind, run)).toBe(name);
  });

  it('whatever its path is from here', () => {
    expect(repeatName('undo', '.')).toBe(`undo-of-${basename(place.folder)}`);
  });
});
