import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { withExitCode } from '../../src/cli/exit-codes.js';
import { exists } from '../../src/disk.js';
import type { Emulator } from '../../src/emulator/server.js';
import {
  type ApplyOptions,
  applyPlan,
  InterruptedError,
  PlanError,
  type PlannedChange,
  type PlanOptions,
  planUpdate,
  resumeRun,
  retryRun,
} from '../../src/index.js';
import { update } from '../emulator/call.js';
import {
  countBy,
  notRenamed,
  outcomes,
  renames,
  serviceOf,
  summaryOf,
  updateIn,
  useWorkplace,
} from '../workplace.js';

const place = useWorkplace();
const plan = () => place.path('plan.jsonl');

const without = ({ credentials, endpointUrl }: ReturnType<typeof serviceOf>) => ({
  credentials,
  endpointUrl,
  rate: 5000,
});

async function planning(emulator: Emulator, content: string, options: Partial<PlanOptions> = {}) {
  const input = await place.write('users.csv', content);
  return planUpdate({ ...serviceOf(emulator), input, planFile: plan(), rate: 5000, ...options });
}

const planned = async (...args: Parameters<typeof planning>) => (await planning(...args)).summary;

const apply = (
  emulator: Emulator,
  { stopping, ...options }: Partial<ApplyOptions> & { stopping?: AbortSignal } = {},
) => {
  const given = { ...without(serviceOf(emulator)), folder: place.path('run'), ...options };
  return summaryOf(applyPlan(plan(), given), stopping);
};

describe('a plan', () => {
  it('tells who would change and how, and changes nobody', async () => {
    const emulator = await place.emulate({ users: 3 });
    const [first, second] = [...emulator.users.values()];
    const group = emulator.groups.find(({ id }) => !first?.securityGroupIds?.includes(id));
    const content = `userId,firstName,securityGroupNames
10000001,Zoë,${group?.name}
10000002,${second?.firstName},
`;
    const changes: PlannedChange[] = [];
    const plan = await planning(emulator, content);
    for await (const change of plan) changes.push(change);
    const told = await plan.summary;
    expect(told).toMatchObject({
      rows: 2,
      changed: 1,
      unchanged: 1,
      names: 1,
      groups: 1,
      usernames: 0,
      updates: 1,
    });
    const was = emulator.groups.find(({ id }) => first?.securityGroupIds?.includes(id))?.name;
    expect(changes).toEqual([
      {
        line: 2,
        userId: '10000001',
        username: first?.username,
        temporarily: false,
        fields: {
          firstName: { before: first?.firstName, after: 'Zoë' },
          securityGroupIds: { before: [was], after: [group?.name] },
        },
      },
    ]);
    expect(emulator.counts.UpdateUser).toBe(0);
    expect(emulator.requests.length).toBe(told.requests);
  });

  it('is given out as fast as it is taken, and its file is written at the end', async () => {
    const emulator = await place.emulate({ users: 300 });
    const plan = await planning(emulator, renames(300));
    const lines: number[] = [];
    for await (const { line } of plan) {
      if (lines.length % 100 === 0 || lines.length === 299)
        expect(await exists(place.path('plan.jsonl'))).toBe(false);
      lines.push(line);
    }
    expect(lines).toEqual(Array.from({ length: 300 }, (_, i) => i + 2));
    expect((await plan.summary).plan?.path).toBe(place.path('plan.jsonl'));
  });

  it('whose loop is left, or that is stopped, has no file', async () => {
    const emulator = await place.emulate({ users: 300 });
    const left = await planning(emulator, renames(300));
    for await (const _ of left) break;
    await expect(left.summary).rejects.toThrow(InterruptedError);
    const last = await planning(emulator, renames(3));
    const lines: number[] = [];
    for await (const { line } of last) {
      lines.push(line);
      if (lines.length < 3) continue;
      // Time enough for a file to be written.
      for (let turn = 0; turn < 1000; turn += 1) await new Promise(setImmediate);
      break;
    }
    await expect(last.summary).rejects.toThrow(InterruptedError);
    const stopped = await planning(emulator, renames(300));
    stopped.stop();
    await expect(stopped.summary).rejects.toThrow(InterruptedError);
    expect(await exists(place.path('plan.jsonl'))).toBe(false);
  });

  it('that nobody iterates over asks for no more than it needs', async () => {
    const emulator = await place.emulate({ users: 3 });
    const content = `userId,securityGroupIds\n10000001,${emulator.groups[0]?.id}\n`;
    const input = await place.write('users.csv', content);
    const plan = planUpdate({ ...serviceOf(emulator), input, rate: 5000 });
    await plan.summary;
    // Only whether there is such a group.
    expect(emulator.counts.ListSecurityGroups).toBe(1);
    expect(() => plan[Symbol.asyncIterator]()).toThrow('began too late');
  });

  it('knows how long the updates take where a rate is known', async () => {
    const emulator = await place.emulate({ users: 3 });
    expect((await planned(emulator, renames(3), { rate: 2 })).seconds).toBe(1.5);
  });

  it('is for its owner alone, and never takes the place of a file', async () => {
    const emulator = await place.emulate({ users: 3 });
    await planned(emulator, renames(3));
    expect((await stat(plan())).mode & 0o777).toBe(0o600);
    await expect(planned(emulator, renames(3))).rejects.toThrow('exists already');
  });
});

describe('apply', () => {
  it('does what the plan says, and a second time nothing', async () => {
    const emulator = await place.emulate({ users: 50 });
    await planned(emulator, renames(50));
    expect((await apply(emulator)).statuses.updated).toBe(50);
    expect(notRenamed(emulator, 50)).toEqual([]);
    const again = await apply(emulator, { folder: place.path('again') });
    expect(again.statuses.unchanged).toBe(50);
    expect(emulator.counts.UpdateUser).toBe(50);
  });

  it('of a plan that changes nobody is a run of no rows', async () => {
    const emulator = await place.emulate({ users: 1 });
    await planned(emulator, `userId,firstName\n10000001,${emulator.users.get('10000001')?.firstName}\n`);
    expect(withExitCode(await apply(emulator))).toMatchObject({ rows: 0, exitCode: 0 });
  });

  it.each<[string, (text: string) => string]>([
    ['a value changed', (text) => text.replace('First 2', 'First X')],
    ['a line less', (text) => text.split('\n').slice(0, -2).join('\n')],
    ['a line twice', (text) => `${text}${text.split('\n').at(-2)}\n`],
    ['another network', (text) => text.replace('"networkId":"12345678"', '"networkId":"87654321"')],
    ['no first line', (text) => text.split('\n').slice(1).join('\n')],
    ['nothing in it', () => ''],
  ])('refuses a plan with %s', async (_, alter) => {
    const emulator = await place.emulate({ users: 3 });
    await planned(emulator, renames(3));
    await writeFile(plan(), alter(await readFile(plan(), 'utf8')));
    const requests = emulator.requests.length;
    await expect(apply(emulator)).rejects.toThrow(PlanError);
    expect(emulator.requests.length).toBe(requests);
  });

  it('refuses a plan for another network or account', async () => {
    const emulator = await place.emulate({ users: 3 });
    const account = (accountId: string) => async () => ({ ...emulator.credentials, accountId });
    await planned(emulator, renames(3), { credentials: account('111122223333') });
    await expect(apply(emulator, { networkId: '87654321' })).rejects.toThrow('for network 12345678');
    const credentials = account('444455556666');
    await expect(apply(emulator, { credentials })).rejects.toThrow(
      'of AWS account 444455556666 (the program), not 111122223333',
    );
    expect(emulator.counts.UpdateUser).toBe(0);
  });

  it('leaves an ID that belongs to another person by now, and a user who was suspended', async () => {
    const emulator = await place.emulate({ users: 4 });
    const [everyone, sales] = emulator.groups;
    for (const { userId } of emulator.users.values())
      emulator.edit(userId, { securityGroupIds: [everyone?.id ?? ''] });
    const rows = [1, 2, 3, 4].map((row) => `1000000${row},${sales?.id}\n`);
    await planned(emulator, `userId,securityGroupIds\n${rows.join('')}`);
    emulator.edit('10000001', { username: 'somebody-else@example.com', firstName: 'Some', lastName: 'Body' });
    emulator.edit('10000002', { firstName: 'Another' });
    Object.assign(emulator.users.get('10000003') ?? {}, { suspended: true });
    const summary = await apply(emulator);
    expect(summary.statuses).toMatchObject({ conflict: 3, updated: 1 });
    const [first, second, third] = await outcomes(summary.report);
    expect(first).toMatchObject({ errorFields: ['username', 'firstName', 'lastName'], attempts: 0 });
    expect(second).toMatchObject({ errorFields: ['firstName'] });
    expect(third?.message).toContain('suspended');
  });

  it('puts nobody into a group whose ID has another name by now', async () => {
    const emulator = await place.emulate({ users: 3 });
    const [everyone, sales, other] = emulator.groups;
    for (const { userId } of emulator.users.values())
      emulator.edit(userId, { securityGroupIds: [everyone?.id ?? ''] });
    const content = `userId,securityGroupIds\n10000001,${sales?.id}\n10000002,${sales?.id}\n10000003,${other?.id}\n`;
    await planned(emulator, content);
    const name = sales?.name;
    Object.assign(sales ?? {}, { name: 'Leavers' });
    expect((await apply(emulator)).statuses).toMatchObject({ conflict: 2, updated: 1 });
    Object.assign(sales ?? {}, { name });
    const second = await apply(emulator, { folder: place.path('second') });
    expect(second.statuses).toMatchObject({ updated: 2, unchanged: 1 });
  });

  it('sends nothing to an endpoint that only the plan names', async () => {
    const emulator = await place.emulate({ users: 3 });
    const other = await place.emulate({ users: 3 });
    await planned(emulator, renames(3));
    const requests = emulator.requests.length;
    await expect(apply(emulator, { endpointUrl: other.url })).rejects.toThrow('at another endpoint');
    const { networkId: _, region: __, endpointUrl: ___, ...reach } = serviceOf(emulator);
    await expect(applyPlan(plan(), { ...reach, folder: place.path('run') }).summary).rejects.toThrow(
      PlanError,
    );
    expect([emulator.requests.length, other.requests.length]).toEqual([requests, 0]);
  });

  it('leaves a user whom somebody has changed, or taken a username from, and says so', async () => {
    const emulator = await place.emulate({ users: 4 });
    await planned(emulator, 'userId,firstName,username\n10000001,Zoë,\n10000002,,new@x.org\n10000003,Amy,\n');
    await update(emulator, { firstName: 'Other' }, '10000001');
    await update(emulator, { username: 'NEW@x.org' }, '10000004');
    const summary = await apply(emulator);
    expect(withExitCode(summary)).toMatchObject({ exitCode: 3, statuses: { conflict: 2, updated: 1 } });
    const [first, second] = await outcomes(summary.report);
    expect(first).toMatchObject({
      status: 'conflict',
      errorCode: 'Conflict',
      errorFields: ['firstName'],
      attempts: 0,
    });
    expect(second?.message).toContain('username: is in use by another user');
    expect(emulator.users.get('10000001')?.firstName).toBe('Other');
    // The failed rows are lines of a plan still, and conflicts still.
    const retried = await retryRun(summary.folder, {
      ...without(serviceOf(emulator)),
      folder: place.path('retry'),
    }).summary;
    expect(retried).toMatchObject({ rows: 2, statuses: { conflict: 2 } });
  });

  it('reads a user again before it changes him, once what is known of him is old', async () => {
    const emulator = await place.emulate({ users: 20 });
    await planned(emulator, renames(20));
    let changing: Promise<unknown> | undefined;
    const summary = await apply(emulator, {
      maxAgeMs: 1,
      concurrency: 1,
      rate: 50,
      onProgress: ({ updated }) => {
        if (updated > 0) changing ??= update(emulator, { lastName: 'Meanwhile' }, '10000020');
      },
    });
    await changing;
    expect(emulator.counts.GetUser).toBe(20);
    expect(summary.statuses).toMatchObject({ updated: 19, conflict: 1 });
    expect(emulator.users.get('10000020')?.lastName).toBe('Meanwhile');
  });

  it('goes on where it was stopped, and takes a row that was surely not sent for what its user is by now', async () => {
    const emulator = await place.emulate({ users: 60 });
    await planned(emulator, renames(60));
    const stopping = new AbortController();
    const stopped = await apply(emulator, {
      rate: 100,
      stopping: stopping.signal,
      onProgress: ({ updated }) => updated > 3 && stopping.abort(),
    });
    expect(stopped.statuses.unprocessed).toBeGreaterThan(0);
    // Somebody else has given one user the wanted values, and another user other ones.
    await update(emulator, { firstName: 'First 59', lastName: 'Last, 59' }, '10000059');
    await update(emulator, { firstName: 'Other' }, '10000060');
    const resumed = await resumeRun(stopped.folder, without(serviceOf(emulator))).summary;
    expect(resumed.statuses).toMatchObject({ updated: 58, conflict: 1, unprocessed: 0, unchanged: 1 });
    const lines = await outcomes(resumed.report);
    expect(Math.max(...Object.values(countBy(lines, ({ row }) => String(row))))).toBe(1);
    expect(lines.find(({ userId }) => userId === '10000060')?.status).toBe('conflict');
  });

  it('does not take part in what somebody has made of a user since the run was begun', async () => {
    const emulator = await place.emulate({ users: 60 });
    const user = emulator.users.get('10000060');
    const content = `${renames(59)}10000060,${user?.firstName},"${user?.lastName}"\n`;
    const stopping = new AbortController();
    const stopped = await updateIn(
      place,
      content,
      {
        keepBefore: true,
        concurrency: 1,
        rate: 100,
        stopping: stopping.signal,
        onProgress: ({ updated }) => updated > 3 && stopping.abort(),
      },
      emulator,
    );
    expect(stopped.statuses.unprocessed).toBeGreaterThan(1);
    // He was as the row wants him, so that nothing of him was kept.
    emulator.edit('10000060', { firstName: 'Other' });
    const resumed = await resumeRun(stopped.folder, without(serviceOf(emulator))).summary;
    expect(resumed.statuses).toMatchObject({ updated: 59, conflict: 1 });
    expect(emulator.users.get('10000060')?.firstName).toBe('Other');
  });

  it('does not go on without what it has kept', async () => {
    const emulator = await place.emulate({ users: 60 });
    await planned(emulator, renames(60));
    const stopping = new AbortController();
    const stopped = await apply(emulator, {
      rate: 100,
      stopping: stopping.signal,
      onProgress: ({ updated }) => updated > 3 && stopping.abort(),
    });
    await appendFile(place.path('run/before.jsonl'), '{}\n');
    await expect(resumeRun(stopped.folder, without(serviceOf(emulator))).summary).rejects.toThrow(
      'before.jsonl',
    );
  });
});
