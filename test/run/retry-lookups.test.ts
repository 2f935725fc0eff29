import { writeFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { type Problem, type RetryOptions, retryRun, type UpdateOptions } from '../../src/index.js';
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

async function edit(name: string, from: string | RegExp, to: string) {
  const path = place.path(`run/${name}`);
  const text = await readFile(path, 'utf8');
  expect(text.replace(from, to)).not.toBe(text);
  await writeFile(path, text.replace(from, to));
}

async function halfDone(options: Partial<UpdateOptions> = {}) {
  const emulator = await place.emulate({ users, faults: [{ kind: 'echo', userId: '10000002' }] });
  const summary = await updateIn(place, chain, options, emulator);
  expect(summary.statuses).toMatchObject({ updated: 2, failed: 2 });
  expect(usernames(emulator)).toEqual(['a@x.org', 'b@x.org', 'd@x.org', 'free@x.org']);
  emulator.setFaults([]);
  return { emulator };
}

const retry = (emulator: Emulator, options: Partial<RetryOptions>) => {
  const { credentials, endpointUrl } = serviceOf(emulator);
  return retryRun(place.path('run'), {
    credentials,
    endpointUrl,
    rate: 5000,
    folder: place.path('retry'),
    ...options,
  }).summary;
};

async function retryTold(emulator: Emulator) {
  const warnings: Problem[] = [];
  const retried = await retry(emulator, { onWarning: (warning) => warnings.push(warning) });
  return { retried, reasons: warnings.map(({ reason }) => reason) };
}

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

describe('looks names up anew, and says so,', () => {
  it('of a failed file that was edited', async () => {
    const { emulator } = await halfDone();
    await edit('failed.csv', ',A', ',Ann');
    const { retried, reasons } = await retryTold(emulator);
    expect(reasons).toEqual([
      expect.stringMatching(/^failed\.csv was edited, so usernames are looked up anew/),
    ]);
    expect(retried.statuses.updated).toBe(2);
    expect(emulator.users.get('10000001')?.firstName).toBe('Ann');
  });

  it('where the file that says whom they mean is not there', async () => {
    const { emulator } = await halfDone();
    await rm(place.path('run/lookups.csv'));
    const { reasons } = await retryTold(emulator);
    expect(reasons).toEqual([expect.stringMatching(/^lookups\.csv cannot be read/)]);
  });
});

it('has no rows if the input was changed in mid-run, as the rows may be others', async () => {
  const { emulator } = await halfDone({
    // Once its rows have been read: before that, a change stops the run.
    onProgress: ({ done }) => {
      if (done > 0) writeFileSync(place.path('users.csv'), chain.replace(',A', ',Z'));
    },
  });
  const refusal = await retryTold(emulator).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ hint: expect.stringContaining('input was changed') });
});
