import { existsSync } from 'node:fs';
import { readFile, stat, symlink } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { createLogger, openLogFile } from '../../src/cli/pino-logger.js';
import { UsageError } from '../../src/errors.js';
import { useWorkplace } from '../workplace.js';

const place = useWorkplace();

describe('a log file', () => {
  it('is made for its owner alone, and appended to if it is a log', async () => {
    const logFile = place.path('log');
    for (const text of ['one', 'two']) (await createLogger({ logFile }))?.info({}, text);
    const lines = (await readFile(logFile, 'utf8')).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toContain('"two"');
    expect((await stat(logFile)).mode & 0o777).toBe(0o600);
  });

  it.each(['userId,firstName\n10000001,A\n', '{"userId":"10000001"}\n', '\n'])(
    'that is something else stays as it is: %j',
    async (content) => {
      const logFile = await place.write('users.csv', content);
      await expect(createLogger({ logFile })).rejects.toThrow(UsageError);
      await expect(createLogger({ logFile })).rejects.toThrow(/is not a log of wickr-bulk/);
      expect(await place.read('users.csv')).toBe(content);
    },
  );

  it('that is a symbolic link is not followed', async () => {
    await place.write('target', '');
    await symlink(place.path('target'), place.path('log'));
    await expect(createLogger({ logFile: place.path('log') })).rejects.toThrow(/is a symbolic link/);
  });

  it('that is a folder or a device is refused', async () => {
    await expect(createLogger({ logFile: place.folder })).rejects.toThrow(/cannot be written \(EISDIR\)/);
    await expect(createLogger({ logFile: '/dev/zero' })).rejects.toThrow(/not a regular file/);
  });
});

it.runIf(existsSync('/dev/full'))('a log that takes no more is said once, and ends nothing', async () => {
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const fs = await import('node:fs');
  const log = openLogFile(place.path('log'));
  // The next file to be opened gets the number of the one that was closed: the log goes to a full disk.
  const fd = Math.max(
    ...fs
      .readdirSync('/proc/self/fd')
      .map(Number)
      .filter((n) => isLog(fs, n)),
  );
  fs.closeSync(fd);
  const full = fs.openSync('/dev/full', 'w');
  expect(full).toBe(fd);
  log.write('a\n');
  log.write('b\n');
  expect(told.mock.calls.flat().filter((text) => String(text).includes('ENOSPC'))).toHaveLength(1);
  told.mockRestore();
  fs.closeSync(full);
});

const isLog = (fs: typeof import('node:fs'), fd: number): boolean => {
  try {
    return fs.readlinkSync(`/proc/self/fd/${fd}`) === place.path('log');
  } catch {
    return false;
  }
};
