/** Rows that a program gives as objects or streams, in every job that reads an input. */
import { readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  exportUsers,
  InputError,
  InvalidInputError,
  type Problem,
  planUpdate,
  reconcileUsers,
  resumeRun,
  type UserUpdate,
  updateUsers,
  validateInput,
} from '../../src/index.js';
import { notRenamed, outcomes, reachOf, serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();

/** As `renames` does, as objects. */
const renames = (rows: number): UserUpdate[] =>
  Array.from({ length: rows }, (_, i) => ({
    userId: String(10_000_001 + i),
    firstName: `First ${i + 1}`,
    lastName: `Last, ${i + 1}`,
  }));

async function* slowly<T>(rows: readonly T[]): AsyncGenerator<T> {
  for (const row of rows) {
    await new Promise(setImmediate);
    yield row;
  }
}

const failure = (task: Promise<unknown>): Promise<unknown> => task.catch((error: unknown) => error);

describe('objects', () => {
  it('are sent; row and line of each are its index and one', async () => {
    const emulator = await place.emulate({ users: 50 });
    const given = { ...serviceOf(emulator), folder: place.path('run'), rate: 5000 };
    const run = updateUsers({ keepBefore: false, ...given, input: slowly(renames(50)) });
    expect((await run.summary).statuses.updated).toBe(50);
    expect(notRenamed(emulator, 50)).toEqual([]);
    for (const { row, line, userId } of await outcomes(place.path('run/report.csv')))
      expect([row, line]).toEqual([Number(userId) - 10_000_000, row]);
    expect(await readdir(place.path('run'))).not.toContain('input.jsonl');
  });

  it('are kept in the run’s folder, for its owner alone, so that the run can be resumed', async () => {
    const emulator = await place.emulate({ users: 100, latency: 5 });
    const given = { ...serviceOf(emulator), folder: place.path('run'), rate: 200 };
    const run = updateUsers({ keepBefore: false, ...given, input: renames(100) });
    await emulator.arrival(20);
    run.stop();
    expect((await run.summary).statuses.unprocessed).toBeGreaterThan(0);
    expect((await stat(place.path('run/input.jsonl'))).mode & 0o777).toBe(0o600);
    const resumed = await resumeRun(run.folder, { ...reachOf(emulator), rate: 5000 }).summary;
    expect(resumed.statuses).toMatchObject({ updated: 100, unprocessed: 0 });
    expect(notRenamed(emulator, 100)).toEqual([]);
  });

  it('that are invalid are named by their lines, and nothing is sent', async () => {
    const emulator = await place.emulate({ users: 3 });
    const problems: Problem[] = [];
    const input = [...renames(2), { userId: 'x', firstName: 'A' }, {}] as UserUpdate[];
    const onProblem = (problem: Problem) => problems.push(problem);
    const given = { ...serviceOf(emulator), folder: place.path('run'), onProblem };
    expect(await failure(updateUsers({ keepBefore: false, ...given, input }).summary)).toBeInstanceOf(
      InvalidInputError,
    );
    expect([...new Set(problems.map(({ line }) => line))]).toEqual([3, 4]);
    expect(emulator.requests).toEqual([]);
    expect(await readdir(place.folder)).toEqual([]);
  });

  it('that JSON cannot hold are named by their index, and nothing is left', async () => {
    const emulator = await place.emulate({ users: 3 });
    const input = [...renames(2), { userId: 7n }] as unknown as UserUpdate[];
    const run = updateUsers({ keepBefore: false, ...serviceOf(emulator), folder: place.path('run'), input });
    const error = await failure(run.summary);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toContain('`input`[2].userId is a bigint');
    expect(await readdir(place.folder)).toEqual([]);
  });

  it('that break off are none', async () => {
    const emulator = await place.emulate({ users: 3 });
    async function* rows() {
      yield* renames(2);
      throw new RangeError('lost the database');
    }
    const run = updateUsers({
      keepBefore: false,
      ...serviceOf(emulator),
      folder: place.path('run'),
      input: rows(),
    });
    const error = await failure(run.summary);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).cause).toBeInstanceOf(RangeError);
    expect(emulator.requests).toEqual([]);
    expect(await readdir(place.folder)).toEqual([]);
  });

  it('are mapped and filtered like columns', async () => {
    const emulator = await place.emulate({ users: 3 });
    const input = [
      { userId: '10000001', Vorname: 'Zoë', Abteilung: 'Sales' },
      { userId: '10000002', Vorname: 'Amy', Abteilung: 'IT' },
    ];
    const given = { ...serviceOf(emulator), folder: place.path('run'), input };
    const options = { map: ['Vorname=firstName'], where: ['Abteilung=Sales'] };
    expect((await updateUsers({ keepBefore: false, ...given, ...options }).summary).statuses).toMatchObject({
      updated: 1,
      skipped: 1,
    });
    expect(emulator.users.get('10000001')?.firstName).toBe('Zoë');
  });

  it('can be checked, planned and reconciled', async () => {
    const emulator = await place.emulate({ users: 20 });
    const spools = async () =>
      (await readdir(tmpdir())).filter((name) => /^wickr-bulk-[0-9a-f-]{36}$/.test(name));
    const before = await spools();
    const reach = serviceOf(emulator);
    const { networkId } = reach;
    expect(await validateInput({ input: renames(20), networkId })).toMatchObject({ rows: 20 });
    const plan = planUpdate({ ...reach, input: slowly(renames(20)) });
    const changes = [];
    for await (const { userId, fields } of plan) changes.push([userId, fields.firstName?.after]);
    expect(changes).toEqual(renames(20).map(({ userId, firstName }) => [userId, firstName]));
    expect(await plan.summary).toMatchObject({ changed: 20 });
    expect(await spools()).toEqual(before);
    const run = reconcileUsers({ ...reach, input: renames(20), folder: place.path('run'), rate: 5000 });
    expect((await run.summary).statuses.updated).toBe(20);
  });

  it('may be those of an export: nothing changes', async () => {
    const emulator = await place.emulate({ users: 250 });
    const before = new Map(emulator.users);
    const reach = { ...serviceOf(emulator), rate: 5000 };
    const run = updateUsers({
      keepBefore: false,
      ...reach,
      input: exportUsers(reach),
      folder: place.path('run'),
    });
    expect((await run.summary).statuses.updated).toBe(250);
    for (const [id, user] of emulator.users)
      expect({ ...user, modified: 0 }).toEqual({ ...before.get(id), modified: 0 });
  });
});

describe('the bytes of a file', () => {
  const csv = 'userId,firstName\n10000001,Zoë\n';

  it.each<[string, () => AsyncIterable<Uint8Array>]>([
    ['a Readable', () => Readable.from([Buffer.from(csv)], { objectMode: false })],
    ['a Web stream', () => new Blob([csv]).stream()],
    ['an async generator', () => slowly([new TextEncoder().encode(csv)])],
  ])('of %s', async (_case, input) => {
    const emulator = await place.emulate({ users: 1 });
    const given = { ...serviceOf(emulator), folder: place.path('run'), format: 'csv' as const };
    expect(
      (await updateUsers({ keepBefore: false, ...given, input: input() }).summary).statuses.updated,
    ).toBe(1);
    expect(emulator.users.get('10000001')?.firstName).toBe('Zoë');
  });

  it('need a format, and leave nothing without one', async () => {
    const emulator = await place.emulate({ users: 1 });
    for (const input of [
      Readable.from([Buffer.from(csv)], { objectMode: false }),
      new Blob([csv]).stream(),
    ]) {
      const run = updateUsers({
        keepBefore: false,
        ...serviceOf(emulator),
        folder: place.path('run'),
        input,
      });
      await expect(run.summary).rejects.toThrow('format');
    }
    expect(await readdir(place.folder)).toEqual([]);
  });
});

it('a check of an input ends with the abort of its signal', async () => {
  const reason = new RangeError('enough');
  const aborting = new AbortController();
  const input = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
  const checking = failure(validateInput({ input, networkId: '12345678', signal: aborting.signal }));
  setImmediate(() => aborting.abort(reason));
  expect(await checking).toBe(reason);
  const late = validateInput({ input: [], networkId: '12345678', signal: aborting.signal });
  expect(await failure(late)).toBe(reason);
});
