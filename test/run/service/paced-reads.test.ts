/** Reads over HTTP: against the emulator with its faults, and against servers that list in ways it does not. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EmulatedUser } from '../../../src/emulator/network/network.js';
import type { Emulator } from '../../../src/emulator/server.js';
import { CredentialsError, InterruptedError, ReadError } from '../../../src/errors.js';
import type { UpdateOptions } from '../../../src/index.js';
import type { Member } from '../../../src/model.js';
import type { NetworkReads } from '../../../src/plan/lookup/network-reads.js';
import { Fence } from '../../../src/run/lock/fence.js';
import { parseOptions } from '../../../src/run/options/parse-options.js';
import { openService } from '../../../src/run/service/open-service.js';
import { networkReads } from '../../../src/run/service/paced-reads.js';
import { Stop } from '../../../src/run/service/stop-switch.js';
import { CredentialGate } from '../../../src/wickr/credential-gate.js';
import { providerOf } from '../../../src/wickr/credentials.js';
import { countBy, serviceOf, useWorkplace } from '../../workplace.js';

const place = useWorkplace();

/** The reads of a network, and the switch that stops them. */
function open(options: Partial<UpdateOptions> & { networkId: string; region: string }): {
  reads: NetworkReads;
  stop: Stop;
} {
  const { credentials } = options;
  if (!credentials) throw new Error('no credentials');
  const parsed = parseOptions({ input: '-', format: 'csv', rate: 5000, ...options });
  const stop = new Stop();
  const service = openService(parsed, parsed.pace.rate, new CredentialGate(providerOf(credentials)), {
    stop,
    fence: new Fence(),
  });
  onTestFinished(() => service.close());
  return { reads: networkReads(options.networkId, service), stop };
}

const readsOf = (emulator: Emulator, options: Partial<UpdateOptions> = {}) =>
  open({ ...serviceOf(emulator), ...options });

/** A server that answers each GET with what it is told to; gives the reads of it, and the targets asked for. */
async function listing(answer: (target: URL, request: number) => { status?: number; body: unknown }) {
  const targets: URL[] = [];
  const server = createServer((request, response) => {
    const target = new URL(request.url ?? '', 'http://x');
    targets.push(target);
    const { status = 200, body } = answer(target, targets.length);
    response.writeHead(status).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = async () => ({ accessKeyId: 'AKIA', secretAccessKey: 's' });
  return { ...open({ networkId: '12345678', region: 'us-east-1', endpointUrl, credentials }), targets };
}

async function all(list: AsyncIterable<readonly Member[]>): Promise<Member[]> {
  const members: Member[] = [];
  for await (const page of list) members.push(...page);
  return members;
}
const ids = (members: readonly Member[]) => members.map(({ userId }) => userId);

const SALES = 'Kd93mXvP';
const people: EmulatedUser[] = [
  { userId: '1', username: 'c+1 x@example.com', firstName: 'Cy', securityGroupIds: [SALES] },
  { userId: '2', username: 'a@example.com', status: 1, securityGroupIds: [SALES] },
  { userId: '3', username: 'b@example.com', suspended: true },
  { userId: '4', username: 'd_bot', type: 'bot' },
];

describe('users', () => {
  it('are all who are active, by username, then those who are pending', async () => {
    const { reads } = readsOf(await place.emulate({ users: people }));
    const members = await all(reads.users());
    expect(ids(members)).toEqual(['3', '1', '4', '2']);
    expect(members.map(({ pending, suspended, bot }) => [pending, suspended, bot])).toEqual([
      [false, true, false],
      [false, false, false],
      [false, false, true],
      [true, false, false],
    ]);
    expect(members[1]).toMatchObject({ firstName: 'Cy', lastName: undefined, securityGroupIds: [SALES] });
  });

  it.each<[string, object, string[]]>([
    ['pending', { pending: true }, ['2']],
    ['active', { pending: false }, ['3', '1', '4']],
    ['of a group', { groupId: SALES }, ['1', '2']],
    ['of a name with a plus and a space', { username: 'c+1 x@example.com' }, ['1']],
    ['of a name that nobody has', { username: 'zz@example.com' }, []],
  ])('who are %s', async (_case, filter, expected) => {
    const emulator = await place.emulate({ users: people, filterMatch: 'exact' });
    const { reads } = readsOf(emulator);
    expect(ids(await all(reads.users(filter)))).toEqual(expected);
  });

  it('are asked for a hundred at a time, each once', async () => {
    const emulator = await place.emulate({ users: 1234 });
    const { reads } = readsOf(emulator);
    const members = await all(reads.users());
    expect(new Set(ids(members)).size).toBe(1234);
    expect(members).toHaveLength(1234);
    const pending = members.filter((member) => member.pending).length;
    const requests = Math.ceil((1234 - pending) / 100) + Math.max(1, Math.ceil(pending / 100));
    expect(emulator.requests).toHaveLength(requests);
  });

  it('of another group or status than was asked for are dropped, should the service filter in its own way', async () => {
    const { reads } = await listing(() => ({
      body: {
        users: [
          { userId: '1', status: 2, securityGroups: ['a'] },
          { userId: '2', status: 1, securityGroups: ['a'] },
          { userId: '3', status: 2, securityGroups: ['b'] },
          { userId: '4' },
        ],
      },
    }));
    expect(ids(await all(reads.users({ groupId: 'a', pending: false })))).toEqual(['1', '4']);
    expect(ids(await all(reads.users({ groupId: 'a', pending: true })))).toEqual(['2', '4']);
    expect(ids(await all(reads.users()))).toEqual(['1', '3', '4', '2', '4']);
  });

  it('come with their query encoded as it is signed', async () => {
    const { reads, targets } = await listing(() => ({ body: { users: [] } }));
    await all(reads.users({ username: "a b+c@d!'()*", groupId: 'x&y', pending: true }));
    expect(targets[0]?.search).toBe(
      '?maxResults=100&sortFields=username&sortDirection=ASC&username=a%20b%2Bc%40d%21%27%28%29%2A&status=1&groupId=x%26y',
    );
  });
});

describe('a list', () => {
  it('goes on past empty pages and ends at an empty token', async () => {
    const pages = [
      { nextToken: 'a' },
      { users: [], nextToken: 'b' },
      { users: [{ userId: '7' }], nextToken: '' },
    ];
    const { reads, targets } = await listing((_, request) => ({ body: pages[request - 1] }));
    expect(ids(await all(reads.users({ pending: false })))).toEqual(['7']);
    expect(targets.map((target) => target.searchParams.get('nextToken'))).toEqual([null, 'a', 'b']);
  });

  it.each([1, 2, 5])('that comes back to a page of before, %d ago, is an error', async (length) => {
    const { reads, targets } = await listing((_, request) => ({
      body: { users: [{ userId: String(request) }], nextToken: `t${request % length}` },
    }));
    await expect(all(reads.users())).rejects.toBeInstanceOf(ReadError);
    expect(targets).toHaveLength(length + 1);
  });
});

describe('faults', () => {
  it.each([
    'throttle',
    '500',
    '503',
    'hang-up',
    'half',
    'reset-before',
    'html',
    'wrong-shape',
    'empty',
  ] as const)('%s costs another attempt, no user', async (kind) => {
    const faults = [{ kind, every: 2, operation: 'any' }] as const;
    const emulator = await place.emulate({ users: 250, faults });
    const { reads } = readsOf(emulator);
    expect(new Set(ids(await all(reads.users()))).size).toBe(250);
    expect(await reads.groups()).toHaveLength(5);
    expect(await reads.user('10000001')).toMatchObject({ userId: '10000001' });
    expect(await reads.count()).toMatchObject({ active: expect.any(Number) });
    expect(emulator.requests.filter(({ fault }) => fault === kind).length).toBeGreaterThan(2);
  });

  it('that never end become an error that names the operation and the attempts', async () => {
    const emulator = await place.emulate({
      users: 5,
      faults: [{ kind: '500', operation: 'ListSecurityGroups' }],
    });
    const { reads } = readsOf(emulator, { maxAttempts: 2, outagePatienceMs: 3600000 });
    const error = await reads.groups().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ReadError);
    expect(error).toMatchObject({
      message: expect.stringMatching(/ListSecurityGroups.*InternalServerError/),
    });
  });
});

describe('a refusal', () => {
  it('of a user who is not there is no error', async () => {
    const emulator = await place.emulate({ users: people });
    const { reads } = readsOf(emulator);
    expect(await reads.user('99')).toBeUndefined();
    expect(await reads.user('3')).toMatchObject({ userId: '3', suspended: true });
  });

  it('of the network is an error that says what to look at', async () => {
    const { reads } = readsOf(await place.emulate({ users: 5 }), { networkId: '87654321' });
    const error = await all(reads.users()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ReadError);
    expect(error).toMatchObject({
      code: 'READ',
      message: expect.stringContaining('ListUsers met ResourceNotFoundError'),
      hint: expect.stringContaining('`networkId`'),
    });
  });

  it('repeats no value of the filter', async () => {
    const { reads } = await listing((target) => ({
      status: 400,
      body: {
        code: 'BadRequestError',
        message: `no ${target.searchParams.get('username')} and ${target.search} here`,
      },
    }));
    const error = await all(reads.users({ username: 'zoë.müller' })).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ReadError);
    expect(String(error)).toContain('BadRequestError');
    expect(String(error)).not.toMatch(/zo|ller/);
  });

  it.each(['ListUsers', 'GetUser', 'ListSecurityGroups'] as const)(
    'of the credentials for %s ends it and names the action',
    async (operation) => {
      const emulator = await place.emulate({ users: 5, faults: [{ kind: '403', operation }] });
      const { reads, stop } = readsOf(emulator);
      const ask = {
        ListUsers: () => all(reads.users()),
        GetUser: () => reads.user('10000001'),
        ListSecurityGroups: () => reads.groups(),
      };
      const error = await ask[operation]().catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(CredentialsError);
      expect(error).toMatchObject({ hint: expect.stringContaining(`wickr:${operation},`) });
      expect(stop.reason?.code).toBe('CREDENTIALS');
    },
  );

  it.each([400, 401, 403, 404])('of the count with %d leaves all else as it is', async (status) => {
    const { reads, stop, targets } = await listing((target) =>
      target.pathname.endsWith('/count')
        ? { status, body: { code: 'NoSuchError' } }
        : { body: { users: [{ userId: '7' }] } },
    );
    expect(await reads.count()).toBeUndefined();
    expect(targets.map(({ pathname }) => pathname)).toEqual(['/networks/12345678/users/count']);
    expect(stop.reason).toBeUndefined();
    expect(ids(await all(reads.users({ pending: false })))).toEqual(['7']);
  });

  it('of the count costs no refresh of the credentials', async () => {
    const emulator = await place.emulate({ users: 5, faults: [{ kind: '403', operation: 'GetUsersCount' }] });
    const asked: boolean[] = [];
    const { reads } = readsOf(emulator, {
      credentials: async (options) => {
        asked.push(options?.forceRefresh ?? false);
        return emulator.credentials;
      },
    });
    expect(await reads.count()).toBeUndefined();
    expect(asked).toEqual([false]);
  });
});

it('the count is what the lists hold', async () => {
  const { reads } = readsOf(await place.emulate({ users: 321 }));
  const counted = countBy(await all(reads.users()), ({ pending }) => (pending ? 'pending' : 'active'));
  expect(await reads.count()).toEqual({ active: counted.active, pending: counted.pending ?? 0 });
});

it('a read that waits when its caller stops is interrupted', async () => {
  const emulator = await place.emulate({
    users: 5,
    faults: [{ kind: '503', operation: 'any', retryAfter: 60 }],
  });
  const { reads, stop } = readsOf(emulator);
  const reading = reads.groups().catch((caught: unknown) => caught);
  await emulator.arrival(1, 'ListSecurityGroups');
  stop.abort({ code: 'INTERRUPTED', signal: 'SIGINT', message: 'stopped by SIGINT', hint: '' });
  const error = await reading;
  expect(error).toBeInstanceOf(InterruptedError);
  expect(error).toMatchObject({ code: 'INTERRUPTED', signal: 'SIGINT' });
});
