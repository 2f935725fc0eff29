/** How a run stands that nobody works on: as its last screen said, wherever its folder is by now. */
import { rename } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { readRunStatus } from '../../src/index.js';
import { renderStatus } from '../../src/screen/status.js';
import { renderSummary } from '../../src/screen/summary.js';
import { renames, updateIn, useWorkplace } from '../workplace.js';

const place = useWorkplace();

it('a run that has ended says who failed and why, where its files are, and the next command', async () => {
  const emulator = await place.emulate({ users: 3, faults: [{ kind: 'refused', userId: '10000002' }] });
  const summary = await updateIn(place, renames(3), { rate: 5000 }, emulator);
  const status = await readRunStatus(summary.folder);
  expect(status).toMatchObject({ state: 'ended', failures: [{ rows: 1, lines: [3] }] });
  expect(renderStatus(status)).toBe(`ended\n${renderSummary(summary)}`);
  expect(renderStatus(status)).toContain('line 3\n');
});

it('a run whose folder was moved names the files where they are', async () => {
  const emulator = await place.emulate({ users: 3, faults: [{ kind: 'refused', userId: '10000002' }] });
  const { folder } = await updateIn(place, renames(3), { rate: 5000 }, emulator);
  const moved = place.path('archive');
  await rename(folder, moved);
  const text = renderStatus(await readRunStatus(moved));
  expect(text).not.toContain(folder);
  expect(text).toContain(`report: ${moved}/report.csv\nrows to run again: ${moved}/failed.csv\n`);
  expect(text).toContain(`wickr-bulk retry ${moved}\n`);
});

it('a run that was stopped says why, and how it goes on', async () => {
  const emulator = await place.emulate({ users: 100, latency: 5 });
  const stopping = new AbortController();
  const running = updateIn(place, renames(100), { rate: 200, stopping: stopping.signal }, emulator);
  await emulator.arrival(20);
  stopping.abort({ message: 'stopped by somebody', hint: 'Go on later.' });
  const { folder } = await running;
  const text = renderStatus(await readRunStatus(folder));
  expect(text).toMatch(/^stopped by somebody\n {2}Go on later\.\n100 rows: \d+ updated, \d+ unprocessed\n/);
  expect(text).toMatch(/\ncontinue it: wickr-bulk resume \S+\n$/);
});
