import { stat, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { withExitCode } from '../../src/cli/exit-codes.js';
import type { Emulator } from '../../src/emulator/server.js';
import {
  type Problem,
  RunFolderError,
  resumeRun,
  retryRun,
  type UndoOptions,
  undoRun,
} from '../../src/index.js';
import { update } from '../emulator/call.js';
import {
  notRenamed,
  outcomes,
  renames,
  serviceOf,
  summaryOf,
  updateIn,
  useWorkplace,
  withoutReportMarks,
} from '../workplace.js';

const place = useWorkplace();
const undo = (
  emulator: Emulator,
  { stopping, ...options }: Partial<UndoOptions> & { stopping?: AbortSignal } = {},
) => {
  const { credentials, endpointUrl } = serviceOf(emulator);
  const undoing = undoRun(place.path('run'), {
    credentials,
    endpointUrl,
    rate: 5000,
    folder: place.path('undo'),
    ...options,
  });
  return summaryOf(undoing, stopping);
};
const keepBefore = true;

/** All that can be read of the users, as one text. */
const stateOf = (emulator: Emulator) =>
  JSON.stringify([...emulator.users.values()].map(({ modified: _, ...user }) => user));

describe('undo', () => {
  it('gives back what an update with --keep-before has changed', async () => {
    const emulator = await place.emulate({ users: 30 });
    const start = stateOf(emulator);
    const summary = await updateIn(place, renames(30), { keepBefore }, emulator);
    expect(summary.statuses.updated).toBe(30);
    expect((await stat(place.path('run/before.jsonl'))).mode & 0o777).toBe(0o600);
    expect(withExitCode(await undo(emulator))).toMatchObject({
      command: 'undo',
      exitCode: 0,
      statuses: { updated: 30 },
    });
    expect(stateOf(emulator)).toBe(start);
  });

  it('takes names with whatever characters', async () => {
    const names = ['line\u2028separator', 'paragraph\u2029', 'zero\u200bwidth', '"\\u2028', '\u{1f600}'];
    const users = names.map((firstName, at) => ({
      userId: String(10_000_001 + at),
      firstName,
      lastName: 'Lee',
    }));
    const emulator = await place.emulate({ users });
    const start = stateOf(emulator);
    const lines = users.map(({ userId }, at) =>
      JSON.stringify({ userId, firstName: names.at(at - 1), lastName: names.at(at - 2) }),
    );
    const summary = await updateIn(place, lines.join('\n'), { keepBefore }, emulator, 'users.jsonl');
    expect(summary.statuses.updated).toBe(5);
    expect((await undo(emulator)).statuses.updated).toBe(5);
    expect(stateOf(emulator)).toBe(start);
  });

  it('leaves the fields that somebody else has changed since, and names them', async () => {
    const emulator = await place.emulate({ users: 3 });
    const before = emulator.users.get('10000001');
    await updateIn(place, renames(3), { keepBefore }, emulator);
    await update(emulator, { lastName: 'Other' }, '10000001');
    const summary = await undo(emulator);
    expect(withExitCode(summary)).toMatchObject({ exitCode: 3, statuses: { conflict: 1, updated: 2 } });
    const [line] = (await outcomes(summary.report)).filter(({ status }) => status === 'conflict');
    expect(line).toMatchObject({ userId: '10000001', errorFields: ['lastName'], changed: ['firstName'] });
    expect(emulator.users.get('10000001')).toMatchObject({ firstName: before?.firstName, lastName: 'Other' });
  });

  it('puts back what a row may have set whose answer was lost, and nothing of one that was refused', async () => {
    const emulator = await place.emulate({
      users: 3,
      faults: [
        { kind: 'reset-after', userId: '10000001' },
        { kind: 'echo', userId: '10000002' },
      ],
    });
    const start = stateOf(emulator);
    const summary = await updateIn(place, renames(3), { keepBefore, maxAttempts: 1 }, emulator);
    expect(summary.statuses).toMatchObject({ unprocessed: 1, failed: 1, updated: 1 });
    emulator.setFaults([]);
    expect(await undo(emulator)).toMatchObject({ rows: 2, statuses: { updated: 2 } });
    expect(stateOf(emulator)).toBe(start);
  });

  it('gives back a group that was renamed since, and says so; one that is gone is a conflict', async () => {
    const emulator = await place.emulate({ users: 4 });
    const [everyone, sales, , emea] = emulator.groups;
    const [first = '', second = ''] = [...emulator.users.keys()];
    emulator.edit(first, { securityGroupIds: [everyone?.id ?? ''] });
    emulator.edit(second, { securityGroupIds: [emea?.id ?? ''] });
    const content = `userId,securityGroupIds\n${first},${sales?.id}\n${second},${sales?.id}\n`;
    await updateIn(place, content, { keepBefore }, emulator);
    Object.assign(everyone ?? {}, { name: 'All of us' });
    Object.assign(emea ?? {}, { id: 'Another1' });
    const warnings: Problem[] = [];
    const summary = await undo(emulator, { onWarning: (warning) => warnings.push(warning) });
    expect(summary.statuses).toMatchObject({ updated: 1, conflict: 1 });
    expect(emulator.users.get(first)?.securityGroupIds).toEqual([everyone?.id]);
    expect(emulator.users.get(second)?.securityGroupIds).toEqual([sales?.id]);
    expect(warnings.map(({ reason }) => reason)).toEqual([
      expect.stringContaining(`the security group ${everyone?.id} has another name`),
    ]);
  });

  it('does not believe the refusal of a row of which an earlier attempt may have been carried out', async () => {
    const emulator = await place.emulate({
      users: 2,
      faults: [
        { kind: 'reset-after', userId: '10000001', times: 1 },
        { kind: 'echo', userId: '10000001' },
      ],
    });
    const start = stateOf(emulator);
    const summary = await updateIn(place, renames(2), { keepBefore }, emulator);
    expect(summary.statuses).toMatchObject({ failed: 1, updated: 1 });
    expect(stateOf(emulator)).not.toBe(start);
    emulator.setFaults([]);
    expect((await undo(emulator)).statuses.updated).toBe(2);
    expect(stateOf(emulator)).toBe(start);
  });

  it('says of whom it cannot give back what the service does not tell', async () => {
    const emulator = await place.emulate({ users: 2 });
    const content = 'userId,firstName,inviteCode\n10000001,Zoë,CODE1\n10000002,,CODE2\n';
    await updateIn(place, content, { keepBefore }, emulator);
    const warnings: Problem[] = [];
    const summary = await undo(emulator, { onWarning: (warning) => warnings.push(warning) });
    expect(withExitCode(summary)).toMatchObject({ exitCode: 0, statuses: { updated: 1, skipped: 1 } });
    expect(warnings.map(({ column }) => column)).toEqual(['inviteCode', 'inviteCode']);
    const lines = await outcomes(summary.report);
    for (const { message } of lines) expect(message).toMatch(/cannot be put back/);
    expect(JSON.stringify(lines)).not.toContain('CODE');
  });

  it('of a run that has changed nobody is a run of no rows', async () => {
    const emulator = await place.emulate({ users: 2 });
    const name = emulator.users.get('10000001')?.firstName;
    await updateIn(place, `userId,firstName\n10000001,${name}\n`, { keepBefore }, emulator);
    expect(withExitCode(await undo(emulator))).toMatchObject({ rows: 0, exitCode: 0 });
  });

  it('goes on where it was stopped', async () => {
    const emulator = await place.emulate({ users: 60 });
    const start = stateOf(emulator);
    await updateIn(place, renames(60), { keepBefore }, emulator);
    const stopping = new AbortController();
    const stopped = await undo(emulator, {
      rate: 100,
      stopping: stopping.signal,
      onProgress: ({ updated }) => updated > 3 && stopping.abort(),
    });
    expect(stopped.statuses.unprocessed).toBeGreaterThan(0);
    const { credentials, endpointUrl } = serviceOf(emulator);
    const resumed = await resumeRun(stopped.folder, { credentials, endpointUrl, rate: 5000 }).summary;
    expect(resumed.statuses).toMatchObject({ updated: 60, unprocessed: 0 });
    expect(stateOf(emulator)).toBe(start);
  });

  it('needs what the run has kept', async () => {
    const emulator = await place.emulate({ users: 2 });
    await updateIn(place, renames(2), {}, emulator);
    await expect(undo(emulator)).rejects.toThrow(RunFolderError);
    await expect(undo(emulator)).rejects.toThrow('has not kept what its users were');
  });
});

describe('undo right after a run, with reads that are older than it', () => {
  const names = ['a@x.org', 'b@x.org', 'c@x.org'];
  const users = names.map((username, at) => ({
    ...{ userId: String(10_000_001 + at), username },
    ...{ firstName: 'Ann', lastName: 'Lee' },
  }));
  const swap = 'userId,username\n10000001,b@x.org\n10000002,a@x.org\n10000003,d@x.org\n';

  /** An emulator whose clock stands still, so that reads show the network as it was before the last changes. */
  async function start() {
    const clock = { ms: Date.now() };
    const emulator = await place.emulate({ users, readLag: 60_000, now: () => clock.ms });
    const catchUp = () => {
      clock.ms += 61_000;
    };
    /** Has the reads show everything as soon as somebody has asked for a user whom the plan has read already. */
    const catchUpOnceDoubted = () => {
      void emulator.arrival(emulator.counts.GetUser + users.length + 1, 'GetUser').then(catchUp);
    };
    return { emulator, catchUp, catchUpOnceDoubted };
  }

  it.each([
    ['names', renames(3)],
    ['usernames that went round', swap],
  ])('gives back %s, and calls none unchanged', async (_case, rows) => {
    const { emulator, catchUpOnceDoubted } = await start();
    const before = stateOf(emulator);
    await updateIn(place, rows, { keepBefore, allowTemporaryNames: true }, emulator);
    expect(stateOf(emulator)).not.toBe(before);
    catchUpOnceDoubted();
    expect((await undo(emulator)).statuses).toMatchObject({ updated: 3, unchanged: 0 });
    expect(stateOf(emulator)).toBe(before);
  });

  it('that was killed, gives back what has no line in the report', async () => {
    const { emulator, catchUpOnceDoubted } = await start();
    const before = stateOf(emulator);
    const { report } = await updateIn(place, renames(3), { keepBefore }, emulator);
    const [heading] = (await place.read('run/report.csv')).split('\n');
    await writeFile(report, `${heading}\n`);
    await withoutReportMarks(place.path('run'));
    catchUpOnceDoubted();
    expect((await undo(emulator)).statuses).toMatchObject({ updated: 3 });
    expect(stateOf(emulator)).toBe(before);
  });

  it('can itself be undone at once', async () => {
    const { emulator, catchUp, catchUpOnceDoubted } = await start();
    await updateIn(place, renames(3), { keepBefore }, emulator);
    catchUp();
    const { folder } = await undo(emulator);
    const { credentials, endpointUrl } = serviceOf(emulator);
    catchUpOnceDoubted();
    const again = undoRun(folder, { credentials, endpointUrl, folder: place.path('redo') });
    expect((await again.summary).statuses).toMatchObject({ updated: 3 });
    expect(notRenamed(emulator, 3)).toEqual([]);
  });
});

describe('undo of a swap of usernames', () => {
  it('gives them back though somebody else has changed another field', async () => {
    const users = ['a@x.org', 'b@x.org'].map((username, at) => ({
      userId: String(10_000_001 + at),
      username,
      firstName: 'Ann',
    }));
    const emulator = await place.emulate({ users });
    const swap = 'userId,username,firstName\n10000001,b@x.org,Zoë\n10000002,a@x.org,Zoë\n';
    await updateIn(place, swap, { keepBefore, allowTemporaryNames: true }, emulator);
    for (const { userId } of users) emulator.edit(userId, { firstName: 'Other' });
    const summary = await undo(emulator);
    expect(summary.statuses).toMatchObject({ conflict: 2, failed: 0 });
    expect([...emulator.users.values()].map(({ username, firstName }) => [username, firstName])).toEqual([
      ['a@x.org', 'Other'],
      ['b@x.org', 'Other'],
    ]);
  });
});

describe('another endpoint than that of the run', () => {
  it('is refused by undo, resume and retry; without one they go to that of the run', async () => {
    const [emulator, other] = [await place.emulate({ users: 3 }), await place.emulate({ users: 3 })];
    const stopping = new AbortController();
    const { folder } = await updateIn(
      place,
      renames(3),
      { keepBefore, stopping: stopping.signal, onProgress: () => stopping.abort() },
      emulator,
    );
    const elsewhere = { credentials: async () => other.credentials, endpointUrl: other.url };
    const runs = () => [
      resumeRun(folder, elsewhere).summary,
      retryRun(folder, { ...elsewhere, folder: place.path('retry') }).summary,
      undo(other),
    ];
    for (const run of runs()) await expect(run).rejects.toThrow('at another endpoint');
    expect(other.counts.UpdateUser ?? 0).toBe(0);
    const { credentials } = serviceOf(emulator);
    const here = { credentials, endpointUrl: undefined as never, rate: 5000 };
    expect((await resumeRun(folder, here).summary).statuses.updated).toBe(3);
    expect((await undo(emulator, { endpointUrl: undefined as never })).statuses.updated).toBe(3);
  });
});
