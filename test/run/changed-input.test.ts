/** An input that changes after it was checked: no row is sent that nobody has checked. */
import { open, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { updateUsers } from '../../src/index.js';
import { outcomes, renames, serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();
const ROWS = 6000;

describe('an input that is changed in place while its rows are sent', () => {
  it('stops the run before any of the new bytes is sent, though size and time are the same', async () => {
    const emulator = await place.emulate({ users: ROWS });
    const input = await place.write('users.csv', renames(ROWS));
    const { atime, mtime } = await stat(input);
    let changing: Promise<void> | undefined;
    const change = async () => {
      const text = renames(ROWS).replaceAll('First', 'Wrong');
      const file = await open(input, 'r+');
      await file.write(text, 0);
      await file.utimes(atime, mtime);
      await file.close();
    };
    const run = updateUsers({
      ...serviceOf(emulator),
      input,
      folder: place.path('run'),
      rate: 2000,
      onProgress: ({ updated }) => {
        if (updated > 0) changing ??= change();
      },
    });
    const summary = await run.summary;
    await changing;
    expect([...emulator.users.values()].filter(({ firstName }) => firstName?.startsWith('Wrong'))).toEqual(
      [],
    );
    expect(summary.stopped?.code).toBe('INPUT_CHANGED');
    expect(summary.statuses.unprocessed).toBeGreaterThan(0);
    expect((await outcomes(summary.report)).length).toBe(ROWS);
  });
});
