/** The page of a run as a file. */
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { pruneRuns, updateUsers, writePlanReport, writeReport } from '../../src/index.js';
import { commandLine } from '../../src/page/command-line.js';
import type { RunPage } from '../../src/page/view/page-data.js';
import { type PageRow, type RowChunk, RowUnpacker } from '../../src/page/view/row-chunk.js';
import { isRunFile, RunFolder } from '../../src/run/state/run-folder.js';
import { leaked, wanted } from '../canary-values.js';
import { isLong, size } from '../length.js';
import { outcomes, renames, serviceOf, updateIn, useWorkplace } from '../workplace.js';
import { sampleRun } from './sample-run.js';

const place = useWorkplace();

const dataOf = (html: string): RunPage => JSON.parse(/id="data">(.*)<\/script>/.exec(html)?.[1] ?? '');

function rowsOf(html: string): PageRow[] {
  const unpacker = new RowUnpacker();
  return [...html.matchAll(/class="rows">(.*)<\/script>/g)].flatMap(([, json = '']) =>
    unpacker.rowsOf(JSON.parse(json) as RowChunk),
  );
}

describe('a page of a run', () => {
  it('says what its report says, and stands in its folder for its owner alone', async () => {
    const emulator = await place.emulate({ users: 40 });
    await updateIn(place, `${renames(40)}99999999,No,Body\n`, {}, emulator);
    const written = await writeReport(place.path('run'));
    expect(written).toEqual({ path: place.path('run/report.html'), leftOut: 0 });
    if (process.platform !== 'win32') expect((await stat(written.path)).mode & 0o777).toBe(0o600);
    const html = await readFile(written.path, 'utf8');
    const page = dataOf(html);
    expect(page).toMatchObject({ state: 'ended', rows: 41, done: 41, table: { kind: 'all', leftOut: 0 } });
    expect(page.failures).toMatchObject([{ rows: 1, errorCode: 'ResourceNotFoundError', lines: [42] }]);
    expect(page.failures[0]?.hint).toContain('wickr-bulk export');
    const report = await outcomes(place.path('run/report.csv'));
    expect(rowsOf(html).map(({ row, line, userId, kind }) => [row, line, userId, kind.status])).toEqual(
      report.map(({ row, line, userId, status }) => [row, line, userId, status]),
    );
    // Nothing but the page itself, and no address that it could load anything from.
    expect(html.replace(/<script.*?<\/script>/gs, '').match(/\b(src|href|action|style|on\w+)=/g)).toBe(null);
    expect(isRunFile('report.html')).toBe(true);
  });

  it('takes the place of an earlier one, and of nothing else', async () => {
    await sampleRun(place.path('run'), { rows: 10 });
    await writeReport(place.path('run'));
    await writeReport(place.path('run'));
    const out = await place.write('mine.html', '<!doctype html>\n<html lang="en">mine');
    await expect(writeReport(place.path('run'), { out })).rejects.toMatchObject({ code: 'USAGE' });
    expect(await readFile(out, 'utf8')).toContain('mine');
    expect((await readdir(place.path('run'))).filter((name) => name.includes('part'))).toEqual([]);
  });

  it('is made of a run that was killed before it had a report, and of one that goes on', async () => {
    await sampleRun(place.path('killed'), { rows: 10, of: 20 });
    expect(dataOf(await readFile((await writeReport(place.path('killed'))).path, 'utf8'))).toMatchObject({
      state: 'stopped',
      next: [expect.stringContaining('wickr-bulk resume')],
    });
    const emulator = await place.emulate({ users: 200 });
    const input = await place.write('users.csv', renames(200));
    const run = updateUsers({
      input,
      folder: place.path('run'),
      rate: 100,
      keepBefore: false,
      ...serviceOf(emulator),
    });
    await emulator.arrival(20);
    const page = dataOf(await readFile((await writeReport(place.path('run'))).path, 'utf8'));
    expect(page).toMatchObject({
      state: 'running',
      rows: 200,
      next: [expect.stringContaining('wickr-bulk stop')],
    });
    expect((await run.summary).statuses.updated).toBe(200);
  });

  it.runIf(isLong)(
    'of more than 50,000 rows has those that did not go through, and stays below 3 MB',
    async () => {
      const rows = size(51_000, 1_000_000);
      await sampleRun(place.path('some'), { rows, failing: 30 });
      const some = await readFile((await writeReport(place.path('some'))).path, 'utf8');
      expect(dataOf(some).table).toEqual({ kind: 'failed', leftOut: 0, file: 'report.csv' });
      expect(rowsOf(some)).toHaveLength(Math.floor(rows / 30));
      await sampleRun(place.path('all'), { rows, failing: 1, text: 'x'.repeat(100) });
      const { path, leftOut } = await writeReport(place.path('all'));
      expect((await stat(path)).size).toBeLessThan(3_000_000);
      const shown = rowsOf(await readFile(path, 'utf8'));
      expect(shown.length + leftOut).toBe(rows);
      expect(shown.at(-1)?.row).toBe(shown.length);
    },
  );

  it('has no value of a row', async () => {
    const emulator = await place.emulate({ users: 20 });
    const rows = wanted.map(({ userId, firstName, lastName, username }) =>
      [userId, firstName, lastName, username].join(','),
    );
    // One that is invalid, and one that the service refuses.
    const csv = `userId,firstName,lastName,username\n${[...rows, '1;2,Zillworks,Kwyjibova,', '99999999,Zillworks,,'].join('\n')}\n`;
    const options = { skipInvalid: true, where: ['firstName!=Ttyrelnym'] };
    const { statuses } = await updateIn(place, csv, options, emulator);
    expect(statuses).toMatchObject({ updated: 2, failed: 1, invalid: 1 });
    expect(leaked(await readFile((await writeReport(place.path('run'))).path, 'utf8'))).toEqual([]);
  });

  it('is removed with its run', async () => {
    const emulator = await place.emulate({ users: 5 });
    await updateIn(place, renames(5), { folder: place.path('runs/one') }, emulator);
    await writeReport(place.path('runs/one'));
    const { removed, left } = await pruneRuns(place.path('runs'), { olderThanMs: 0 });
    expect([removed.length, left]).toEqual([1, []]);
  });

  it.runIf(process.platform !== 'win32' && process.getuid?.() !== 0)(
    'says so if it cannot be written',
    async () => {
      await sampleRun(place.path('run'), { rows: 10 });
      await chmod(place.path('run'), 0o500);
      await expect(writeReport(place.path('run'))).rejects.toMatchObject({ code: 'RUN_FOLDER' });
      await chmod(place.path('run'), 0o700);
    },
  );
});

it('the command line of a run says what its record says', async () => {
  const folder = await sampleRun(place.path('run'), { rows: 10 });
  const record = await RunFolder.at(folder).readRecord();
  const line = (more: object) => commandLine({ ...record, ...more }).replaceAll(/ \\\n {2}/g, ' ');
  expect(line({})).toBe(
    'wickr-bulk update /data/users.csv --network-id 12345678 --region us-east-1 --map Login=lookupUsername --max-errors 2%',
  );
  const options = { skipInvalid: true, keepBefore: false, timeoutMs: 5000, setAgain: ['firstName'] };
  expect(line({ options })).toBe(
    'wickr-bulk update /data/users.csv --network-id 12345678 --region us-east-1 --skip-invalid --no-keep-before --timeout 5 --set firstName=…',
  );
  expect(line({ options: {}, retryOf: '/runs/a b' })).toBe("wickr-bulk retry '/runs/a b'");
  expect(line({ options: {}, command: 'undo', undoOf: '/runs/a' })).toBe('wickr-bulk undo /runs/a');
  expect(line({ options: {}, command: 'apply', input: { ...record.input, path: '/plan.jsonl' } })).toBe(
    'wickr-bulk apply /plan.jsonl',
  );
});

it('a page of what is no plan is refused', async () => {
  const path = await place.write('users.csv', renames(1));
  await expect(writePlanReport(path)).rejects.toMatchObject({ code: 'PLAN' });
  await writeFile(place.path('plan.html'), 'mine');
});
