/** A row that may have been carried out before its run was resumed: no later refusal says that it was not. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { resumeRun, undoRun, updateUsers } from '../../src/index.js';
import { outcomes, reachOf, renames, serviceOf, useWorkplace, withoutReportMarks } from '../workplace.js';

const place = useWorkplace();
const ID = '10000001';
const quick = { keepBefore: true, rate: 5000, concurrency: 1 };

const namesOf = (emulator: Emulator) =>
  [...emulator.users.values()].map(({ firstName, lastName }) => [firstName, lastName]);

/** A run of two rows that ends while the first has been carried out and not been answered. */
async function unanswered(emulator: Emulator, isKilled: boolean): Promise<void> {
  emulator.setFaults([{ kind: 'hang', applied: true, userId: ID }]);
  const input = await place.write('users.csv', renames(2));
  const run = updateUsers({ ...serviceOf(emulator), ...quick, input, folder: place.path('run') });
  await emulator.arrival(emulator.counts.UpdateUser + 1);
  run.kill();
  await run.summary;
  if (!isKilled) return;
  // As a killed process leaves it: no line for what was in flight, and no summary.
  const report = place.path('run/report.csv');
  const [heading] = (await readFile(report, 'utf8')).split('\n');
  await writeFile(report, `${heading}\n`);
  await withoutReportMarks(place.path('run'));
  await rm(place.path('run/summary.json'));
}

const resumed = (emulator: Emulator, options = {}) =>
  resumeRun(place.path('run'), { ...reachOf(emulator), rate: 5000, ...options }).summary;
const undone = (emulator: Emulator) =>
  undoRun(place.path('run'), { ...reachOf(emulator), rate: 5000, folder: place.path('undo') }).summary;

describe.each([
  ['was let go of', false],
  ['was killed', true],
])('the row of a run that %s', (_, isKilled) => {
  it('is put back by undo though it was refused after the resume, and the report says so', async () => {
    const emulator = await place.emulate({ users: 2 });
    const before = namesOf(emulator);
    await unanswered(emulator, isKilled);
    emulator.setFaults([{ kind: 'refused', status: 409, userId: ID }]);
    expect((await resumed(emulator)).statuses).toMatchObject({ failed: 1, updated: 1 });
    const [line] = (await outcomes(place.path('run/report.csv'))).filter(({ row }) => row === 1);
    expect(line).toMatchObject({ status: 'failed', attempts: 1 });
    expect(line?.message).toContain('may have been carried out');
    expect(namesOf(emulator)).not.toEqual(before);
    emulator.setFaults([]);
    expect((await undone(emulator)).statuses).toMatchObject({ updated: 2 });
    expect(namesOf(emulator)).toEqual(before);
  });

  it('is not believed by undo after a second resume either', async () => {
    const emulator = await place.emulate({ users: 2 });
    const before = namesOf(emulator);
    await unanswered(emulator, isKilled);
    // The second life ends before it sends anything.
    emulator.setFaults([]);
    const options = { ...reachOf(emulator), rate: 5000, onProgress: () => second.stop() };
    const second = resumeRun(place.path('run'), options);
    expect((await second.summary).statuses.unprocessed).toBe(2);
    emulator.setFaults([{ kind: 'refused', status: 409, userId: ID }]);
    await resumed(emulator);
    emulator.setFaults([]);
    await undone(emulator);
    expect(namesOf(emulator)).toEqual(before);
  });

  it('is updated, not unchanged, if its user has the values by then', async () => {
    const emulator = await place.emulate({ users: 2 });
    const before = namesOf(emulator);
    await unanswered(emulator, isKilled);
    emulator.setFaults([]);
    expect((await resumed(emulator)).statuses).toMatchObject({ updated: 2, unchanged: 0 });
    await undone(emulator);
    expect(namesOf(emulator)).toEqual(before);
  });
});

it('a row that was certainly not sent before the resume is refused for good', async () => {
  const emulator = await place.emulate({ users: 2 });
  await unanswered(emulator, false);
  emulator.setFaults([{ kind: 'refused', status: 409, userId: '10000002' }]);
  expect((await resumed(emulator)).statuses).toMatchObject({ failed: 1, updated: 1 });
  const line = (await outcomes(place.path('run/report.csv'))).find(({ row }) => row === 2);
  expect(line?.message).not.toContain('may have been carried out');
  emulator.setFaults([]);
  expect(await undone(emulator)).toMatchObject({ rows: 1, statuses: { updated: 1 } });
});
