/** Inputs that are no CSV or JSONL in UTF-8, by the built command: read, copied, resumed and run again. */
import { readFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { isLong } from '../length.js';
import { environmentOf, notRenamed, outcomes, renames, useWorkplace } from '../workplace.js';
import { run, start } from './command.js';

const place = useWorkplace();
const network = ['--network-id', '12345678'];

it('a list in JSON: its failed rows are JSONL, with the lines of the list in the report, and retry takes them', async () => {
  const emulator = await place.emulate({ users: 2 });
  const env = environmentOf(emulator, place.folder);
  const list = [
    { userId: '10000001', firstName: 'Zoë' },
    { userId: '99', firstName: 'No,\n"body"' },
  ];
  const input = await place.write('users.json', JSON.stringify(list, undefined, 2));
  const out = place.path('run');
  expect((await run(['update', input, ...network, '--out', out], { env })).code).toBe(3);
  expect(emulator.users.get('10000001')?.firstName).toBe('Zoë');
  expect((await outcomes(`${out}/report.csv`)).map(({ line }) => line).toSorted()).toEqual([2, 6]);
  const failed = await readFile(`${out}/failed.jsonl`, 'utf8');
  expect(
    failed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([list[1]]);
  expect((await run(['retry', out, '--out', place.path('again')], { env })).code).toBe(3);
});

it.runIf(isLong)(
  'a compressed file: a run of it that was killed goes on, and its failed rows are not compressed',
  async () => {
    const rows = 200;
    const emulator = await place.emulate({ users: rows, latency: 5 });
    const env = environmentOf(emulator, place.folder);
    const input = await place.write('users.csv.gz', gzipSync(`${renames(rows)}99,No,Body\n`));
    const out = place.path('run');
    const { child, ended } = start(['update', input, ...network, '--out', out, '--rate', '300'], { env });
    await emulator.arrival(rows / 4);
    child.kill('SIGKILL');
    await ended;
    expect(await run(['resume', out, '--rate', '2000'], { env })).toMatchObject({ code: 3 });
    expect(notRenamed(emulator, rows)).toEqual([]);
    expect(await readFile(`${out}/failed.csv`, 'utf8')).toBe('userId,firstName,lastName\n99,No,Body\n');
    expect(gunzipSync(await readFile(input)).toString()).toContain('99,No,Body');
  },
);

it.runIf(isLong)('standard input that is a list in JSON', async () => {
  const emulator = await place.emulate({ users: 1 });
  const env = environmentOf(emulator, place.folder);
  const args = ['update', '-', '--format', 'json', ...network, '--out', place.path('run')];
  const list = '[{"userId":"10000001","firstName":"Ann"}]';
  expect(await run(args, { env, input: list })).toMatchObject({ code: 0 });
  expect(emulator.users.get('10000001')?.firstName).toBe('Ann');
});

it.runIf(isLong)(
  'reconcile of a file that may have been cut off: exit 2, nothing is sent; update warns',
  async () => {
    const emulator = await place.emulate({ users: 3 });
    const env = environmentOf(emulator, place.folder);
    const input = await place.write('users.csv', 'userId,firstName\n10000001,A\n10000002,B\n10000003,C');
    const refused = await run(['reconcile', input, ...network], { env });
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('line 4: the last row has no line end, which all others have');
    expect(emulator.requests).toEqual([]);
    const sent = await run(['update', input, ...network, '--out', place.path('run')], { env });
    expect(sent).toMatchObject({ code: 0 });
    expect(sent.stderr).toContain('was the file cut off?');
  },
);
