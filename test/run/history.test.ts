/** Networks and files at random, and somebody else who changes users in between: what plan, apply and undo make of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EmulatedUser } from '../../src/emulator/network/network.js';
import { type Emulator, startEmulator } from '../../src/emulator/server.js';
import { applyPlan, planUpdate, reconcileUsers, type Summary, undoRun } from '../../src/index.js';
import type { UserDetails } from '../../src/wire-types.js';
import { update } from '../emulator/call.js';
import { outcomes, serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();

const groups = ['BCTY8Qhe', 'Kd93mXvP', 'q7RtZ2wL'];
const free = ['free-1@x.org', 'free-2@x.org', 'free-3@x.org'];
const names = ['Ann', 'Zoë', 'Łukasz', "O'Neil"];

/** A user of the network, by his place in it. */
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
      const bears = (at: number) => `user-${at}@x.org`;
      // Each gets a username that one of them gives up, or that is free.
      const pool = order.filter((at) => at >= size || renamed.includes(at));
      const usernames = new Map(
        renamed.map((at, index) => {
          const target = pool[index] ?? 0;
          return [at, target < size ? bears(target) : (free[target - size] ?? '')] as const;
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
          username: bears(at),
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

const statusesOf = async ({ report }: Summary) =>
  new Map((await outcomes(report)).map((outcome) => [outcome.userId, outcome]));

let runs = 0;
const fresh = (name: string) => {
  runs += 1;
  return place.path(`${name}-${runs}`);
};

async function inNetwork(
  { users }: Story,
  task: (emulator: Emulator, common: ReturnType<typeof serviceOf> & { rate: number }) => Promise<void>,
) {
  const emulator = await startEmulator({ users });
  try {
    await task(emulator, { ...serviceOf(emulator), rate: 10_000 });
  } finally {
    await emulator.close();
  }
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

describe('whatever anybody does', () => {
  it('apply overwrites nothing that another has changed, and undo gives back what it can', {
    timeout: 300_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        story.filter(({ wanted }) => wanted.length > 0),
        async (told) => {
          await inNetwork(told, async (emulator, common) => {
            const input = await place.write('wanted.jsonl', linesOf(emulator, told.wanted));
            const plan = fresh('plan');
            const planned = await planUpdate({ ...common, input, planFile: plan, allowTemporaryNames: true })
              .summary;
            const start = stateOf(emulator);
            await changeBy(emulator, told.meanwhile);
            const before = stateOf(emulator);
            const { networkId: _, region: __, ...service } = common;
            const summary = await applyPlan(plan, { ...service, folder: fresh('apply') }).summary;
            const after = stateOf(emulator);
            const told1 = await statusesOf(summary);
            expect(summary.rows).toBe(planned.changed);
            expect([summary.statuses.failed, summary.statuses.invalid]).toEqual([0, 0]);
            for (const change of told.wanted) {
              const userId = idOf(change);
              const outcome = told1.get(userId);
              const [first, was, is] = [start, before, after].map((state) => state.get(userId) ?? {});
              for (const [field, value] of Object.entries(change.details)) {
                const isForeign = !same(first?.[field], was?.[field]) && !same(was?.[field], value);
                if (isForeign) expect(is?.[field]).toEqual(was?.[field]);
                if (outcome?.status === 'updated' || outcome?.status === 'unchanged')
                  if (!same(first?.[field], value)) expect(is?.[field]).toEqual(value);
              }
              if (outcome === undefined || outcome.status === 'conflict') expect(is).toEqual(was);
            }
            if (told.meanwhile.length === 0) expect(summary.exitCode).toBe(0);

            await changeBy(emulator, told.later);
            const changed = stateOf(emulator);
            const undone = await undoRun(summary.folder, { ...service, folder: fresh('undo') }).summary;
            const end = stateOf(emulator);
            const told2 = await statusesOf(undone);
            expect([undone.statuses.failed, undone.statuses.invalid]).toEqual([0, 0]);
            for (const [userId, is] of end) {
              const [was, wasSet, now] = [before, after, changed].map((state) => state.get(userId) ?? {});
              for (const field of Object.keys(is)) {
                const isSet = !same(was?.[field], wasSet?.[field]);
                const isForeign = !same(wasSet?.[field], now?.[field]);
                if (!isSet || isForeign) expect(is[field]).toEqual(now?.[field]);
                else if (!same(is[field], was?.[field])) {
                  // A username can have been taken by another meanwhile.
                  expect(told2.get(userId)?.status).toBe('conflict');
                  expect(is[field]).toEqual(now?.[field]);
                }
                if (isSet && isForeign && !same(now?.[field], was?.[field]))
                  expect(told2.get(userId)?.status).toBe('conflict');
              }
            }
            if (told.later.length > 0) return;
            expect(end).toEqual(before);
            const again = await undoRun(undone.folder, { ...service, folder: fresh('redo') }).summary;
            expect(again.exitCode).toBe(0);
            expect(stateOf(emulator)).toEqual(after);
          });
        },
      ),
      { numRuns: Number(process.env.STORIES ?? 100) },
    );
  });

  it('after reconcile the users are as the file says, and a second one writes nothing', {
    timeout: 300_000,
  }, async () => {
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
            const start = stateOf(emulator);
            const summary = await reconcileUsers({ ...options, folder: fresh('reconcile') }).summary;
            expect(summary.exitCode).toBe(0);
            const state = stateOf(emulator);
            for (const change of told.wanted) expect(state.get(idOf(change))).toMatchObject(change.details);
            const written = emulator.counts.UpdateUser;
            const second = await reconcileUsers({ ...options, folder: fresh('reconcile') }).summary;
            expect(emulator.counts.UpdateUser).toBe(written);
            expect(second.statuses.unchanged).toBe(second.rows);
            expect(
              (await undoRun(summary.folder, { ...options, folder: fresh('undo') }).summary).exitCode,
            ).toBe(0);
            expect(stateOf(emulator)).toEqual(start);
          });
        },
      ),
      { numRuns: Number(process.env.STORIES ?? 60) },
    );
  });
});
