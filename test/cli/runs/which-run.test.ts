import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { inRunFolder } from '../../../src/cli/runs/run-folder.js';
import { runsBelow, whichRun } from '../../../src/cli/runs/which-run.js';
import { updateUsers } from '../../../src/index.js';
import { takeLock } from '../../../src/run/lock/lock.js';
import { lockTerms, renames, serviceOf, useWorkplace } from '../../workplace.js';

const place = useWorkplace();
let said = '';

beforeEach(() => {
  said = '';
  vi.stubEnv('XDG_STATE_HOME', place.path('state'));
  const cwd = vi.spyOn(process, 'cwd').mockReturnValue(place.folder);
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
  return () => {
    vi.unstubAllEnvs();
    cwd.mockRestore();
    stderr.mockRestore();
  };
});

/** A run of two rows; its folder. */
async function aRun(folder = place.path('wickr-bulk-runs/users')): Promise<string> {
  const emulator = await place.emulate({ users: 2 });
  const input = await place.write('users.csv', renames(2));
  await updateUsers({ ...serviceOf(emulator), input, folder }).summary;
  return folder;
}

describe('the run that a command line means', () => {
  it('is the one that it names, as it names it', async () => {
    expect(await whichRun('undo', 'some/where', {})).toBe('some/where');
    expect(said).toBe('');
  });

  it('is no other if it names none, or two', async () => {
    await aRun();
    await expect(whichRun('undo', undefined, {})).rejects.toMatchObject({
      message: 'no run is named',
      hint: expect.stringContaining('wickr-bulk undo --last\n'),
    });
    await expect(whichRun('undo', 'users', { last: true })).rejects.toThrow('a run is named, and --last');
  });

  it('is said if it is the last one', async () => {
    const folder = await aRun();
    expect(await whichRun('status', undefined, { last: true })).toBe(folder);
    expect(said).toMatch(
      /^the last run: wickr-bulk-runs\/users\n {2}update of users.csv in network \d+, ended, started \S+Z: 2 rows, 2 updated\n$/,
    );
  });

  it('is looked for in the folder that is named', async () => {
    const folder = await aRun(place.path('mine/users'));
    expect(await whichRun('status', undefined, { last: true, runsDir: place.path('mine') })).toBe(folder);
    await expect(whichRun('status', undefined, { last: true })).rejects.toThrow(
      `there is no run in ${place.path('wickr-bulk-runs')}`,
    );
    await expect(runsBelow(place.path('main'))).rejects.toThrow('cannot be read (ENOENT)');
  });

  it('is the last one also if --out has put that elsewhere, and not for another folder of runs', async () => {
    await mkdir(place.path('state/wickr-bulk'), { recursive: true });
    const older = await aRun();
    const put = (folder: string, runsDir?: string) =>
      inRunFolder({ folder, ...(runsDir !== undefined && { runsDir }) }, 'users', aRun);
    const elsewhere = await put(place.path('reports/users'));
    await put(place.path('others/users'), place.path('other-runs'));
    expect(await whichRun('undo', undefined, { last: true })).toBe(elsewhere);
    expect((await runsBelow(undefined)).runs.map(({ folder }) => folder)).toEqual([elsewhere, older]);
    // A run that was not begun is none.
    await inRunFolder({ folder: place.path('refused') }, 'users', async () => '');
    expect(await whichRun('undo', undefined, { last: true })).toBe(elsewhere);
    const newer = await aRun(place.path('wickr-bulk-runs/newer'));
    expect(await whichRun('undo', undefined, { last: true })).toBe(newer);
  });

  it('is not kept if there is no state folder yet: a refused command makes none', async () => {
    const refused = () => Promise.reject(new Error('refused'));
    await expect(inRunFolder({ folder: place.path('refused') }, 'users', refused)).rejects.toThrow('refused');
    expect(await readdir(place.folder)).toEqual([]);
  });

  it('is not listed twice if --out has named its folder by a link', async () => {
    await mkdir(place.path('state/wickr-bulk'), { recursive: true });
    await mkdir(place.path('wickr-bulk-runs'));
    await symlink(place.path('wickr-bulk-runs'), place.path('link'));
    await inRunFolder({ folder: place.path('link/users') }, 'users', aRun);
    expect((await runsBelow(undefined)).runs).toHaveLength(1);
    expect(await whichRun('undo', undefined, { last: true })).toBe(place.path('wickr-bulk-runs/users'));
  });

  it('is told though nothing is known of others, or what is known is damaged', async () => {
    const folder = await aRun();
    for (const text of ['', '[]', '{"a":1}', '{"__proto__":["/"]}']) {
      await mkdir(place.path('state/wickr-bulk'), { recursive: true });
      await writeFile(place.path('state/wickr-bulk/elsewhere.json'), text);
      expect(await whichRun('undo', undefined, { last: true })).toBe(folder);
    }
  });

  it('is asked for before anything is taken back', async () => {
    const folder = await aRun();
    const answers = (answer: boolean) => vi.fn(async () => answer);
    expect(await whichRun('undo', undefined, { last: true }, answers(true))).toBe(folder);
    await expect(whichRun('undo', undefined, { last: true }, answers(false))).rejects.toMatchObject({
      code: 'DECLINED',
      message: 'it is not the run that was meant; nothing was sent',
    });
    const never = answers(true);
    await whichRun('undo', folder, {}, never);
    const lock = await takeLock(`${folder}/lock`, 'it', lockTerms());
    await whichRun('undo', undefined, { last: true }, never);
    await lock.release();
    expect(never).not.toHaveBeenCalled();
  });
});
