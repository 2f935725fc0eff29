/** How many requests it takes to find out whom a large file means. */
import { expect, it } from 'vitest';
import { validateInput } from '../../src/index.js';
import { serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();

it('50,000 e-mail addresses among 100,000 users take the pages of one list, and one request for their number', {
  timeout: 240_000,
}, async () => {
  const emulator = await place.emulate({ users: 100_000 });
  const people = [...emulator.users.values()].filter((_, index) => index % 2 === 0);
  const lines = people.map(({ username }, row) => `${username},Name ${row}\n`);
  const input = await place.write('hr.csv', `lookupUsername,firstName\n${lines.join('')}`);
  const checked = await validateInput({ ...serviceOf(emulator), input, network: true, rate: 100_000 });
  expect(checked.rows).toBe(50_000);
  const pending = [...emulator.users.values()].filter(({ status }) => status === 1).length;
  const sweep = Math.ceil(pending / 100) + Math.ceil((emulator.users.size - pending) / 100);
  // The other way would be a request for each of them, at the least.
  expect(sweep).toBeLessThan(50_000);
  expect(emulator.requests.length).toBeGreaterThanOrEqual(sweep);
  expect(emulator.requests.length).toBeLessThanOrEqual(sweep * 1.01);
});
