/** Accidents that a reconciliation must not carry out. */
import { readdir, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { exitCodeOfRun } from '../../../src/cli/exit-codes.js';
import type { Emulator } from '../../../src/emulator/server.js';
import {
  applyPlan,
  CapError,
  exportUsers,
  InputError,
  InterruptedError,
  type ReconcileOptions,
  reconcileUsers,
} from '../../../src/index.js';
import { headingOf, userLine } from '../../../src/verbs/export-file.js';
import { serviceOf, useWorkplace } from '../../workplace.js';

const place = useWorkplace();
const USERS = 200;

const writes = (emulator: Emulator) => emulator.counts.UpdateUser ?? 0;

/** The network as it is, as the lines of a CSV. */
async function linesOf(emulator: Emulator): Promise<string[]> {
  let text = headingOf('csv');
  for await (const user of exportUsers(serviceOf(emulator))) text += userLine(user, 'csv');
  return text.trimEnd().split('\n');
}

async function run(emulator: Emulator, lines: readonly string[], options: Partial<ReconcileOptions> = {}) {
  const input = await place.write('hr-2026-11-24.csv', `${lines.join('\n')}\n`);
  const inputMemory = place.path('state/inputs.json');
  return reconcileUsers({
    ...serviceOf(emulator),
    input,
    folder: place.path('run'),
    rate: 5000,
    inputMemory,
    ...options,
  }).summary;
}

/** The cap's error; nothing may have been sent. */
async function tripped(
  emulator: Emulator,
  ...args: Parameters<typeof run> extends [Emulator, ...infer Rest] ? Rest : never
) {
  const error = await run(emulator, ...args).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(CapError);
  expect(writes(emulator)).toBe(0);
  return error as CapError;
}

/** Each line with another value in one column. */
const withColumn = (
  [heading = '', ...rows]: readonly string[],
  column: string,
  value: (row: number) => string,
) => [
  heading,
  ...rows.map((row, index) => {
    const cells = row.split(',');
    cells[heading.split(',').indexOf(column)] = value(index);
    return cells.join(',');
  }),
];

/** Made-up names have no commas, so that lines can be cut at them. */
const emulate = (seed = 1) => place.emulate({ users: USERS, seed });

it.each(['', '{', '{"x":{"rows":-1,"at":0}}'])(
  'a memory of lengths that reads %j is a stop, not the absence of a memory',
  async (text) => {
    const emulator = await emulate();
    const inputMemory = await place.write('inputs.json', text);
    const running = run(emulator, await linesOf(emulator), { inputMemory });
    await expect(running).rejects.toThrow(/inputs\.json, which keeps the lengths .* cannot be read/);
    expect(writes(emulator)).toBe(0);
  },
);

it('many nights that are each a little shorter are together too much', async () => {
  const emulator = await emulate();
  const lines = await linesOf(emulator);
  const night = (rows: number) =>
    run(emulator, lines.slice(0, rows + 1), { folder: place.path(`night-${rows}`) });
  await night(200);
  await night(185);
  await expect(night(170)).rejects.toThrow(/has 170 rows and the largest of the last ones had 200/);
});

describe('a drain of groups that cannot be judged', () => {
  it.each([
    ['groups of users', 'securityGroupIds', /does not tell which they are in/],
    ['numbers of members', 'activeMembers', /does not tell how many members it has/],
  ])('because %s are hidden counts as the worst', async (_, field, message) => {
    const emulator = await place.emulate({ users: USERS, hidden: [{ field }] });
    const rows = [...emulator.users.keys()].slice(0, 150).map((userId) => `${userId},Kd93mXvP`);
    const lines = ['userId,securityGroupIds', ...rows];
    const error = await tripped(emulator, lines, { maxChanges: '100%' });
    expect(error.message).toMatch(message);
    expect(error.message).toContain('(`maxGroupDrain`)');
    const meant = { maxChanges: '100%', maxGroupDrain: '100%', folder: place.path('meant') };
    expect(exitCodeOfRun(await run(emulator, lines, meant))).toBe(0);
  });
});

describe('an accident', () => {
  it('that leaves an empty file, or its header alone, sends nothing', async () => {
    const emulator = await emulate();
    await expect(run(emulator, [''])).rejects.toThrow(InputError);
    await expect(run(emulator, ['userId,firstName'])).rejects.toThrow(InputError);
    expect(emulator.requests).toEqual([]);
  });

  it('that cuts a file in half is noticed by the length of the last one, whatever the date in its name', async () => {
    const emulator = await emulate();
    const lines = await linesOf(emulator);
    expect((await run(emulator, lines)).statuses.unchanged).toBe(lines.length - 1);
    const half = lines.slice(0, lines.length / 2);
    const input = await place.write('hr-2026-11-25.csv', `${half.join('\n')}\n`);
    const error = await tripped(emulator, lines, { input, folder: place.path('half') });
    expect(error.message).toMatch(
      /has 99 rows and the largest of the last ones had 200, but it may be at most 10 % shorter \(`maxShrink`\)/,
    );
    expect(error.code).toBe('CAP');
    const meant = await run(emulator, lines, { input, folder: place.path('meant'), maxShrink: '60%' });
    expect(exitCodeOfRun(meant)).toBe(0);
    // From now on this is the length to compare with.
    expect(exitCodeOfRun(await run(emulator, lines, { input, folder: place.path('next') }))).toBe(0);
  });

  it('that moves everybody to one group is stopped by each of two caps', async () => {
    const emulator = await emulate();
    const lines = withColumn(await linesOf(emulator), 'securityGroupIds', () => 'Kd93mXvP');
    const both = await tripped(emulator, lines);
    expect(both.message).toMatch(/`maxChanges`/);
    expect(both.message).toMatch(/`maxGroupDrain`/);
    const drain = await tripped(emulator, lines, { maxChanges: '100%', folder: place.path('again') });
    expect(drain.message).not.toMatch(/maxChanges/);
    expect(drain.message).toMatch(/of the \d+ members of group \w+ would leave it, but at most 25 % may/);
    expect(drain.message).toContain('(`maxGroupDrain`)');
    const meant = { maxChanges: '100%', maxGroupDrain: '100%', folder: place.path('meant') };
    const summary = await run(emulator, lines, meant);
    expect(exitCodeOfRun(summary)).toBe(0);
    expect(
      new Set([...emulator.users.values()].flatMap(({ securityGroupIds }) => securityGroupIds)),
    ).toContain('Kd93mXvP');
  });

  it('that names the wrong network changes nobody of it', async () => {
    const [right, wrong] = [await emulate(1), await emulate(2)];
    const error = await tripped(wrong, await linesOf(right));
    expect(error.message).toMatch(/users would be changed, but at most 20 are allowed \(`maxChanges`\)/);
    expect(error.message).toMatch(/users would be renamed, but at most 20 are allowed \(`maxRenames`\)/);
  });

  it('that mixes up a column of names is stopped by its own cap', async () => {
    const emulator = await emulate();
    const lines = withColumn(await linesOf(emulator), 'firstName', () => 'Firstname');
    const error = await tripped(emulator, lines, { maxChanges: 1000 });
    expect(error.message).toMatch(/users would be renamed, but at most 20 are allowed \(`maxRenames`\)/);
    expect(error.message).not.toMatch(/maxChanges|maxGroupDrain/);
  });

  it('that leaves fewer rows than there have to be sends nothing', async () => {
    const emulator = await emulate();
    const error = await tripped(emulator, (await linesOf(emulator)).slice(0, 50), { minRows: 100 });
    expect(error.message).toContain('the input has 49 rows, but at least 100 are required (`minRows`)');
  });
});

describe('the plan that goes beyond a cap', () => {
  it('is kept for its owner alone, and can be carried out', async () => {
    const emulator = await emulate();
    const lines = withColumn(await linesOf(emulator), 'lastName', (row) => `Name ${row}`);
    const error = await tripped(emulator, lines);
    expect(await readdir(place.path('run'))).toEqual(['plan.jsonl']);
    const plan = place.path('run/plan.jsonl');
    expect((await stat(plan)).mode & 0o777).toBe(0o600);
    expect(error.hint).toContain(plan);
    const { networkId: _, region: __, ...service } = serviceOf(emulator);
    const summary = await applyPlan(plan, { ...service, rate: 5000, folder: place.path('apply') }).summary;
    expect(summary.statuses.updated).toBe(lines.length - 1);
  });
});

it('a few users may always change', async () => {
  const emulator = await emulate();
  const [heading = '', ...rows] = withColumn(await linesOf(emulator), 'firstName', () => 'Zoë');
  const summary = await run(emulator, [heading, ...rows.slice(0, 20)]);
  expect(exitCodeOfRun(summary)).toBe(0);
  expect(summary.statuses.updated).toBeGreaterThan(10);
});

it.each([
  [{ maxGroupDrain: '101%' }, '`maxGroupDrain` needs'],
  [{ maxShrink: '5' }, '`maxShrink` needs'],
  [{ minRows: 0 }, '`minRows` needs'],
  [{ maxRenames: 'all' }, '`maxRenames` needs'],
])('%o is no cap', async (options, flag) => {
  const emulator = await emulate();
  await expect(run(emulator, ['userId,firstName', '10000001,A'], options)).rejects.toThrow(flag);
});

describe('a filter', () => {
  const departments = (lines: readonly string[]) =>
    lines.map((line, index) => `${line},${index === 0 ? 'Department' : 'Sales'}`);

  it.each([
    [
      'that selects nobody',
      ['Department=Renamed'],
      undefined,
      '0 of 200 rows are selected, but at least 1 are required',
    ],
    [
      'that selects fewer than are asked for',
      ['userId=/0[1-3]$/'],
      10,
      /^\d of 200 rows are selected, but at least 10/,
    ],
  ])('%s', async (_, where, minSelected, message) => {
    const emulator = await emulate();
    const options = { where, ignoreUnknownColumns: true, ...(minSelected && { minSelected }) };
    const error = await tripped(emulator, departments(await linesOf(emulator)), options);
    expect(error.message).toMatch(message);
    expect(error.message).toContain('(`minSelected`)');
    expect(exitCodeOfRun({ statuses: {}, stopped: error } as never)).toBe(4);
  });

  it('that selects somebody, or nobody if that is meant, is none', async () => {
    const emulator = await emulate();
    const lines = departments(await linesOf(emulator));
    const some = { where: ['Department!=Renamed'], ignoreUnknownColumns: true };
    expect((await run(emulator, lines, some)).statuses).toMatchObject({ unchanged: USERS });
    const nobody = {
      where: ['Department=Renamed'],
      ignoreUnknownColumns: true,
      minSelected: 0,
      folder: place.path('two'),
    };
    expect((await run(emulator, lines, nobody)).statuses).toMatchObject({ skipped: USERS });
  });
});

it('a stop while credentials are asked for is a stop, whoever asks', async () => {
  const emulator = await emulate();
  const lines = withColumn((await linesOf(emulator)).slice(0, 6), 'firstName', (row) => `New${row}`);
  const input = await place.write('hr.csv', `${lines.join('\n')}\n`);
  const ends: unknown[] = [];
  for (let asked = 1, isOver = false; !isOver; asked += 1) {
    const before = writes(emulator);
    let times = 0;
    const job = reconcileUsers({
      ...serviceOf(emulator),
      input,
      folder: place.path(`run${asked}`),
      inputMemory: place.path('state/inputs.json'),
      credentials: async () => {
        times += 1;
        if (times === asked) job.stop();
        return emulator.credentials;
      },
    });
    const end = await job.summary.catch((error: unknown) => error);
    if (end instanceof Error) ends.push(end);
    isOver = writes(emulator) > before || times < asked;
  }
  expect(ends.length).toBeGreaterThan(4);
  for (const end of ends) expect(end).toBeInstanceOf(InterruptedError);
});
