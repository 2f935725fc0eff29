/** Renames in chains and circles by present usernames, killed and resumed: each row still means the user it meant. */
import { expect, it } from 'vitest';
import { firstOf } from '../length.js';
import { environmentOf, outcomes, useWorkplace } from '../workplace.js';
import { run, start, withoutHeader } from './command.js';

const place = useWorkplace();
const users = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name, at) => ({
  userId: String(10_000_001 + at),
  username: `${name}@x.org`,
}));
/** A chain of three that ends in a free username, and a circle of three. */
const wanted = { a: 'b', b: 'c', c: 'free', d: 'e', e: 'f', f: 'd' };
const file = Object.entries(wanted).map(([from, to]) => `${from}@x.org,${to}@x.org,Zoë\n`);

it.each(firstOf(1, [2, 5, 1, 3, 4, 6, 7]))('killed after %i updates were answered', async (updates) => {
  const emulator = await place.emulate({ users, latency: 10 });
  await place.write('renames.csv', `lookupUsername,username,firstName\n${file.join('')}`);
  const where = { env: environmentOf(emulator, place.folder), cwd: place.folder };
  const args = ['update', 'renames.csv', '--network-id', '12345678', '--allow-temporary-names'];
  const { child, ended } = start([...args, '--out', 'run', '--log-level', 'trace'], where);
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk;
    if (log.split('"operation":"UpdateUser"').length > updates) child.kill('SIGKILL');
  });
  await ended;
  const resumed = await run(['resume', 'run'], where);
  expect([resumed.code, withoutHeader(resumed.stderr)]).toEqual([
    0,
    // The last kill may come too late.
    expect.stringMatching(/^(?:this run has ended already.*\n)?$/),
  ]);
  const now = Object.fromEntries(
    [...emulator.users.values()].map(({ userId, username }) => [userId, username]),
  );
  for (const { userId, username } of users) {
    const name = username.charAt(0);
    expect(now[userId]).toBe(`${name in wanted ? wanted[name as keyof typeof wanted] : name}@x.org`);
  }
  const lines = await outcomes(place.path('run/report.csv'));
  expect(lines.map(({ row }) => row).sort()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(new Set(lines.map(({ status }) => status))).toEqual(new Set(['updated']));
  expect([...emulator.statuses.keys()]).toEqual([200]);
});
