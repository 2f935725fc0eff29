/** Workbooks (.xlsx) as inputs of the built command: read, resumed, run again, planned, reconciled. */

import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { textRows, workbook } from '../input/workbook/workbook-file.js';
import { isLong } from '../length.js';
import { environmentOf, outcomes, useWorkplace } from '../workplace.js';
import { run, start } from './command.js';

const place = useWorkplace();
const network = ['--network-id', '12345678'];

const list = (rows: readonly (readonly string[])[]) =>
  workbook({
    sheets: [
      { name: 'Read me', state: 'hidden', rows: textRows([['Not this one']]) },
      { name: 'People', rows: textRows([['userId', 'firstName'], ...rows]) },
      {
        name: 'Zoë’s',
        rows: textRows([
          ['userId', 'firstName'],
          ['10000001', 'Other'],
        ]),
      },
    ],
  });

it("the report has the sheet's rows; failed.csv has the rows that failed, and retry takes them", async () => {
  const emulator = await place.emulate({ users: 2 });
  const env = environmentOf(emulator, place.folder);
  const input = await place.write(
    'users.xlsx',
    list([['10000001', 'Zoë'], [], ['99', 'No,\n"body"'], ['10000002', 'Bo']]),
  );
  const out = place.path('run');
  const args = ['update', input, ...network, '--out', out];
  expect(await run(args, { env })).toMatchObject({ code: 3 });
  expect(emulator.users.get('10000001')?.firstName).toBe('Zoë');
  expect((await outcomes(`${out}/report.csv`)).map(({ line, status }) => [line, status]).toSorted()).toEqual([
    [2, 'updated'],
    [4, 'failed'],
    [5, 'updated'],
  ]);
  expect(await readFile(`${out}/failed.csv`, 'utf8')).toBe('userId,firstName\n99,"No,\n""body"""\n');
  expect(await run(['retry', out, '--out', place.path('again')], { env })).toMatchObject({ code: 3 });
});

it.runIf(isLong)('a run of a sheet that was killed goes on with that sheet', async () => {
  const rows = 200;
  const emulator = await place.emulate({ users: rows, latency: 5 });
  const env = environmentOf(emulator, place.folder);
  const all = Array.from({ length: rows }, (_, index) => [`${10_000_001 + index}`, `Ann${index}`]);
  const input = await place.write('users.xlsx', list(all));
  const out = place.path('run');
  const args = ['update', input, ...network, '--out', out, '--rate', '300', '--sheet', 'people'];
  const { child, ended } = start(args, { env });
  await emulator.arrival(rows / 4);
  child.kill('SIGKILL');
  await ended;
  expect(await run(['resume', out, '--rate', '2000'], { env })).toMatchObject({ code: 0 });
  const names = [...emulator.users.values()].map(({ firstName }) => firstName);
  expect(names.filter((name) => !name?.startsWith('Ann'))).toEqual([]);
  await place.write('users.xlsx', list(all.slice(1)));
  expect(
    await run(['update', input, ...network, '--out', place.path('other'), '--sheet', 'None'], { env }),
  ).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('it has 3 sheets: "Read me", "People", "Zoë’s"'),
  });
});

it.runIf(isLong)('from standard input, with the file left to no one', async () => {
  const emulator = await place.emulate({ users: 1 });
  const env = environmentOf(emulator, place.folder);
  const args = [
    'update',
    '-',
    '--format',
    'xlsx',
    ...network,
    '--out',
    place.path('run'),
    '--sheet',
    'Zoë’s',
  ];
  expect(await run(args, { env, input: list([]) })).toMatchObject({ code: 0 });
  expect(emulator.users.get('10000001')?.firstName).toBe('Other');
  const asCsv = ['validate', '-', '--format', 'csv', ...network];
  expect(await run(asCsv, { env, input: list([]) })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--format'),
  });
});

it.runIf(isLong)('plan, apply and reconcile', async () => {
  const emulator = await place.emulate({ users: 2 });
  const env = environmentOf(emulator, place.folder);
  const input = await place.write(
    'users.xlsx',
    list([
      ['10000001', 'Ann'],
      ['10000002', 'Bo'],
    ]),
  );
  const plan = place.path('plan.jsonl');
  expect(await run(['plan', input, ...network, '--out', plan], { env })).toMatchObject({ code: 0 });
  expect(await run(['apply', plan, '--out', place.path('run')], { env })).toMatchObject({ code: 0 });
  expect(emulator.users.get('10000002')?.firstName).toBe('Bo');
  const again = await run(['reconcile', input, ...network, '--out', place.path('night')], { env });
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('2 unchanged') });
});
