/** Networks and files at random, and somebody else who changes users in between: what plan, apply and undo make of it. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { exitCodeOfRun } from '../../src/cli/exit-codes.js';
import type { EmulatedUser } from '../../src/emulator/network/network.js';
import { type Emulator, startEmulator } from '../../src/emulator/server.js';
import { applyPlan, planUpdate, reconcileUsers, type Summary, undoRun } from '../../src/index.js';
import { VISIBLE_WITHIN } from '../../src/plan/diff/own-change.js';
import type { UserDetails } from '../../src/wire-types.js';
import { update } from '../emulator/call.js';
import { randomCases } from '../length.js';
import { outcomes, serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();

const groups = ['BCTY8Qhe', 'Kd93mXvP', 'q7RtZ2wL'];
const free = ['free-1@x.org', 'free-2@x.org', 'free-3@x.org'];
const names = ['Ann', 'Zoë', 'Łukasz', "O'Neil"];

/** A user of the network, by their place in it. */
interface Change {
  readonly user: number;
  readonly details: UserDetails;
}

interface Story {
  readonly users: readonly EmulatedUser[];
  readonly wanted: readonly Change[];
  /** What somebody else does after the plan, and after it was carried out. */
  readonly meanwhile: readonly Change[];
  readonly later: readonly Change[];
}

const story: fc.Arbitrary<Story> = fc.integer({ min: 2, max: 7 }).chain((size) => {
  const name = fc.constantFrom(...names);
  const group = fc.constantFrom(...groups).map((id) => [id]);
  const values = { firstName: name, lastName: name, securityGroupIds: group };
  const user = fc.nat({ max: size - 1 });
  const wish = fc.record(values, { requiredKeys: [] });
  const wishes = fc.array(wish, { minLength: size, maxLength: size });
  const renamed = fc.uniqueArray(user);
  const order = fc.shuffledSubarray([...Array(size + free.length).keys()], { minLength: size + free.length });
  const username = fc.constantFrom(...free, ...free.map((each) => `other-${each}`));
  const others = fc.array(
    fc.record({ user, details: fc.record({ ...values, username }, { requiredKeys: [] }) }),
    { maxLength: 4 },
  );
  return fc
    .record({
      wishes,
      renamed,
      order,
      meanwhile: others,
      later: others,
      members: fc.array(wish, { minLength: size, maxLength: size }),
    })
    .map(({ wishes, renamed, order, meanwhile, later, members }) => {
      const nameOf = (at: number) => `user-${at}@x.org`;
      // Each gets a username that one of them gives up, or that is free.
      const pool = order.filter((at) => at >= size || renamed.includes(at));
      const usernames = new Map(
        renamed.map((at, index) => {
          const target = pool[index] ?? 0;
          return [at, target < size ? nameOf(target) : (free[target - size] ?? '')] as const;
        }),
      );
      const wanted = wishes.map((details, at) => {
        const username = usernames.get(at);
        return { user: at, details: { ...details, ...(username !== undefined && { username }) } };
      });
      const changes = (all: readonly Change[]) =>
        all.filter(({ details }) => Object.keys(details).length > 0);
      return {
        users: members.map((member, at) => ({
          userId: String(10_000_001 + at),
          firstName: 'Ann',
          lastName: 'Lee',
          securityGroupIds: [groups[0] ?? ''],
          ...member,
          username: nameOf(at),
        })),
        wanted: changes(wanted),
        meanwhile: changes(meanwhile),
        later: changes(later),
      };
    });
});

type State = Map<string, Record<string, unknown>>;

const stateOf = (emulator: Emulator): State =>
  new Map(
    [...emulator.users].map(([userId, { firstName, lastName, username, securityGroupIds }]) => [
      userId,
      { firstName, lastName, username, securityGroupIds },
    ]),
  );

const idOf = ({ user }: Change) => String(10_000_001 + user);

/** Somebody else's changes; one that the service refuses, such as a username in use, is none. */
async function changeBy(emulator: Emulator, changes: readonly Change[]): Promise<void> {
  for (const change of changes) await update(emulator, change.details, idOf(change));
}

const linesOf = (emulator: Emulator, wanted: readonly Change[]) =>
  wanted
    .map((change) =>
      JSON.stringify({ networkId: emulator.networkId, userId: idOf(change), userDetails: change.details }),
    )
    .join('\n');

const outcomesOf = async ({ report }: Summary) =>
  new Map((await outcomes(report)).map((outcome) => [outcome.userId, outcome]));

let runs = 0;
const fresh = (name: string) => {
  runs += 1;
  return place.path(`${name}-${runs}`);
};

type Common = ReturnType<typeof serviceOf> & { rate: number };

async function inNetwork(
  { users }: Story,
  task: (emulator: Emulator, common: Common) => Promise<void>,
): Promise<void> {
  const emulator = await startEmulator({ users });
  try {
    await task(emulator, { ...serviceOf(emulator), rate: 10_000 });
  } finally {
    await emulator.close();
  }
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

type Outcomes = Awaited<ReturnType<typeof outcomesOf>>;

/** After apply: `first` when the plan was made, `was` before apply, `is` after it. */
interface Applied {
  readonly first: State;
  readonly was: State;
  readonly is: State;
}

/** Nothing that another has changed is overwritten, and who is updated is as wanted. */
function expectApplied(wanted: readonly Change[], { first, was, is }: Applied, applied: Outcomes): void {
  for (const change of wanted) {
    const userId = idOf(change);
    const [planned = {}, before = {}, after = {}] = [first, was, is].map((state) => state.get(userId));
    const status = applied.get(userId)?.status;
    for (const [field, value] of Object.entries(change.details)) {
      const isForeign = !same(planned[field], before[field]) && !same(before[field], value);
      if (isForeign) expect(after[field]).toEqual(before[field]);
      const isDone = status === 'updated' || status === 'unchanged';
      if (isDone && !same(planned[field], value)) expect(after[field]).toEqual(value);
    }
    if (status === undefined || status === 'conflict') expect(after).toEqual(before);
  }
}

/** A field's value before apply, after it, before undo and after that. */
interface FieldHistory {
  readonly was: unknown;
  readonly set: unknown;
  readonly now: unknown;
  readonly end: unknown;
}

/** The field has its former value again, or still has what another made of it: then the user is a conflict. */
function expectFieldUndone({ was, set, now, end }: FieldHistory, status: string | undefined): void {
  const isSet = !same(was, set);
  const isForeign = !same(set, now);
  if (!isSet || isForeign) expect(end).toEqual(now);
  else if (!same(end, was)) {
    // A username can have been taken by another meanwhile.
    expect(status).toBe('conflict');
    expect(end).toEqual(now);
  }
  if (isSet && isForeign && !same(now, was)) expect(status).toBe('conflict');
}

function expectUndone(states: Record<keyof FieldHistory, State>, undone: Outcomes): void {
  for (const [userId, user] of states.end) {
    for (const field of Object.keys(user)) {
      const [was, set, now] = [states.was, states.set, states.now].map((state) => state.get(userId)?.[field]);
      expectFieldUndone({ was, set, now, end: user[field] }, undone.get(userId)?.status);
    }
  }
}

/** Takes a run back when what it set must show in every read: what differs then is somebody else's. */
async function undoneLater(...[folder, options]: Parameters<typeof undoRun>): Promise<Summary> {
  const now = performance.now.bind(performance);
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + VISIBLE_WITHIN);
  try {
    return await undoRun(folder, options).summary;
  } finally {
    clock.mockRestore();
  }
}

/** Plan, somebody else's changes, apply, more of them, undo; without these last ones also the undo of the undo. */
async function tell(told: Story, emulator: Emulator, common: Common): Promise<void> {
  const input = await place.write('wanted.jsonl', linesOf(emulator, told.wanted));
  const plan = fresh('plan');
  const planned = await planUpdate({ ...common, input, planFile: plan, allowTemporaryNames: true }).summary;
  const first = stateOf(emulator);
  await changeBy(emulator, told.meanwhile);
  const was = stateOf(emulator);
  const { networkId: _, region: __, ...service } = common;
  const summary = await applyPlan(plan, { ...service, folder: fresh('apply') }).summary;
  const set = stateOf(emulator);
  expect(summary.rows).toBe(planned.changed);
  expect([summary.statuses.failed, summary.statuses.invalid]).toEqual([0, 0]);
  expectApplied(told.wanted, { first, was, is: set }, await outcomesOf(summary));
  if (told.meanwhile.length === 0) expect(exitCodeOfRun(summary)).toBe(0);

  await changeBy(emulator, told.later);
  const now = stateOf(emulator);
  const undone = await undoneLater(summary.folder, { ...service, folder: fresh('undo') });
  const end = stateOf(emulator);
  expect([undone.statuses.failed, undone.statuses.invalid]).toEqual([0, 0]);
  expectUndone({ was, set, now, end }, await outcomesOf(undone));
  if (told.later.length > 0) return;
  expect(end).toEqual(was);
  const again = await undoRun(undone.folder, { ...service, folder: fresh('redo') }).summary;
  expect(exitCodeOfRun(again)).toBe(0);
  expect(stateOf(emulator)).toEqual(set);
}

describe('whatever anybody does', () => {
  it('apply overwrites nothing that another has changed, and undo gives back what it can', async () => {
    await fc.assert(
      fc.asyncProperty(
        story.filter(({ wanted }) => wanted.length > 0),
        (told) => inNetwork(told, (emulator, common) => tell(told, emulator, common)),
      ),
      randomCases(5, 100),
    );
  });

  it('after reconcile the users are as the file says, and a second one writes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        story.filter(({ wanted }) => wanted.length > 0),
        async (told) => {
          await inNetwork(told, async (emulator, common) => {
            await changeBy(
              emulator,
              told.meanwhile.filter(({ details }) => !('username' in details)),
            );
            const input = await place.write('wanted.jsonl', linesOf(emulator, told.wanted));
            const options = { ...common, input, allowTemporaryNames: true };
            const { networkId: _, region: __, ...service } = common;
            const start = stateOf(emulator);
            const summary = await reconcileUsers({ ...options, folder: fresh('reconcile') }).summary;
            expect(exitCodeOfRun(summary)).toBe(0);
            const state = stateOf(emulator);
            for (const change of told.wanted) expect(state.get(idOf(change))).toMatchObject(change.details);
            const written = emulator.counts.UpdateUser;
            const second = await reconcileUsers({ ...options, folder: fresh('reconcile') }).summary;
            expect(emulator.counts.UpdateUser).toBe(written);
            expect(second.statuses.unchanged).toBe(second.rows);
            const undone = await undoRun(summary.folder, { ...service, folder: fresh('undo') }).summary;
            expect(exitCodeOfRun(undone)).toBe(0);
            expect(stateOf(emulator)).toEqual(start);
          });
        },
      ),
      randomCases(5, 60),
    );
  });
});
