import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ExitCode, exitCodeOfRun, withExitCode } from '../../src/cli/exit-codes.js';
import {
  InputError,
  LockedError,
  RunFolderError,
  readRunStatus,
  resumeRun,
  retryRun,
  type Summary,
  updateUsers,
} from '../../src/index.js';
import { takeLock } from '../../src/run/lock/lock.js';
import {
  lockTerms,
  notRenamed,
  outcomes,
  reachOf,
  renames,
  serviceOf,
  summaryOf,
  updateIn,
  useWorkplace,
  withoutReportMarks,
} from '../workplace.js';

const place = useWorkplace();
const run = () => place.path('run');
const stopped = { signal: 'SIGINT', message: 'stopped', hint: 'go on' };

/** A run over `rows` rows of `emulator` that was stopped in its midst. */
async function stoppedRun(rows: number, content = renames(rows)) {
  const emulator = await place.emulate({ users: rows, latency: 5 });
  const stopping = new AbortController();
  const running = updateIn(place, content, { rate: 300, stopping: stopping.signal }, emulator);
  await emulator.arrival(rows / 2);
  stopping.abort(stopped);
  return { emulator, summary: await running, again: { ...reachOf(emulator), rate: 5000 } };
}

const rowsOf = async ({ report }: Summary) => (await outcomes(report)).map(({ row }) => row);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe('resume', () => {
  it('goes on where the run was stopped: one line a row, nothing sent twice, no failed file left', async () => {
    const { emulator, summary, again } = await stoppedRun(200);
    expect(summary.statuses.unprocessed).toBeGreaterThan(50);
    const resumed = await resumeRun(run(), again).summary;
    expect(withExitCode(resumed)).toMatchObject({ exitCode: 0, rows: 200, startedAt: summary.startedAt });
    expect(resumed.statuses).toMatchObject({ updated: 200, unprocessed: 0 });
    expect((await rowsOf(resumed)).sort((a, b) => a - b)).toEqual(upTo(200));
    expect(emulator.counts.UpdateUser).toBe(200);
    expect(notRenamed(emulator, 200)).toEqual([]);
    await expect(readFile(`${run()}/failed.csv`)).rejects.toThrow('ENOENT');
    expect(JSON.parse(await place.read('run/summary.json'))).toEqual(resumed);
  });

  it('sends nothing for a user who had one of the values a row asks for, and has it no longer', async () => {
    const emulator = await place.emulate({ users: 2 });
    const [first, second] = [...emulator.users.values()];
    if (!first || !second) throw new Error('there are two users');
    const update = async (file: string, content: string) =>
      updateUsers({
        ...{ ...serviceOf(emulator), folder: place.path(file), rate: 5000, concurrency: 1 },
        input: await place.write(`${file}.csv`, content),
      });
    emulator.setFaults([{ kind: 'hang', userId: first.userId }]);
    const [group = '', other = ''] = emulator.groups.map(({ id }) => id);
    await (await update('earlier', `userId,securityGroupIds\n${second.userId},${group}\n`)).summary;
    const lines = [first, second].map(({ userId }) => `${userId},New,${group}\n`);
    const begun = await update('run', `userId,firstName,securityGroupIds\n${lines.join('')}`);
    await emulator.arrival(emulator.counts.UpdateUser + 1);
    begun.kill();
    await begun.summary;
    emulator.setFaults([]);
    await (await update('others', `userId,securityGroupIds\n${second.userId},${other}\n`)).summary;
    const resumed = await resumeRun(run(), { ...reachOf(emulator), rate: 5000 }).summary;
    expect(resumed.statuses).toMatchObject({ updated: 1, conflict: 1 });
    expect(emulator.users.get(second.userId)).toMatchObject({
      firstName: second.firstName,
      securityGroupIds: [other],
    });
  });

  it('starts from the rate that its report shows', async () => {
    const { emulator } = await stoppedRun(200);
    // As if it had found a rate of 1000/s by itself; this machine may be slower.
    const record = JSON.parse(await place.read('run/run.json'));
    delete record.options.rate;
    await writeFile(`${run()}/run.json`, JSON.stringify(record));
    const report = await place.read('run/report.csv');
    let at = Date.parse('2026-01-01');
    const quick = report.replace(/[^,]+Z,[^,]+Z/g, () => {
      at += 1;
      return `${new Date(at).toISOString()},${new Date(at).toISOString()}`;
    });
    await writeFile(`${run()}/report.csv`, quick);
    await withoutReportMarks(run());
    const rates: number[] = [];
    const again = { ...reachOf(emulator), onRate: (rate: number) => rates.push(rate) };
    const resumed = await resumeRun(run(), again).summary;
    expect(resumed.statuses.updated).toBe(200);
    // From an unknown rate on, ten rows reach some 60/s.
    expect(Math.max(...rates.slice(0, 11))).toBeGreaterThan(90);
  });

  it('of a run that has ended gives what it came to, and sends nothing', async () => {
    const emulator = await place.emulate({ users: 3 });
    const summary = await updateIn(place, `${renames(3)}99,No,Body\n`, {}, emulator);
    await rm(place.path('users.csv'));
    expect(await resumeRun(run(), reachOf(emulator)).summary).toEqual(summary);
    expect(emulator.counts.UpdateUser).toBe(4);
  });

  it('of a run that was killed between its last line and its summary needs no credentials', async () => {
    const emulator = await place.emulate({ users: 3 });
    const summary = await updateIn(place, `${renames(3)}99,No,Body\n`, {}, emulator);
    await rm(`${run()}/summary.json`);
    await rm(`${run()}/failed.csv`);
    const resumed = await resumeRun(run(), { credentials: () => Promise.reject(new Error('none')) }).summary;
    expect(withExitCode(resumed)).toMatchObject({
      exitCode: ExitCode.rowsFailed,
      statuses: summary.statuses,
    });
    expect(await place.read('run/failed.csv')).toBe('userId,firstName,lastName\n99,No,Body\n');
    expect(emulator.counts.UpdateUser).toBe(4);
  });

  it('keeps standard input until every row of it has its outcome', async () => {
    const emulator = await place.emulate({ users: 100, latency: 5 });
    const stopping = new AbortController();
    const running = summaryOf(
      updateUsers({
        ...serviceOf(emulator),
        input: Readable.from([Buffer.from(renames(100))]),
        format: 'csv',
        folder: run(),
        rate: 200,
      }),
      stopping.signal,
    );
    await emulator.arrival(20);
    stopping.abort(stopped);
    await running;
    const resumed = await resumeRun(run(), { ...reachOf(emulator), rate: 5000 }).summary;
    expect(resumed.statuses.updated).toBe(100);
    await expect(readFile(`${run()}/input.csv`)).rejects.toThrow('ENOENT');
  });

  it.each([
    ['longer', (text: string) => `${text}10000001,A,B\n`],
    ['of the same length', (text: string) => text.replace('First 7', 'First 8')],
  ])('refuses an input that is %s now, and leaves the run as it was', async (_case, change) => {
    const { emulator, again } = await stoppedRun(100);
    const [report, sent] = [await place.read('run/report.csv'), emulator.counts.UpdateUser];
    await writeFile(place.path('users.csv'), change(renames(100)));
    const resuming = resumeRun(run(), again).summary;
    await expect(resuming).rejects.toThrow(InputError);
    await expect(resuming).rejects.toThrow('is not the file that the run was started with');
    expect(await place.read('run/report.csv')).toBe(report);
    expect(emulator.counts.UpdateUser).toBe(sent);
    await place.write('users.csv', renames(100));
    expect(exitCodeOfRun(await resumeRun(run(), again).summary)).toBe(0);
  });

  it('whose input was moved says where it was, and goes on with the file that it is told', async () => {
    const { again } = await stoppedRun(100);
    await rename(place.path('users.csv'), place.path('moved'));
    const lost = resumeRun(run(), again).summary;
    await expect(lost).rejects.toThrow(`the run's input is not at ${place.path('users.csv')} any more`);
    await expect(lost).rejects.toMatchObject({ hint: expect.stringContaining('`movedInput`') });
    const elsewhere = resumeRun(run(), { ...again, movedInput: place.path('nowhere') }).summary;
    await expect(elsewhere).rejects.toThrow(/there is no file .*nowhere; .* its input was at .*users\.csv/);
    await place.write('other', renames(99));
    const other = resumeRun(run(), { ...again, movedInput: place.path('other') }).summary;
    await expect(other).rejects.toThrow('is not the file that the run was started with');
    const summary = await resumeRun(run(), { ...again, movedInput: place.path('moved') }).summary;
    expect([exitCodeOfRun(summary), summary.statuses.updated]).toEqual([0, 100]);
  });

  it.each([
    ['an option', (record: { options: object }) => ({ ...record, options: { ...record.options, sieve: 1 } })],
    ['something else', (record: object) => ({ ...record, sieve: 1 })],
  ])('of a later version is refused: it says %s that is not known', async (_case, change) => {
    const { again, emulator } = await stoppedRun(100);
    const sent = emulator.counts.UpdateUser;
    const record = JSON.parse(await place.read('run/run.json'));
    await place.write('run/run.json', JSON.stringify(change(record)));
    const resuming = resumeRun(run(), again).summary;
    await expect(resuming).rejects.toThrow(/does not know \(sieve\)/);
    expect(emulator.counts.UpdateUser).toBe(sent);
  });

  it.each([
    ['a line of another program', (lines: string[]) => lines.with(3, 'x,y')],
    ['a line twice', (lines: string[]) => lines.with(3, lines[2] ?? '')],
    [
      'a row that the input does not have',
      (lines: string[]) => lines.with(3, (lines[3] ?? '').replace(/^\d+/, '999')),
    ],
  ])('stops at %s in the report, with the number of the line', async (_case, damage) => {
    const { again } = await stoppedRun(100);
    const lines = (await place.read('run/report.csv')).split('\n');
    await writeFile(place.path('run/report.csv'), damage(lines).join('\n'));
    const resuming = resumeRun(run(), again).summary;
    await expect(resuming).rejects.toThrow(RunFolderError);
    await expect(resuming).rejects.toThrow('line 4:');
  });

  it('cuts off a torn last line and does its row again', async () => {
    const { again } = await stoppedRun(100);
    await rm(`${run()}/summary.json`);
    const updated = (await place.read('run/report.csv'))
      .split('\n')
      .filter((line) => !line.includes('unprocessed'));
    await writeFile(`${run()}/report.csv`, updated.join('\n').slice(0, -20));
    await withoutReportMarks(run());
    const resumed = await resumeRun(run(), again).summary;
    expect((await rowsOf(resumed)).sort((a, b) => a - b)).toEqual(upTo(100));
    expect(resumed.statuses.updated).toBe(100);
  });

  it('counts the failures from before towards --max-errors', async () => {
    const { again, emulator } = await stoppedRun(
      100,
      `userId,firstName\n91,A\n92,B\n93,C\n${renames(97)
        .split('\n')
        .slice(1)
        .map((line) => line.split(',').slice(0, 2).join(','))
        .join('\n')}`,
    );
    const sent = emulator.counts.UpdateUser;
    const resumed = await resumeRun(run(), { ...again, maxErrors: 2 }).summary;
    expect(withExitCode(resumed)).toMatchObject({
      exitCode: ExitCode.stopped,
      stopped: { message: expect.stringContaining('`maxErrors`') },
    });
    expect(emulator.counts.UpdateUser).toBe(sent);
    expect((await resumeRun(run(), { ...again, maxErrors: 3 }).summary).statuses).toMatchObject({
      failed: 3,
      updated: 97,
    });
  });

  it.each(['no folder', 'a folder without run.json', 'a file'])('says what a run is, of %s', async (what) => {
    const path =
      what === 'a file' ? await place.write('x', '') : what === 'no folder' ? place.path('x') : place.folder;
    const resuming = resumeRun(path).summary;
    await expect(resuming).rejects.toThrow('is not the folder of a run');
    await expect(resuming).rejects.toMatchObject({ code: 'NOT_A_RUN' });
  });
});

describe('locks', () => {
  it('let one process at a time work on a run', async () => {
    const { again } = await stoppedRun(100);
    const lock = await takeLock(`${run()}/lock`, 'it', lockTerms());
    await expect(resumeRun(run(), again).summary).rejects.toThrow(LockedError);
    await expect(retryRun(run(), { ...again, folder: place.path('again') }).summary).rejects.toThrow(
      LockedError,
    );
    expect((await readRunStatus(run())).state).toBe('running');
    await lock.release();
    expect(exitCodeOfRun(await resumeRun(run(), again).summary)).toBe(0);
  });

  it('let one run at a time change a network', async () => {
    const emulator = await place.emulate({ users: 100, latency: 5 });
    const locks = place.path('locks');
    const running = updateIn(place, renames(100), { rate: 100, locks }, emulator);
    await emulator.arrival(5);
    const second = updateIn(place, renames(100), { folder: place.path('second'), locks }, emulator);
    await expect(second).rejects.toThrow(/network 12345678: process \d+ on /);
    expect((await running).statuses.updated).toBe(100);
    expect(emulator.counts.UpdateUser).toBe(100);
    const third = await updateIn(place, renames(100), { folder: place.path('second'), locks }, emulator);
    expect(exitCodeOfRun(third)).toBe(0);
  });
});

describe('retry', () => {
  it('runs the failed rows again as a new run, as they were corrected', async () => {
    const emulator = await place.emulate({ users: 3 });
    await updateIn(place, `${renames(2)}99,First 3,"Last, 3"\n`, { limit: 3 }, emulator);
    await writeFile(`${run()}/failed.csv`, (await place.read('run/failed.csv')).replace('99', '10000003'));
    const again = await retryRun(run(), { ...reachOf(emulator), folder: place.path('again') }).summary;
    expect(withExitCode(again)).toMatchObject({ exitCode: 0, rows: 1, folder: place.path('again') });
    expect(notRenamed(emulator, 3)).toEqual([]);
    expect(await rowsOf(again)).toEqual([1]);
  });

  it('says so if there is nothing to run again, or the run was killed', async () => {
    const emulator = await place.emulate({ users: 3 });
    await updateIn(place, renames(3), {}, emulator);
    await expect(
      retryRun(run(), { ...reachOf(emulator), folder: place.path('again') }).summary,
    ).rejects.toThrow('no row to run again');
    await rm(`${run()}/summary.json`);
    await expect(
      retryRun(run(), { ...reachOf(emulator), folder: place.path('again') }).summary,
    ).rejects.toMatchObject({
      hint: expect.stringContaining('resume'),
    });
  });
});

describe('status', () => {
  it('tells of a run that goes on, was stopped, and has ended', async () => {
    const emulator = await place.emulate({ users: 100, latency: 5 });
    const stopping = new AbortController();
    const running = updateIn(place, renames(100), { rate: 100, stopping: stopping.signal }, emulator);
    await emulator.arrival(40);
    const during = await readRunStatus(run());
    expect(during).toMatchObject({ state: 'running', rows: 100, process: { pid: process.pid } });
    expect(during.done).toBeLessThan(100);
    stopping.abort(stopped);
    const { statuses } = await running;
    const after = await readRunStatus(run());
    expect(after).toMatchObject({ state: 'stopped', rows: 100, done: statuses.updated });
    expect(after).toMatchObject({ finishedAt: expect.any(String), stopped });
    await appendFile(`${run()}/report.csv`, '77,torn');
    expect((await readRunStatus(run())).done).toBe(statuses.updated);
    await resumeRun(run(), { ...reachOf(emulator), rate: 5000 }).summary;
    expect(await readRunStatus(run())).toMatchObject({
      state: 'ended',
      done: 100,
      finishedAt: expect.any(String),
    });
  });
});

it.each([
  [9, 0],
  ['90%', 0],
  [10, 10],
])('maxChanges %s with 10 rows: %i are sent', async (maxChanges, sent) => {
  const emulator = await place.emulate({ users: 10 });
  const running = updateIn(place, renames(10), { maxChanges }, emulator);
  if (sent > 0) expect(exitCodeOfRun(await running)).toBe(0);
  else await expect(running).rejects.toMatchObject({ code: 'CAP' });
  expect(emulator.counts.UpdateUser).toBe(sent);
});
