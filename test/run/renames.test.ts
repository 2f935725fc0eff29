/** Renames at random, run against the service: who waits for whose username, and whether all get theirs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exitCodeOfRun, withExitCode } from '../../src/cli/exit-codes.js';
import { type Emulator, startEmulator } from '../../src/emulator/server.js';
import { InvalidInputError, type Logger, resumeRun, updateUsers } from '../../src/index.js';
import { silentLogger } from '../../src/run/options/table/logger.js';
import { randomCases } from '../length.js';
import { outcomes, serviceOf, updateIn, useWorkplace } from '../workplace.js';

const place = useWorkplace();

interface Rename {
  /** Place of the user in the network. */
  readonly user: number;
  /** The place of the user whose username this one gets; beyond the users: a free one. */
  readonly target: number;
  /** Whether the new username is written in another case than its holder's. */
  readonly shouts: boolean;
  /** How the row names the user: by ID, by the present username, or by that in another case. */
  readonly by: 'id' | 'name' | 'NAME';
}

interface Graph {
  readonly size: number;
  /** In the file's order. No two have one target, and each target's holder is among the users or is free. */
  readonly renames: readonly Rename[];
}

const graph: fc.Arbitrary<Graph> = fc.integer({ min: 1, max: 9 }).chain((size) =>
  fc
    .record({
      users: fc.shuffledSubarray([...Array(size).keys()], { minLength: 1 }),
      free: fc.nat({ max: 3 }),
      order: fc.shuffledSubarray([...Array(size + 3).keys()], { minLength: size + 3 }),
      shouts: fc.array(fc.boolean(), { minLength: size, maxLength: size }),
      by: fc.array(fc.constantFrom<Rename['by'][]>('id', 'name', 'NAME'), {
        minLength: size,
        maxLength: size,
      }),
    })
    .map(({ users, free, order, shouts, by }) => {
      const targets = order.filter((at) => (at >= size ? at < size + free : users.includes(at)));
      const renames = users.map((user, index) => ({
        user,
        target: targets[index] ?? size,
        shouts: shouts[index] ?? false,
        by: by[index] ?? 'id',
      }));
      return { size, renames };
    }),
);

const nameOf = (at: number) => `user.${at}@example.com`;
const idOf = (at: number) => String(10_000_001 + at);
const wantedBy = ({ target, shouts }: Rename) => (shouts ? nameOf(target).toUpperCase() : nameOf(target));

const lineOf = (rename: Rename) => {
  const { user, by } = rename;
  const name = by === 'id' ? '' : by === 'name' ? nameOf(user) : nameOf(user).toUpperCase();
  return `${by === 'id' ? idOf(user) : ''},${name},${wantedBy(rename)}`;
};

/** Whether users wait for each other in a circle; who keeps their username waits for nobody. */
function hasCircle({ renames }: Graph): boolean {
  const next = new Map(renames.map(({ user, target }) => [user, target]));
  return renames.some(({ user, target }) => {
    if (target === user) return false;
    let [at, steps] = [target, 0];
    while (next.has(at) && at !== user && steps <= renames.length) {
      const step = next.get(at) as number;
      if (step === at) return false;
      [at, steps] = [step, steps + 1];
    }
    return at === user;
  });
}

let runs = 0;

async function inNetwork(
  told: Graph,
  task: (emulator: Emulator, input: string, out: string) => Promise<void>,
) {
  const users = [...Array(told.size).keys()].map((at) => ({ userId: idOf(at), username: nameOf(at) }));
  const emulator = await startEmulator({ users });
  runs += 1;
  const lines = ['userId,lookupUsername,username', ...told.renames.map(lineOf)];
  const input = await place.write(`renames-${runs}.csv`, `${lines.join('\n')}\n`);
  try {
    await task(emulator, input, place.path(`run-${runs}`));
  } finally {
    await emulator.close();
  }
}

const usernames = (emulator: Emulator) => [...emulator.users.values()].map(({ username }) => username);

describe('whatever the renames', () => {
  it('each user gets the username wanted, and none is refused for being in use', async () => {
    const tried = randomCases(20, 1000);
    let circles = 0;
    await fc.assert(
      fc.asyncProperty(graph, async (told) => {
        circles += hasCircle(told) ? 1 : 0;
        await inNetwork(told, async (emulator, input, out) => {
          const summary = await updateUsers({
            keepBefore: false,
            ...serviceOf(emulator),
            ...{ input, folder: out, rate: 10_000, allowTemporaryNames: true },
          }).summary;
          const wanted = [...Array(told.size).keys()].map(nameOf);
          for (const rename of told.renames) wanted[rename.user] = wantedBy(rename);
          expect(usernames(emulator)).toEqual(wanted);
          expect([...emulator.statuses.keys()]).toEqual([200]);
          expect(withExitCode(summary)).toMatchObject({
            exitCode: 0,
            statuses: { updated: told.renames.length },
          });
          expect((await outcomes(summary.report)).length).toBe(told.renames.length);
        });
      }),
      tried,
    );
    // Circles come often enough for this to be about them too.
    expect(circles).toBeGreaterThan(tried.numRuns / 5);
  });

  it('a circle sends nothing without --allow-temporary-names, anything else all of it', async () => {
    await fc.assert(
      fc.asyncProperty(graph, async (told) => {
        await inNetwork(told, async (emulator, input, out) => {
          const run = updateUsers({
            keepBefore: false,
            ...serviceOf(emulator),
            ...{ input, folder: out, rate: 10_000 },
          }).summary;
          if (hasCircle(told)) {
            await expect(run).rejects.toThrow(InvalidInputError);
            expect(emulator.counts.UpdateUser).toBe(0);
          } else {
            expect(exitCodeOfRun(await run)).toBe(0);
            expect([...emulator.statuses.keys()]).toEqual([200]);
          }
        });
      }),
      randomCases(10, 200),
    );
  });
});

describe('a user who has a temporary username', () => {
  const users = ['a@x.org', 'b@x.org', 'c@x.org'].map((username, at) => ({ userId: idOf(at), username }));
  const swap = 'userId,username\n10000001,b@x.org\n10000002,a@x.org\n';

  it('gets the former one again if the one they wait for stays in use', async () => {
    const emulator = await place.emulate({ users, faults: [{ kind: 'echo', userId: '10000002' }] });
    const summary = await updateIn(place, swap, { allowTemporaryNames: true }, emulator);
    expect(usernames(emulator)).toEqual(['a@x.org', 'b@x.org', 'c@x.org']);
    const [first, second] = (await outcomes(summary.report)).sort((a, b) => a.row - b.row);
    expect(first).toMatchObject({ status: 'failed', errorCode: 'EarlierRowFailed', attempts: 2 });
    expect(first?.message).toContain('the user has the former username again');
    expect(second?.status).toBe('failed');
  });

  it('keeps it if another user has the former one by then, and the report says so', async () => {
    const faults = [{ kind: 'echo' as const, userId: '10000001', after: 1 }];
    const emulator = await place.emulate({ users, faults });
    const summary = await updateIn(place, swap, { allowTemporaryNames: true }, emulator);
    const [first] = (await outcomes(summary.report)).sort((a, b) => a.row - b.row);
    expect(first?.message).toContain('the user has a temporary username');
    expect(usernames(emulator)[1]).toBe('a@x.org');
  });

  it('keeps it if the run is stopped: resuming it goes on', async () => {
    const emulator = await place.emulate({ users });
    const stopping = new AbortController();
    const trace = ({ operation }: { operation?: unknown }) => {
      if (operation === 'UpdateUser') stopping.abort();
    };
    const logger: Logger = { ...silentLogger, trace };
    const summary = await updateIn(
      place,
      swap,
      { allowTemporaryNames: true, stopping: stopping.signal, logger },
      emulator,
    );
    expect(summary.statuses.unprocessed).toBeGreaterThan(0);
    const { networkId: _, region: __, ...service } = serviceOf(emulator);
    const resumed = await resumeRun(summary.folder, { ...service, rate: 5000 }).summary;
    expect(resumed.statuses).toMatchObject({ updated: 2, unprocessed: 0 });
    expect(usernames(emulator)).toEqual(['b@x.org', 'a@x.org', 'c@x.org']);
  });
});
