/** HR has everybody, Wickr has some, and Wickr has people whom HR has not: what a run makes of both. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { exitCodeOfRun } from '../../src/cli/exit-codes.js';
import type { Emulator, EmulatorOptions } from '../../src/emulator/server.js';
import {
  applyPlan,
  CapError,
  InvalidInputError,
  type Problem,
  planUpdate,
  type ReconcileOptions,
  reconcileUsers,
  resumeRun,
  retryRun,
  type Summary,
  type UpdateOptions,
  undoRun,
  updateUsers,
  validateInput,
} from '../../src/index.js';
import { outcomes, reachOf, serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();
const USERS = 60;
const users = Array.from({ length: USERS }, (_, i) => ({
  userId: String(10_000_001 + i),
  username: `user${i + 1}@example.com`,
  firstName: 'Old',
  lastName: 'Name',
}));
const emulate = (options: EmulatorOptions = {}) => place.emulate({ users, ...options });

type By = 'userId' | 'lookupUsername';
/** Rows of HR, numbered from `from`: from 61 on nobody in the network is meant. */
const hr = (from: number, to: number, by: By = 'userId') =>
  Array.from({ length: to - from + 1 }, (_, i) =>
    by === 'userId' ? `${10_000_000 + from + i},New\n` : `user${from + i}@example.com,New\n`,
  ).join('');
const file = (rows: string, by: By = 'userId') => `${by},firstName\n${rows}`;

const freely = { maxChanges: '100%', maxRenames: '100%' } as const;
let runs = 0;
async function reconcile(emulator: Emulator, content: string, options: Partial<ReconcileOptions> = {}) {
  const input = await place.write('hr.csv', content);
  const folder = place.path(`run-${runs++}`);
  const given = { ...serviceOf(emulator), input, folder, rate: 5000, ...freely, ...options };
  return reconcileUsers(given).summary;
}
async function update(emulator: Emulator, content: string, options: Partial<UpdateOptions> = {}) {
  const input = await place.write('hr.csv', content);
  const folder = place.path(`run-${runs++}`);
  const given = { ...serviceOf(emulator), input, folder, rate: 5000, ...options };
  return updateUsers(given).summary;
}
const sent = (emulator: Emulator) => emulator.counts.UpdateUser ?? 0;
const caught = (running: Promise<unknown>) => running.catch((error: unknown) => error);
const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
const skip = { missing: 'skip' } as const;

describe.each<[string, typeof update | typeof reconcile]>([
  ['update', update],
  ['reconcile', reconcile],
])('%s with missing skip', (name, run) => {
  it.each(['userId', 'lookupUsername'] as const)('leaves out who is not there by %s', async (by) => {
    const emulator = await emulate();
    const summary = await run(emulator, file(hr(51, 70, by), by), skip);
    expect(summary.statuses).toMatchObject({ updated: 10, skipped: 10, failed: 0, invalid: 0 });
    expect([exitCodeOfRun(summary), sent(emulator), summary.errors]).toEqual([0, 10, {}]);
    const path = `${summary.folder}/missing.csv`;
    expect(summary.missing).toEqual({ count: 10, file: path });
    expect(await readFile(path, 'utf8')).toBe(file(hr(61, 70, by), by));
    expect(await modeOf(path)).toBe(0o600);
    expect(summary.hashes.missing).toMatch(/^[0-9a-f]{64}$/);
    const left = (await outcomes(summary.report)).filter(({ status }) => status === 'skipped');
    expect(new Set(left.map(({ message }) => message))).toEqual(new Set(['its user is not in the network']));
    expect(left.map(({ userId }) => userId ?? '')).toContain(by === 'userId' ? '10000061' : '');
  });

  it('leaves a file that is an input again, for the time when they have joined', async () => {
    const emulator = await emulate();
    const { missing } = await run(emulator, file(hr(58, 63)), skip);
    for (const n of [61, 62, 63])
      emulator.add({ userId: String(10_000_000 + n), username: `user${n}@x.org` });
    const summary = await update(emulator, await readFile(missing?.file ?? '', 'utf8'), skip);
    expect([summary.statuses.updated, summary.missing]).toEqual([3, { count: 0 }]);
  });

  it('takes a network that is not there for no reason to skip everybody', async () => {
    const emulator = await emulate();
    const running = run(emulator, file(hr(1, 3)), { ...skip, networkId: '87654321' });
    await expect(running).rejects.toMatchObject({ code: 'READ' });
  });

  it(`sends nothing if ${name === 'update' ? 'nobody of more than 20 is' : 'more than a tenth are not'} there`, async () => {
    const emulator = await emulate();
    const error = await caught(run(emulator, file(hr(61, 81)), skip));
    expect(error).toBeInstanceOf(CapError);
    expect((error as CapError).message).toMatch(
      name === 'update'
        ? /^none of the 21 users whom the rows name is in the network; nothing was sent$/
        : /^21 of 21 rows name users who are not in the network, but at most 20 may \(`maxMissing`\); nothing was sent$/,
    );
    const meant = { ...skip, maxMissing: '100%' } as const;
    expect((await run(emulator, file(hr(61, 81)), meant)).statuses).toMatchObject({ skipped: 21 });
  });

  it.each([3, '30%'])('sends nothing beyond a cap of %s', async (maxMissing) => {
    const emulator = await emulate();
    // A share always allows 20 of a reconciliation's rows.
    const rows = name === 'reconcile' && maxMissing === '30%' ? hr(40, 81) : hr(51, 64);
    const options = { ...skip, maxMissing: name === 'update' && maxMissing === '30%' ? '20%' : maxMissing };
    const error = await caught(run(emulator, file(rows), options));
    expect(error).toMatchObject({ code: 'CAP', message: expect.stringContaining('`maxMissing`') });
    expect(sent(emulator)).toBe(0);
  });
});

describe('a file of which a third is unknown', () => {
  const jobs: Record<
    string,
    (emulator: Emulator, input: string, tell: (problem: Problem) => void) => unknown
  > = {
    validate: (emulator, input, onProblem) =>
      validateInput({ ...serviceOf(emulator), input, onProblem, network: true, rate: 5000 }),
    plan: (emulator, input, onProblem) =>
      planUpdate({ ...serviceOf(emulator), input, onProblem, rate: 5000 }).summary,
    update: async (emulator, input, onProblem) =>
      update(emulator, await readFile(input, 'utf8'), { onProblem, skipUnchanged: true }),
    reconcile: async (emulator, input, onProblem) =>
      reconcile(emulator, await readFile(input, 'utf8'), { onProblem }),
  };
  it.each(Object.keys(jobs))(
    'ends with one message that counts them, of %s, and nothing is sent',
    async (job) => {
      const emulator = await emulate();
      const told: Problem[] = [];
      const input = await place.write('third.csv', file(hr(41, 70)));
      const error = await caught(Promise.resolve(jobs[job]?.(emulator, input, (each) => told.push(each))));
      expect(error).toBeInstanceOf(InvalidInputError);
      const { message, hint } = error as InvalidInputError;
      expect(message).toBe(
        '10 of 30 rows are invalid: all of them name users who are not in the network; nothing was sent',
      );
      expect(hint).toContain('`missing` skip');
      expect([told.length, sent(emulator)]).toEqual([10, 0]);
    },
  );

  it('of which one row is unknown names that one', async () => {
    const error = await caught(reconcile(await emulate(), file(hr(60, 61))));
    expect((error as Error).message).toBe(
      '1 of 2 rows is invalid: it names a user who is not in the network; nothing was sent',
    );
  });

  it('of which others are invalid for another reason says so', async () => {
    const emulator = await emulate();
    const content = 'userId,securityGroupNames\n10000061,Sales\n10000001,Nope\n10000002,Sales\n';
    const error = await caught(reconcile(emulator, content));
    expect((error as Error).message).toBe(
      '2 of 3 rows are invalid: 1 of them names a user who is not in the network; nothing was sent',
    );
  });
});

describe('a user under three spellings', () => {
  const name = 'zoë@example.com';
  const zoe = { userId: '10000099', username: name, firstName: 'Zoë', lastName: 'Old' };
  const three = [name, name.toUpperCase(), name.normalize('NFD')];
  it.each([
    [
      'by username',
      `lookupUsername,firstName\n${three.map((each, i) => `${each},New ${i}\n`).join('')}`,
      [2, 3, 4],
    ],
    [
      'by ID and username',
      `userId,lookupUsername,firstName\n10000099,,A\n,${three[1]},B\n,user1@example.com,C\n`,
      [2, 3],
    ],
  ])(
    '%s is one message for each of the rows, with or without missing skip, and nothing is sent',
    async (_, content, lines) => {
      const emulator = await emulate({ users: [...users, zoe] });
      for (const options of [{}, skip]) {
        const told: Problem[] = [];
        const error = await caught(
          update(emulator, content, { ...options, onProblem: (each) => told.push(each) }),
        );
        expect(error).toMatchObject({
          code: 'INPUT_INVALID',
          message: expect.stringMatching(/nothing was sent$/),
        });
        expect(told.map(({ line }) => line)).toEqual(lines);
        for (const { reason } of told) expect(reason).toMatch(/is the same user as on line \d/);
      }
      expect(sent(emulator)).toBe(0);
    },
  );
});

describe('the network’s users whom no row names', () => {
  it('are listed by a reconciliation, for its owner alone, as rows that say who is meant', async () => {
    const emulator = await emulate();
    emulator.edit('10000060', { username: '=cmd|x' });
    const summary = await reconcile(emulator, file(hr(1, 57)));
    const path = `${summary.folder}/unlisted.csv`;
    expect(summary.unlisted).toEqual({ count: 3, file: path });
    expect((await readFile(path, 'utf8')).trim().split('\n').sort()).toEqual([
      '10000058,user58@example.com',
      '10000059,user59@example.com',
      '10000060,',
      'userId,lookupUsername',
    ]);
    expect(await modeOf(path)).toBe(0o600);
    const moved = { set: ['securityGroupNames=Support'], skipUnchanged: true };
    const leavers = await update(emulator, await readFile(path, 'utf8'), moved);
    expect(leavers.statuses).toMatchObject({ updated: 3 });
  });

  it('are none if every user has a row: the file has no line but its header', async () => {
    const emulator = await emulate();
    const { unlisted } = await reconcile(emulator, file(hr(1, 60)));
    expect([unlisted?.count, await readFile(unlisted?.file ?? '', 'utf8')]).toEqual([
      0,
      'userId,lookupUsername\n',
    ]);
  });

  it('are named also by rows that filters leave out', async () => {
    const emulator = await emulate();
    const rows = `${hr(1, 30, 'lookupUsername')}${hr(31, 59, 'lookupUsername').replaceAll('New', 'Left')}`;
    const options = { where: ['firstName=New'] };
    const { unlisted, statuses } = await reconcile(emulator, file(rows, 'lookupUsername'), options);
    expect([unlisted?.count, statuses.updated, statuses.skipped]).toEqual([1, 30, 29]);
  });

  it('are not known where users are read one by one, or rows are left unread', async () => {
    const emulator = await emulate();
    const few = await reconcile(emulator, file(hr(1, 2)));
    expect([few.unlisted, await readdir(few.folder)]).toEqual([
      undefined,
      expect.not.arrayContaining(['unlisted.csv']),
    ]);
    expect((await reconcile(emulator, file(hr(1, 60)), { limit: 50 })).unlisted).toBeUndefined();
  });

  it('may be no more than a cap allows, for which all are listed', async () => {
    const emulator = await emulate();
    const folder = place.path('beyond');
    const error = await caught(reconcile(emulator, file(hr(1, 2)), { folder, maxUnlisted: 57 }));
    expect(error).toMatchObject({
      code: 'CAP',
      message:
        '58 of the 60 users of the network are in no row, but at most 57 may be (`maxUnlisted`); nothing was sent',
      hint: expect.stringContaining(`${folder}/unlisted.csv`),
    });
    expect(sent(emulator)).toBe(0);
    expect((await readdir(folder)).sort()).toEqual(['plan.jsonl', 'unlisted.csv']);
    expect((await reconcile(emulator, file(hr(1, 2)), { maxUnlisted: 58 })).unlisted?.count).toBe(58);
    expect((await reconcile(emulator, file(hr(1, 40)), { maxUnlisted: '1%' })).unlisted?.count).toBe(20);
    await expect(reconcile(emulator, file(hr(1, 39)), { maxUnlisted: '1%' })).rejects.toThrow('maxUnlisted');
    await expect(reconcile(emulator, file(hr(1, 60)), { maxUnlisted: 5, limit: 9 })).rejects.toThrow(
      'unread',
    );
  });
});

it('a reconciliation beyond its cap leaves the rows of who is missing beside its plan', async () => {
  const emulator = await emulate();
  const folder = place.path('beyond');
  const error = await caught(reconcile(emulator, file(hr(58, 64)), { ...skip, folder, maxMissing: 3 }));
  expect((error as CapError).hint).toContain(`and at ${folder}/missing.csv`);
  expect((await readdir(folder)).sort()).toEqual(['missing.csv', 'plan.jsonl']);
  expect(await place.read('beyond/missing.csv')).toBe(file(hr(61, 64)));
  const applied = await applyPlan(`${folder}/plan.jsonl`, {
    ...reachOf(emulator),
    folder: place.path('apply'),
  }).summary;
  expect(applied.statuses).toMatchObject({ updated: 3, skipped: 0 });
});

it('a plan counts both, and apply changes those whom it found, and nobody who has joined since', async () => {
  const emulator = await emulate();
  const input = await place.write('hr.csv', file(hr(31, 65)));
  const planFile = place.path('plan.jsonl');
  const planned = await planUpdate({ ...serviceOf(emulator), ...skip, input, planFile, rate: 5000 }).summary;
  expect(planned).toMatchObject({ rows: 35, changed: 30, skipped: 5, missing: 5, invalid: 0, unlisted: 30 });
  const checked = await validateInput({ ...serviceOf(emulator), ...skip, input, network: true, rate: 5000 });
  expect(checked).toMatchObject({ rows: 35, skipped: 0, missing: 5 });
  emulator.add({ userId: '10000061', username: 'user61@example.com', firstName: 'Old' });
  emulator.remove('10000031');
  const apply = { ...reachOf(emulator), rate: 5000, folder: place.path('apply') };
  const { statuses, missing, rows } = await applyPlan(planFile, apply).summary;
  expect([statuses, missing, rows]).toMatchObject([{ updated: 29, conflict: 1 }, undefined, 30]);
  expect(emulator.users.get('10000061')?.firstName).toBe('Old');
});

it('an undo takes back what was changed, and has nobody who is missing', async () => {
  const emulator = await emulate();
  const { folder } = await reconcile(emulator, file(hr(51, 70)), skip);
  const undone = await undoRun(folder, { ...reachOf(emulator), rate: 5000, folder: place.path('undo') })
    .summary;
  expect([undone.rows, undone.statuses.updated, undone.missing]).toEqual([10, 10, undefined]);
});

describe('a run that was stopped', () => {
  /** Stopped after its first updated row: half of its rows name nobody, mixed with the others. */
  async function stoppedRun(by: By, start: typeof updateUsers | typeof reconcileUsers, options = {}) {
    const emulator = await emulate();
    const rows = Array.from({ length: 20 }, (_, i) => hr(1 + i, 1 + i, by) + hr(61 + i, 61 + i, by)).join('');
    const input = await place.write('hr.csv', file(rows, by));
    const folder = place.path('run');
    const run = start({
      ...{ ...serviceOf(emulator), ...skip, input, folder, rate: 5000, concurrency: 1 },
      ...options,
    });
    for await (const outcome of run) if (outcome.status === 'updated') break;
    const stopped = await run.summary;
    expect(stopped.statuses.unprocessed).toBeGreaterThan(5);
    return { emulator, folder, stopped };
  }

  it.each<[string, By, typeof updateUsers | typeof reconcileUsers, object]>([
    ['an update by ID', 'userId', updateUsers, {}],
    ['an update by username', 'lookupUsername', updateUsers, {}],
    [
      'a reconciliation',
      'userId',
      reconcileUsers,
      { maxChanges: '100%', maxRenames: '100%', maxMissing: '50%' },
    ],
  ])('goes on with the same setting: %s', async (_, by, start, options) => {
    const { emulator, folder, stopped } = await stoppedRun(by, start, options);
    // Somebody takes a username that the run has looked up and found nobody for.
    emulator.edit('10000059', { username: 'user80@example.com' });
    const summary = await resumeRun(folder, { ...reachOf(emulator), rate: 5000 }).summary;
    expect(summary.statuses).toMatchObject({
      updated: 20,
      skipped: 20,
      unprocessed: 0,
      invalid: 0,
      conflict: 0,
    });
    expect([exitCodeOfRun(summary), summary.missing?.count]).toEqual([0, 20]);
    expect(await place.read('run/missing.csv')).toBe(file(hr(61, 80, by), by));
    expect(summary.unlisted).toEqual(stopped.unlisted);
    expect(summary.unlisted?.count).toBe(start === reconcileUsers ? 40 : undefined);
    expect(emulator.users.get('10000059')?.firstName).toBe('Old');
  });

  it('is not resumed if by then more are missing than its cap allows, unless that is raised', async () => {
    const { emulator, folder } = await stoppedRun('userId', updateUsers, { maxMissing: 21 });
    emulator.remove('10000019');
    emulator.remove('10000020');
    const before = sent(emulator);
    const error = await caught(resumeRun(folder, { ...reachOf(emulator), rate: 5000 }).summary);
    expect(error).toMatchObject({
      code: 'CAP',
      message:
        '22 of 40 rows name users who are not in the network, and `maxMissing` allows 21; nothing more was sent',
    });
    expect(sent(emulator)).toBe(before);
    const more = { ...reachOf(emulator), rate: 5000, maxMissing: 22 };
    expect((await resumeRun(folder, more).summary).statuses).toMatchObject({ updated: 18, skipped: 22 });
  });
});

describe('retry', () => {
  /** A reconciliation that 10 of its users may be missing from: 8 are, and the rows of 4 others failed. */
  async function failedRun(): Promise<{ emulator: Emulator; summary: Summary }> {
    const refused = [1, 2, 3, 4].map((n) => ({ kind: 'refused', userId: String(10_000_000 + n) }) as const);
    const emulator = await emulate({ faults: refused });
    const summary = await reconcile(emulator, file(hr(1, 10) + hr(61, 68)), { ...skip, maxMissing: 10 });
    expect(summary.statuses).toMatchObject({ updated: 6, failed: 4, skipped: 8 });
    emulator.setFaults([]);
    return { emulator, summary };
  }
  const again = (emulator: Emulator, { folder }: Summary) =>
    retryRun(folder, { ...reachOf(emulator), rate: 5000, folder: place.path('again') }).summary;

  it('leaves out who has gone since', async () => {
    const { emulator, summary } = await failedRun();
    emulator.remove('10000001');
    emulator.remove('10000002');
    const retried = await again(emulator, summary);
    expect(retried.statuses).toMatchObject({ updated: 2, skipped: 2 });
    expect([exitCodeOfRun(retried), retried.missing?.count]).toEqual([0, 2]);
  });

  it('shares the cap with the run', async () => {
    const { emulator, summary } = await failedRun();
    for (const n of [1, 2, 3]) emulator.remove(String(10_000_000 + n));
    await expect(again(emulator, summary)).rejects.toMatchObject({
      code: 'CAP',
      message: expect.stringMatching(/^together with the first run, 11 of \d+ rows name users who are not/),
    });
  });
});

it('a user who goes between the look and the update is the service’s no, and an exit code that says so', async () => {
  const emulator = await emulate({ shifts: [] });
  const input = await place.write('hr.csv', file(hr(1, 20)));
  const folder = place.path('run');
  const run = updateUsers({ ...serviceOf(emulator), ...skip, input, folder, rate: 5000, concurrency: 1 });
  let isFirst = true;
  for await (const { status } of run) {
    if (isFirst && status === 'updated') emulator.remove('10000020');
    isFirst = false;
  }
  const summary = await run.summary;
  expect(summary.statuses).toMatchObject({ updated: 19, failed: 1, skipped: 0 });
  expect(exitCodeOfRun(summary)).toBe(3);
  const retried = await retryRun(folder, { ...reachOf(emulator), folder: place.path('again') }).summary;
  expect([retried.statuses.skipped, exitCodeOfRun(retried)]).toEqual([1, 0]);
});

it('a list in JSON leaves its missing rows as lines of JSON', async () => {
  const emulator = await emulate();
  const rows = [10_000_001, 10_000_061].map((id) => ({ userId: String(id), firstName: 'New' }));
  const input = await place.write('hr.json', JSON.stringify(rows));
  const summary = await update(emulator, '', { ...skip, input });
  expect(summary.missing).toEqual({ count: 1, file: `${summary.folder}/missing.jsonl` });
  expect(JSON.parse(await readFile(summary.missing?.file ?? '', 'utf8'))).toEqual(rows[1]);
});
