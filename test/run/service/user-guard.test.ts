/** What is known of a user is judged right before each attempt, through every way to change users. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../../src/emulator/faults/fault-rule.js';
import type { Emulator } from '../../../src/emulator/server.js';
import { applyPlan, type Outcome, planUpdate, reconcileUsers, undoRun } from '../../../src/index.js';
import type { CommandRow, Member } from '../../../src/model.js';
import { VISIBLE_WITHIN } from '../../../src/plan/diff/own-change.js';
import { UserGuard } from '../../../src/run/service/user-guard.js';
import { outcomes, reachOf, renames, serviceOf, updateIn, useWorkplace } from '../../workplace.js';

const place = useWorkplace();
const ROWS = 12;
/** Slow enough that the last rows are sent long after the users were read. */
const slow = { rate: 40, maxAgeMs: 100 };

/** Edits the users of the last rows as soon as the second update has arrived. */
async function editMeanwhile(emulator: Emulator): Promise<void> {
  await emulator.arrival(emulator.counts.UpdateUser + 2);
  for (let row = ROWS - 4; row <= ROWS; row += 1)
    emulator.edit(String(10_000_000 + row), { lastName: 'Mine' });
}

async function expectKept(emulator: Emulator, report: string): Promise<void> {
  const lines = await outcomes(report);
  for (let row = ROWS - 4; row <= ROWS; row += 1) {
    const userId = String(10_000_000 + row);
    expect(emulator.users.get(userId)?.lastName).toBe('Mine');
    expect(lines.find((line) => line.userId === userId)).toMatchObject({ status: 'conflict' });
  }
}

describe('a user whom somebody edits while the rows wait', () => {
  it('is not overwritten by apply', async () => {
    const emulator = await place.emulate({ users: ROWS });
    const input = await place.write('users.csv', renames(ROWS));
    const planFile = place.path('plan.jsonl');
    await planUpdate({ ...serviceOf(emulator), input, planFile, rate: 5000 }).summary;
    const run = applyPlan(planFile, { ...reachOf(emulator), ...slow, folder: place.path('run') });
    await editMeanwhile(emulator);
    await expectKept(emulator, (await run.summary).report);
  });

  it('is not overwritten by reconcile', async () => {
    const emulator = await place.emulate({ users: ROWS });
    const input = await place.write('users.csv', renames(ROWS));
    const caps = { maxChanges: '100%', maxRenames: '100%', minRows: 1 };
    const options = { ...serviceOf(emulator), ...slow, ...caps, input, folder: place.path('run') };
    const run = reconcileUsers(options);
    await editMeanwhile(emulator);
    await expectKept(emulator, (await run.summary).report);
  });

  it('is not overwritten by an update that keeps what the users were', async () => {
    const emulator = await place.emulate({ users: ROWS });
    const editing = editMeanwhile(emulator);
    const summary = await updateIn(place, renames(ROWS), { keepBefore: true, ...slow }, emulator);
    await editing;
    await expectKept(emulator, summary.report);
  });

  it('is not overwritten by undo', async () => {
    const emulator = await place.emulate({ users: ROWS });
    const { folder } = await updateIn(place, renames(ROWS), { keepBefore: true }, emulator);
    const run = undoRun(folder, { ...reachOf(emulator), ...slow, folder: place.path('undo') });
    await editMeanwhile(emulator);
    await expectKept(emulator, (await run.summary).report);
  });

  it('is not overwritten after a wait for credentials', async () => {
    const emulator = await place.emulate({ users: 1 });
    let [isUnderWay, isEdited] = [false, false];
    const credentials = async () => {
      if (isUnderWay && !isEdited) {
        isEdited = true;
        emulator.edit('10000001', { lastName: 'Mine' });
        await sleep(1200);
      }
      return emulator.credentials;
    };
    const onProgress = () => {
      isUnderWay = true;
    };
    const options = { keepBefore: true, maxAgeMs: 1000, credentials, onProgress };
    const summary = await updateIn(place, renames(1), options, emulator);
    expect(emulator.users.get('10000001')?.lastName).toBe('Mine');
    expect(await outcomes(summary.report)).toMatchObject([{ status: 'conflict', attempts: 0 }]);
  });

  it('is not overwritten by a second attempt', async () => {
    const faults: FaultRule[] = [{ kind: 'throttle', userId: '10000001', times: 1, retryAfter: 1 }];
    const emulator = await place.emulate({ users: 1, faults });
    const editing = emulator.arrival(1).then(() => emulator.edit('10000001', { lastName: 'Mine' }));
    const options = { keepBefore: true, maxAgeMs: 500, rate: 100 };
    const summary = await updateIn(place, renames(1), options, emulator);
    await editing;
    expect(emulator.users.get('10000001')?.lastName).toBe('Mine');
    expect(await outcomes(summary.report)).toMatchObject([
      { status: 'conflict', attempts: 1, errorFields: ['lastName'] },
    ] satisfies Partial<Outcome>[]);
  });
});

describe('a throttle of the updates while a user is read again', () => {
  it('holds the update back, and what was read is read again after it', async () => {
    const [throttled, other] = ['10000001', '10000002'];
    const faults: FaultRule[] = [
      { kind: 'throttle', userId: throttled, times: 1, retryAfter: 2 },
      { kind: 'slow', userId: other, operation: 'GetUser', ms: 700 },
    ];
    const emulator = await place.emulate({ users: 2, faults, keepRequests: true });
    const summary = await updateIn(place, renames(2), { keepBefore: true, maxAgeMs: 1, rate: 100 }, emulator);
    expect(summary.statuses.updated).toBe(2);
    const updates = emulator.requests.filter(({ operation }) => operation === 'UpdateUser');
    const at = (user: string) => updates.find(({ userId }) => userId === user)?.at ?? Number.NaN;
    expect(at(other) - at(throttled)).toBeGreaterThan(1990);
    const reads = emulator.requests.filter((each) => each.operation === 'GetUser' && each.userId === other);
    expect(at(other) - (reads.at(-1)?.at ?? 0)).toBeLessThan(1700);
  });
});

describe('the age of what is known', () => {
  it('does not depend on the clock of the machine', async () => {
    const emulator = await place.emulate({ users: 3, now: () => Date.now() });
    const now = Date.now;
    const leap = () => {
      Date.now = () => now() + 600_000;
    };
    try {
      const summary = await updateIn(place, renames(3), { keepBefore: true, onProgress: leap }, emulator);
      expect(summary.statuses.updated).toBe(3);
      expect(emulator.counts.GetUser).toBe(0);
    } finally {
      Date.now = now;
    }
  });
});

describe('a user who is read again', () => {
  it('and has the values of an attempt whose answer was lost, is updated', async () => {
    const faults: FaultRule[] = [{ kind: 'reset-after', userId: '10000001', times: 1 }];
    const emulator = await place.emulate({ users: 1, faults });
    const summary = await updateIn(place, renames(1), { keepBefore: true, maxAgeMs: 1 }, emulator);
    expect(await outcomes(summary.report)).toMatchObject([{ status: 'updated', attempts: 1 }]);
    expect(emulator.counts.UpdateUser).toBe(1);
  });

  it('while the service is down, does not hold up its probes', async () => {
    const emulator = await place.emulate({
      users: 60,
      faults: [{ kind: '503', times: 30, operation: 'any', after: 70 }],
    });
    const options = { keepBefore: true, maxAgeMs: 1, outagePatienceMs: 30_000 };
    const summary = await updateIn(place, renames(60), options, emulator);
    expect(summary.statuses.updated).toBe(60);
  });
});

describe('a user whom it takes too long to read', () => {
  const userOf = (firstName: string): Member => ({
    ...{ userId: '1', username: 'a@x.org', firstName, lastName: 'Lee', securityGroupIds: [] },
    ...{ pending: false, suspended: false, bot: false },
  });
  const row: CommandRow = {
    ...{ row: 1, line: 2, start: 0, end: 1 },
    command: { networkId: '12345678', userId: '1', details: { firstName: 'New' } },
    before: { firstName: 'Old' },
  };
  const rules = { readAt: 0, readOn: 0, maxAge: 100, partly: true };

  it('is read once more, and again, and then left alone', async () => {
    const guard = new UserGuard(row, rules, async () => ({
      user: userOf('Old'),
      at: performance.now() - 5000,
    }));
    for (const verdict of ['holds', 'holds', 'withhold']) {
      expect(await guard.look()).toBe(verdict);
      expect(guard.isFresh(true)).toBe(false);
    }
    expect(guard.withheld).toMatchObject({ message: expect.stringContaining('`maxAgeMs`') });
  });

  it('may take as long as a second, whatever the age that is allowed', async () => {
    const guard = new UserGuard(row, { ...rules, maxAge: 1 }, async () => ({
      user: userOf('Old'),
      at: performance.now() - 100,
    }));
    for (let looks = 0; looks < 5; looks += 1) {
      expect(await guard.look()).toBe('holds');
      expect([guard.isFresh(true), guard.isFresh(false)]).toEqual([true, false]);
    }
  });
});

describe('a user whom this program has changed a moment ago', () => {
  const member = (firstName: string): Member => ({
    ...{ userId: '1', username: 'a@x.org', firstName, lastName: 'Lee', securityGroupIds: [] },
    ...{ pending: false, suspended: false, bot: false },
  });

  /** A guard of a row that gives the user the name from before a change that was made `age` ms ago. */
  function guardOf(age: number, firstName: () => string, clock = 0) {
    const [readAt, readOn] = [performance.now(), Date.now() + clock];
    const row: CommandRow = {
      ...{ row: 1, line: 2, start: 0, end: 1 },
      command: { networkId: '12345678', userId: '1', details: { firstName: 'Old' } },
      before: { firstName: 'New' },
      own: { at: readOn - age, was: { firstName: 'Old' } },
      unseen: true,
    };
    const rules = { readAt, readOn, maxAge: 60_000, partly: true };
    return new UserGuard(row, rules, async () => ({ user: member(firstName()), at: performance.now() }));
  }

  it('is asked for again, with growing pauses, until a read shows the change', async () => {
    let name = 'Old';
    const guard = guardOf(0, () => name);
    expect(guard.isFresh()).toBe(false);
    for (const wait of [250, 500, 1000, 2000, 4000, 4000]) expect(await guard.look()).toEqual({ wait });
    expect(guard.isFresh()).toBe(false);
    name = 'New';
    expect(await guard.look()).toBe('holds');
    expect(guard.isFresh()).toBe(true);
    expect(guard.row.command.details).toEqual({ firstName: 'Old' });
  });

  it('counts as read from the end of that time on, and not before', async () => {
    const guard = guardOf(VISIBLE_WITHIN - 50, () => 'Old');
    const verdict = (await guard.look()) as { wait: number };
    expect(verdict.wait).toBeLessThanOrEqual(51);
    // A timer may come a moment early.
    await sleep(verdict.wait + 2);
    expect(await guard.look()).toBe('withhold');
    expect(guard.withheld).toMatchObject({ unchanged: true });
  });

  it('and by somebody else since, is a conflict at once', async () => {
    const guard = guardOf(0, () => 'Mine');
    expect(await guard.look()).toBe('withhold');
    expect(guard.withheld).toMatchObject({ conflicts: ['firstName'] });
  });

  it('is waited for no longer if the clock was set meanwhile', async () => {
    const guard = guardOf(VISIBLE_WITHIN, () => 'Old', 600_000);
    expect(await guard.look()).toBe('withhold');
  });
});
