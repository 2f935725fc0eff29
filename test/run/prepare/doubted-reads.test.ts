/** A list that shifts while it is read, or that leaves somebody out, is not believed when it does not show a user. */
import { describe, expect, it } from 'vitest';
import type { Emulator, EmulatorOptions } from '../../../src/emulator/server.js';
import {
  InputError,
  InvalidInputError,
  reconcileUsers,
  resumeRun,
  retryRun,
  type UpdateOptions,
  updateUsers,
} from '../../../src/index.js';
import { reachOf, serviceOf, useWorkplace } from '../../workplace.js';

const place = useWorkplace();
const USERS = 250;

const users = Array.from({ length: USERS }, (_, i) => ({
  userId: String(10_000_001 + i),
  username: `user${String(i + 1).padStart(3, '0')}@example.com`,
  firstName: 'Old',
  lastName: 'Name',
}));

const emulate = (options: EmulatorOptions) => place.emulate({ users, ...options });

/** A row for each user but those in `without`, so that the whole network is listed. */
const rows = (without: readonly string[] = [], by: 'userId' | 'username' = 'userId') =>
  users
    .filter(({ userId }) => !without.includes(userId))
    .map((user) => `${user[by]},New\n`)
    .join('');
const byId = (without?: readonly string[]) => `userId,firstName\n${rows(without)}`;
const byName = (without?: readonly string[]) => `lookupUsername,firstName\n${rows(without, 'username')}`;

async function update(emulator: Emulator, content: string, options: Partial<UpdateOptions> = {}) {
  const input = await place.write('users.csv', content);
  const sent = { input, folder: place.path('run'), rate: 5000, keepBefore: false };
  const run = { ...sent, ...serviceOf(emulator), ...options };
  return updateUsers(run).summary;
}

const firstName = (emulator: Emulator, userId: string) => emulator.users.get(userId)?.firstName;

describe('a list of users never to be changed', () => {
  const LISTED = '10000101';
  const listed = 'user101@example.com';
  /** So many names that to list all users takes fewer requests. */
  const names = Array.from({ length: 10 }, (_, i) => `user${101 + i}@example.com\n`).join('');

  it('protects a user whom a deletion has shifted out of the pages', async () => {
    // A page shows a hundred users: if one of the first is deleted, the 101st is on no page.
    const emulator = await emulate({ shifts: [{ kind: 'remove', page: 1, userId: '10000050' }] });
    const exclude = await place.write('vips.txt', names);
    const summary = await update(emulator, byId(['10000050']), { exclude });
    expect(summary.statuses).toMatchObject({ skipped: 10, updated: USERS - 11 });
    expect(firstName(emulator, LISTED)).toBe('Old');
  });

  it('protects a user whom the list of all users leaves out', async () => {
    const emulator = await emulate({ unlisted: [LISTED] });
    const exclude = await place.write('vips.txt', names.toUpperCase());
    const summary = await update(emulator, byId(), { exclude });
    expect(summary.statuses).toMatchObject({ skipped: 10, updated: USERS - 10 });
    expect(firstName(emulator, LISTED)).toBe('Old');
  });

  it('with names that nobody has refuses the run, with their lines and not the names', async () => {
    const emulator = await emulate({});
    const exclude = await place.write(
      'vips.txt',
      `# the board\nusr003@example.com\n${listed}\nnobody\n10000007\n`,
    );
    const error = await update(emulator, byId(), { exclude }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InputError);
    const { message, hint } = error as InputError;
    expect(message).toBe(
      '`exclude` vips.txt: nobody in the network has the usernames of lines 2 and 4 (1 of 3 was found); nothing was sent',
    );
    expect(hint).toMatch(/`excludeMissing` allow/);
    expect(emulator.counts.UpdateUser).toBe(0);
  });

  it.each([
    ['ids.txt', '10000007\n1000002\n', 'nobody in the network has the user ID of line 2; nothing was sent'],
    [
      'both.csv',
      'userId,username\n10000007,user007@example.com\n10000007,user002@example.com\n',
      'the username of line 3 and the user ID beside it belong to two users; nothing was sent',
    ],
  ])('with a typing error in a user ID refuses the run: %s', async (name, content, message) => {
    const emulator = await emulate({});
    const exclude = await place.write(name, content);
    const input = 'userId,firstName\n10000001,New\n10000002,New\n';
    await expect(update(emulator, input, { exclude })).rejects.toThrow(`\`exclude\` ${name}: ${message}`);
    expect(emulator.counts.UpdateUser).toBe(0);
  });

  it('of user IDs that rows have reads nobody, and digits may be a username', async () => {
    const emulator = await emulate({ users: [...users, { ...users[0], userId: '9', username: '4711' }] });
    const exclude = await place.write('vips.txt', '10000002\n');
    const input = 'userId,firstName\n9,New\n10000002,New\n';
    expect((await update(emulator, input, { exclude })).statuses).toMatchObject({ updated: 1, skipped: 1 });
    expect(emulator.counts).toMatchObject({ GetUser: 0, ListUsers: 0 });
    const digits = await place.write('digits.txt', '4711\n');
    const again = { exclude: digits, folder: place.path('again') };
    expect((await update(emulator, input, again)).statuses).toMatchObject({ updated: 1, skipped: 1 });
  });

  it('with such a name is taken if the caller says so, and still protects the others', async () => {
    const emulator = await emulate({});
    const exclude = await place.write('vips.txt', `nobody\n${listed}\n`);
    const summary = await update(emulator, byId(), { exclude, excludeMissing: 'allow' });
    expect(summary.statuses).toMatchObject({ skipped: 1, updated: USERS - 1 });
    expect(firstName(emulator, LISTED)).toBe('Old');
  });

  it.each([
    ['names', (n: number) => `gone${n}@example.com`],
    ['user IDs', (n: number) => String(20_000_000 + n)],
  ] as const)(
    'is listed once more, not asked for singly, if more than a hundred %s are gone',
    async (_, gone) => {
      const emulator = await emulate({ shifts: [{ kind: 'remove', page: 1, userId: '10000050' }] });
      const some = Array.from({ length: 150 }, (_, n) => `${gone(n)}\n`).join('');
      const exclude = await place.write('vips.txt', `${some}${listed}\n`);
      await expect(update(emulator, byId(['10000050']), { exclude })).rejects.toThrow('and 140 more');
      // All pages of users, twice.
      expect(emulator.counts).toMatchObject({ ListUsers: 8, GetUser: 0 });
      const allowing = { exclude, excludeMissing: 'allow', folder: place.path('again') } as const;
      const summary = await update(emulator, byId(['10000050']), allowing);
      expect(summary.statuses).toMatchObject({ skipped: 1, updated: USERS - 2 });
    },
  );

  it('is checked also if every row names its user by username', async () => {
    const emulator = await emulate({});
    const exclude = await place.write('vips.txt', 'nobody\n');
    const input = 'lookupUsername,firstName\nuser001@example.com,New\n';
    await expect(update(emulator, input, { exclude })).rejects.toThrow(/line 1/);
  });

  it('tells how many of its names were found', async () => {
    const emulator = await emulate({});
    const exclude = await place.write('vips.txt', `nobody\n${listed}\nuser007@example.com\n10000008\n`);
    const told: unknown[] = [];
    const onExclusions = (found: unknown) => told.push(found);
    await update(emulator, byId(), { exclude, excludeMissing: 'allow', onExclusions });
    const counted = { list: 'vips.txt', names: 3, found: 2, userIds: 1 };
    expect(told).toEqual([{ ...counted, foundIds: undefined, missingLines: [1] }]);
  });

  it.each([
    ['resume', (run: string, reach: ReturnType<typeof reachOf>) => resumeRun(run, reach)],
    [
      'retry',
      (run: string, reach: ReturnType<typeof reachOf>) =>
        retryRun(run, { ...reach, folder: place.path('again') }),
    ],
  ] as const)('means the users whom it meant at the start, for %s too', async (_, again) => {
    const emulator = await emulate({});
    const exclude = await place.write('vips.txt', `${listed}\n`);
    const stopped = { input: await place.write('users.csv', byId()), folder: place.path('run'), exclude };
    const run = updateUsers({
      keepBefore: false,
      ...stopped,
      rate: 5000,
      concurrency: 1,
      ...serviceOf(emulator),
    });
    for await (const outcome of run) if (outcome.status === 'updated') break;
    expect((await run.summary).statuses.unprocessed).toBeGreaterThan(0);
    // By now nobody has the username of the list, or somebody else.
    emulator.edit(LISTED, { username: 'renamed@example.com' });
    emulator.edit('10000250', { username: listed });
    const summary = await again(place.path('run'), { ...reachOf(emulator) }).summary;
    expect(summary.statuses).toMatchObject({ skipped: 1, unprocessed: 0 });
    expect(firstName(emulator, LISTED)).toBe('Old');
    expect(firstName(emulator, '10000250')).toBe('New');
  });
});

describe('a user who is not in the list', () => {
  const options = { maxChanges: '100%', maxRenames: '100%' } as const;
  async function reconcile(emulator: Emulator, content: string) {
    const input = await place.write('users.csv', content);
    const run = { input, folder: place.path('run'), rate: 5000, ...options, ...serviceOf(emulator) };
    return reconcileUsers(run).summary;
  }

  it.each([
    ['ID', byId],
    ['name', byName],
  ] as const)('because it shifted is asked for by %s', async (_, input) => {
    const emulator = await emulate({ shifts: [{ kind: 'remove', page: 1, userId: '10000050' }] });
    const summary = await reconcile(emulator, input(['10000050']));
    expect(summary.statuses).toMatchObject({ updated: USERS - 1 });
  });

  it.each([
    ['active', 2],
    ['pending', 1],
  ])('is asked for among the %s ones', async (_, status) => {
    const late = {
      userId: '10000999',
      username: 'late@example.com',
      firstName: 'Old',
      lastName: 'Name',
      status,
    };
    const emulator = await emulate({ users: [...users, late], unlisted: [late.userId] });
    const content = `${byName()}${late.username},New\n`;
    expect((await reconcile(emulator, content)).statuses).toMatchObject({ updated: USERS + 1 });
  });

  it('and is not there is refused', async () => {
    const emulator = await emulate({});
    await expect(reconcile(emulator, `${byId()}19999999,New\n`)).rejects.toThrow(InvalidInputError);
    expect(emulator.counts.UpdateUser).toBe(0);
  });

  it('is one of a hundred at most for whom that is done', async () => {
    const emulator = await emulate({});
    const strangers = Array.from({ length: 150 }, (_, i) => `${20_000_000 + i},New\n`).join('');
    await expect(reconcile(emulator, byId() + strangers)).rejects.toThrow(InvalidInputError);
    expect(emulator.counts.GetUser).toBe(100);
  });
});
