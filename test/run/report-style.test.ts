/** A report in another dialect of CSV: written, and read again by everything that reads reports. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  readFailedRows,
  readReport,
  readRunStatus,
  resumeRun,
  retryRun,
  type UpdateOptions,
  undoRun,
  updateUsers,
} from '../../src/index.js';
import { reachOf, serviceOf, useWorkplace, withoutReportMarks } from '../workplace.js';

const place = useWorkplace();
const report = (run = 'run') => readFile(place.path(`${run}/report.csv`), 'utf8');
const ids = ['0000000001', '10000002', '10000003'];

/** Three users are renamed, the last of them in vain. */
async function updated(options: Partial<UpdateOptions>) {
  const users = ids.map((userId) => ({ userId, username: `${userId}@x.org`, firstName: 'Old' }));
  const emulator = await place.emulate({ users, faults: [{ kind: 'refused', userId: '10000003' }] });
  const rows = ids.map((userId) => `${userId},New,Newer\n`).join('');
  const input = await place.write('users.csv', `userId,firstName,lastName\n${rows}`);
  const given = {
    ...serviceOf(emulator),
    input,
    folder: place.path('run'),
    keepBefore: true,
    concurrency: 1,
  };
  const summary = await updateUsers({ ...given, ...options }).summary;
  return { emulator, summary };
}

const inExcel = /^\uFEFFrow;line;userId;status;/;
const text = '1;2;"=""0000000001""";updated;200;';

it.each<[string, Partial<UpdateOptions>, RegExp]>([
  ['as ever', {}, /^row,line,userId,.*\n1,2,0000000001,updated,200,.*,firstName;lastName,\n/],
  [
    'with semicolons',
    { reportDelimiter: ';' },
    /^row;line;userId;.*\n1;2;0000000001;.*;"firstName;lastName";\n/,
  ],
  ['with tabs', { reportDelimiter: 'tab' }, /^row\tline\tuserId\t.*\n1\t2\t0000000001\t/],
  ['with bars', { reportDelimiter: '|' }, /^row\|line\|userId\|.*\n1\|2\|0000000001\|/],
  ['with a byte order mark', { reportBom: true }, /^\uFEFFrow,line,userId,.*\n1,2,0000000001,/],
  [
    'for Excel',
    { excel: true },
    /^\uFEFFrow;line;userId;.*\n1;2;"=""0000000001""";.*;"firstName;lastName";\n/,
  ],
  [
    'for Excel with commas',
    { excel: true, reportDelimiter: ',' },
    /^\uFEFFrow,line,userId,.*\n1,2,"=""0{9}1""",/,
  ],
])('a report %s is read back as it was meant', async (_name, options, beginning) => {
  await updated(options);
  expect(await report()).toMatch(beginning);
  const read = [];
  for await (const { userId, status, changed } of readReport(place.path('run/report.csv'), 'csv'))
    read.push([userId, status, changed]);
  const changed = ['firstName', 'lastName'];
  expect(read).toEqual([
    ['0000000001', 'updated', changed],
    ['10000002', 'updated', changed],
    ['10000003', 'failed', changed],
  ]);
});

describe('a run whose report is for Excel', () => {
  it('is resumed in the same dialect', async () => {
    const { emulator } = await updated({ excel: true });
    const [heading = '', first = ''] = (await report()).split('\n');
    await writeFile(place.path('run/report.csv'), `${heading}\n${first}\n`);
    await rm(place.path('run/summary.json'));
    await withoutReportMarks(place.path('run'));
    expect(await readRunStatus(place.path('run'))).toMatchObject({ state: 'stopped', done: 1 });
    emulator.setFaults([]);
    const { statuses } = await resumeRun(place.path('run'), reachOf(emulator)).summary;
    expect(statuses.updated + statuses.unchanged).toBe(3);
    const lines = (await report()).split('\n');
    expect(lines).toHaveLength(5);
    expect(lines.slice(0, 2)).toEqual([expect.stringMatching(inExcel), first]);
    expect(first).toContain(text);
  });

  it('is resumed in the same dialect if not a row of it has ended', async () => {
    const { emulator } = await updated({ excel: true });
    const [heading = ''] = (await report()).split('\n');
    await writeFile(place.path('run/report.csv'), `${heading}\n`);
    await rm(place.path('run/summary.json'));
    await withoutReportMarks(place.path('run'));
    await resumeRun(place.path('run'), reachOf(emulator)).summary;
    expect(await report()).toMatch(inExcel);
    expect((await report()).split('\n')).toHaveLength(5);
  });

  it('is run again, taken back and looked at', async () => {
    const { emulator } = await updated({ excel: true });
    const failed = [];
    for await (const { row } of readFailedRows(place.path('run'))) failed.push(row);
    expect(failed).toEqual([3]);
    emulator.setFaults([]);
    const again = await retryRun(place.path('run'), { ...reachOf(emulator), folder: place.path('again') })
      .summary;
    expect(again.statuses).toMatchObject({ updated: 1 });
    expect(await report('again')).toMatch(inExcel);
    const back = { ...reachOf(emulator), folder: place.path('back') };
    expect((await undoRun(place.path('run'), back).summary).statuses).toMatchObject({ updated: 2 });
    expect(await report('back')).toMatch(/^row,line/);
    expect(emulator.users.get('0000000001')?.firstName).toBe('Old');
  });
});

it.each([{ reportDelimiter: ';' }, { reportBom: true }, { excel: true }] as const)(
  '%j makes no sense for a report that is no CSV',
  async (options) => {
    const input = await place.write('users.csv', 'userId,firstName\n10000001,New\n');
    const given = { input, region: 'us-east-1', networkId: '12345678', folder: place.path('run') };
    await expect(updateUsers({ ...given, ...options, reportFormat: 'jsonl' }).summary).rejects.toThrow(
      /are about a CSV report/,
    );
  },
);
