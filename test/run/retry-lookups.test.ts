import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { type Problem, retryRun } from '../../src/index.js';
import { outcomes, serviceOf, updateIn, useWorkplace } from '../workplace.js';

const place = useWorkplace();
const users = ['a', 'b', 'c', 'd'].map((name, at) => ({
  userId: `1000000${at + 1}`,
  username: `${name}@x.org`,
}));
/** d leaves d, c takes it, b takes c; then b's row is refused, so that a's is blocked. */
const chain = `lookupUsername,username,firstName
a@x.org,b@x.org,A
b@x.org,c@x.org,B
c@x.org,d@x.org,C
d@x.org,free@x.org,D
`;

const usernames = (emulator: Emulator) => [...emulator.users.values()].map(({ username }) => username);

async function halfDone() {
  const emulator = await place.emulate({ users, faults: [{ kind: 'echo', userId: '10000002' }] });
  const summary = await updateIn(place, chain, {}, emulator);
  expect(summary.statuses).toMatchObject({ updated: 2, failed: 2 });
  expect(usernames(emulator)).toEqual(['a@x.org', 'b@x.org', 'd@x.org', 'free@x.org']);
  emulator.setFaults([]);
  return { emulator, summary };
}

const retry = (emulator: Emulator, options: Parameters<typeof retryRun>[1]) => {
  const { credentials, endpointUrl } = serviceOf(emulator);
  return retryRun(place.path('run'), {
    credentials,
    endpointUrl,
    rate: 5000,
    out: place.path('retry'),
    ...options,
  });
};

it('a retry means the users whom the run has found, whoever has their usernames by now', async () => {
  const { emulator } = await halfDone();
  // Somebody else, who got it in the meantime.
  emulator.edit('10000001', { username: 'former-a@x.org' });
  emulator.edit('10000004', { username: 'a@x.org' });
  const before = emulator.counts.ListUsers;
  const summary = await retry(emulator, {});
  expect(summary.statuses.updated).toBe(2);
  expect(usernames(emulator)).toEqual(['b@x.org', 'c@x.org', 'd@x.org', 'a@x.org']);
  expect((await outcomes(summary.report)).map(({ userId }) => userId).sort()).toEqual([
    '10000001',
    '10000002',
  ]);
  expect(await place.read('retry/lookups.csv')).toBe('row,userId\n1,10000001\n2,10000002\n');
  expect(emulator.counts.ListUsers).toBeGreaterThan(before);
});

it('of a failed file that was edited looks names up anew, and says so', async () => {
  const { emulator, summary } = await halfDone();
  const failed = summary.failed ?? '';
  await writeFile(failed, (await readFile(failed, 'utf8')).replace(',A', ',Ann'));
  const warnings: Problem[] = [];
  const retried = await retry(emulator, { onWarning: (warning) => warnings.push(warning) });
  expect(warnings).toMatchObject([{ reason: expect.stringContaining('the file was edited') }]);
  expect(retried.statuses.updated).toBe(2);
  expect(emulator.users.get('10000001')?.firstName).toBe('Ann');
});
