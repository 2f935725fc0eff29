import { once } from 'node:events';
import { mkdir, readdir, truncate } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stringify } from 'csv-stringify/sync';
import { describe, expect, it, onTestFinished } from 'vitest';
import { firstOf, isLong, size } from '../length.js';
import { environmentOf, outcomes, renames, useWorkplace } from '../workplace.js';
import { type Ended, run } from './command.js';

const place = useWorkplace();
const network = ['--network-id', '12345678'];

/** Nothing but line ends may act on a terminal, and none of them may come from elsewhere than the program. */
function expectPlain({ stdout, stderr }: Pick<Ended, 'stdout' | 'stderr'>): void {
  expect(stdout.replaceAll('\n', '') + stderr.replaceAll('\n', '')).not.toMatch(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u,
  );
  expect(`${stdout}\n${stderr}`).not.toMatch(/^FAKE/m);
}

const ANSI = '\u001b[2J\u001b]0;title\u0007\u009b31m\u202e\u2028';

const MIB = 1024 ** 2;
const LONGEST = size(64 * MIB, 1024 * MIB);

describe(`a line of ${LONGEST / MIB} MiB`, () => {
  const tellMemory = `data:text/javascript,process.on('exit',()=>process.stderr.write('maxRSS '+process.resourceUsage().maxRSS))`;

  it.each(
    firstOf(1, [
      ['csv', 'userId,firstName\n1,A\n2,', 'line 3: the row that starts here is longer than 1 MiB'],
      ['jsonl', '{"userId":"1","firstName":"', 'line 1: the row that starts here is longer than 1 MiB'],
    ]),
  )('is refused by its line in little memory (%s)', async (format, start, message) => {
    const input = await place.write(`users.${format}`, start + 'x'.repeat(2 * MIB));
    // The rest of the file is a hole: it takes no room on the disk.
    await truncate(input, LONGEST);
    const env = { PATH: process.env.PATH ?? '', NODE_OPTIONS: `--import "${tellMemory}"` };
    const { code, stderr } = await run(['validate', input, ...network], { env });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    const kilobytes = Number(/maxRSS (\d+)/.exec(stderr)?.[1]);
    expect(kilobytes).toBeLessThan(300_000);
  });
});

describe("an input's name", () => {
  const names: readonly [string, string, RegExp][] = [
    ['with a line end', 'a\nFAKE: all is well\r\nFAKE.csv', /-a_FAKE_all_is_well_FAKE$/],
    ['with sequences of a terminal', `${ANSI}x.csv`, /Z-2J_0_title_31m_x$/],
    ['that is a flag', '--json.csv', /Z-json$/],
    ['for a shell', "$(touch FAKE);'`x`.csv", /Z-touch_FAKE_x_$/],
    ['of another script', '名簿.csv', /Z-input$/],
    ['with a dash in front', '-x.csv', /Z-x$/],
    ['with dots in front', '..x.csv', /Z-x$/],
    ['of nothing but dots', '...csv', /Z-input$/],
    ['of an object', '__proto__.csv', /Z-proto__$/],
    ['as long as can be', `${'x'.repeat(251)}.csv`, /Z-x{60}$/],
  ];
  it.each(firstOf(1, names))('%s does no harm', async (_, name, folder) => {
    await mkdir(place.path('in'));
    await place.write(`in/${name}`, 'userId,firstName\n10000001,A\n99,No\n');
    const emulator = await place.emulate({ users: 1 });
    // Also by a path that leads about.
    const input = `../${place.folder.split('/').at(-1)}/in/${name}`;
    const ended = await run(['update', input, ...network], {
      env: environmentOf(emulator, place.folder),
      cwd: place.folder,
    });
    expectPlain(ended);
    expect(ended.code).toBe(3);
    const [made, ...others] = await readdir(place.path('wickr-bulk-runs'));
    expect(made).toMatch(folder);
    expect(others).toEqual([]);
    expect(await readdir(place.folder)).not.toContainEqual(expect.stringMatching(/FAKE|report|run\.json/));
    expect(await outcomes(place.path(`wickr-bulk-runs/${made}/report.csv`))).toHaveLength(2);
  });

  it.each(
    firstOf(1, [
      ['that is not there', [`${ANSI}\nFAKE.csv`], /there is no input file/],
      ['in the place of a flag', [`-${ANSI}\nFAKE.csv`], /there is no option/],
      ['too many', ['a.csv', `${ANSI}\nFAKE.csv`], /takes one argument/],
      ['in the place of a choice', ['a.csv', '--format', `${ANSI}\nFAKE`], /--format needs csv/],
      ['far too long', [`${'x'.repeat(5000)}.csv`], /cannot be opened \(ENAMETOOLONG\)/],
      ['of no format', [`x.${ANSI}\nFAKE`], /name does not tell its format|no input file/],
    ]),
  )('%s is told on one line', async (_, args, message) => {
    const ended = await run(['validate', ...args], { cwd: place.folder });
    expect(ended.stderr).toMatch(message);
    expectPlain(ended);
    expect(ended.code).toBe(2);
  });

  it.runIf(isLong)('stands on one line before each problem', async () => {
    const input = await place.write(`x${ANSI}\nFAKE.csv`, 'userId,firstName\nx,A\ny,B\n');
    const ended = await run(['validate', input, ...network]);
    expectPlain(ended);
    expect(ended.stderr.match(/^x.*FAKE\.csv:[23]: error: userId: /gm)).toHaveLength(2);
  });

  it.runIf(isLong)('of an output folder neither', async () => {
    const emulator = await place.emulate({ users: 1 });
    const input = await place.write('users.csv', `${renames(1)}99,No,Body\n`);
    const out = place.path(`run ${ANSI}\nFAKE`);
    const options = { env: environmentOf(emulator, place.folder) };
    for (const flags of [['--json'], []]) {
      const ended = await run(
        ['update', input, ...network, '--out', `${out}${flags.length}`, ...flags],
        options,
      );
      expectPlain(ended);
      expect(ended.code).toBe(3);
      if (flags.length > 0) expect(JSON.parse(ended.stdout)).toMatchObject({ folder: `${out}1` });
    }
    const again = await run(['update', input, ...network, '--out', `${out}1`], options);
    expect(again.stderr).toContain('exists already');
    expectPlain(again);
  });
});

it('values of a file reach the service as they are, and neither the report nor the terminal', async () => {
  const values = [
    'Jane\r\nx-amz-target: FAKE\r\n',
    '=cmd|calc!A0',
    // Control characters are refused.
    'Zq7Xk\u202e\u2028\u200b',
    '__proto__',
    '../../FAKE',
    '\nFAKE',
    '-1+1',
  ];
  const good = values.map((value, i) => [String(10_000_001 + i), value, `${value}2`]);
  const bad = [
    ['x', ...values.slice(0, 2)],
    ['8'],
    [`${ANSI}\nFAKE`, 'A', 'B'],
    ['1', 'A', 'B', '=C'],
    ['__proto__', 'A', 'B'],
  ];
  const rows = good.flatMap((row, i) => [row, bad[i % bad.length] as string[]]);
  const table = stringify([['userId', 'firstName', 'lastName'], ...rows], { quoted: true });
  const input = await place.write('users.csv', table);
  const emulator = await place.emulate({ users: values.length, faults: [{ kind: 'echo', every: 3 }] });
  const args = [
    'update',
    input,
    ...network,
    '--skip-invalid',
    '--out',
    place.path('run'),
    '--log-level',
    'trace',
  ];
  const ended = await run(args, { env: environmentOf(emulator, place.folder) });
  expectPlain(ended);
  expect(ended.code).toBe(3);
  const lines = await outcomes(place.path('run/report.csv'));
  const statuses = lines.sort((a, b) => a.row - b.row).map(({ status }) => status);
  expect(statuses.filter((_, i) => i % 2 === 1)).toEqual(good.map(() => 'invalid'));
  const sent = good.filter((_, i) => statuses[2 * i] === 'updated');
  expect(sent).toHaveLength(values.length - Math.floor(values.length / 3));
  for (const [id, firstName, lastName] of sent) {
    expect(emulator.users.get(id as string)).toMatchObject({ firstName, lastName });
  }
  const report = await place.read('run/report.csv');
  expectPlain({ stdout: report, stderr: '' });
  expect(report).not.toMatch(/Zq7Xk|FAKE|calc|(^|,)"?[=@+-]/m);
});

describe('what a server says', () => {
  const hostile = [
    [
      422,
      {},
      {
        code: `${ANSI}FAKE`,
        message: `${ANSI}\nFAKE \u0007`,
        reasons: [{ field: ANSI, reason: `\r\nFAKE${ANSI}` }],
      },
    ],
    [400, {}, { __type: 'x#constructor', message: '=cmd|calc!A0' }],
    [404, {}, { code: '__proto__', Message: { toString: 'FAKE' } }],
    [
      418,
      { 'x-amzn-errortype': 'hasOwnProperty:\u009b31m', 'x-amzn-requestid': '=FAKE\u009b1' },
      '{"__proto__":{"message":"FAKE"}}',
    ],
    [409, { 'x-amzn-errortype': 'toString' }, '['.repeat(10_000)],
    [
      410,
      { 'x-amzn-errortype': 'Gone:\u009b31m', constructor: 'x', 'retry-after': '\u009b31m' },
      `<html>${ANSI}\nFAKE`,
    ],
  ] as const;

  it('acts on no terminal and on no table of ours', async () => {
    let turn = 0;
    const server = createServer((request, response) => {
      // The network's name is asked for as well, beside the updates.
      if (request.method === 'GET') return void response.writeHead(404).end();
      const [status, headers, body] = hostile[turn++ % hostile.length] as (typeof hostile)[number];
      response.writeHead(status, `X ${'\u009b'}31m`, headers);
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const input = await place.write('users.csv', renames(12));
    const env = {
      ...environmentOf(await place.emulate({ users: 1 }), place.folder),
      AWS_ENDPOINT_URL_WICKR: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    };
    const args = ['update', input, ...network, '--out', place.path('run'), '--log-level', 'trace'];
    const ended = await run(args, { env });
    expectPlain(ended);
    expect(ended.code).toBe(3);
    expect(ended.stdout).toContain('12 rows: 12 failed');
    expect(ended.stdout).toContain('  2 failed: toString, lines 6, 12\n');
    const { errors } = JSON.parse(await place.read('run/summary.json')) as { errors: Record<string, number> };
    expect(errors).toEqual({
      ...{
        ValidationError: 2,
        BadRequestError: 2,
        ResourceNotFoundError: 2,
        Http418: 2,
        toString: 2,
        Http410: 2,
      },
    });
    const report = await place.read('run/report.csv');
    expectPlain({ stdout: report, stderr: '' });
    expect(report).not.toMatch(/(^|,)"?[=@+-]/m);
    expect(await outcomes(place.path('run/report.csv'))).toHaveLength(12);
  });
});
