/** How many requests it takes to find out whom a large file means. */
import { expect, it } from 'vitest';
import { validateInput } from '../../src/index.js';
import { size } from '../length.js';
import { serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();
const USERS = size(1000, 100_000);

it(`the e-mail addresses of half of ${USERS} users take the pages of one list, and one request for their number`, async () => {
  const emulator = await place.emulate({ users: USERS });
  const people = [...emulator.users.values()].filter((_, index) => index % 2 === 0);
  const lines = people.map(({ username }, row) => `${username},Name ${row}\n`);
  const input = await place.write('hr.csv', `lookupUsername,firstName\n${lines.join('')}`);
  const checked = await validateInput({ ...serviceOf(emulator), input, network: true, rate: 100_000 });
  expect(checked.rows).toBe(USERS / 2);
  const pending = [...emulator.users.values()].filter(({ status }) => status === 1).length;
  const sweep = Math.ceil(pending / 100) + Math.ceil((emulator.users.size - pending) / 100);
  // The other way would be a request for each of them, at the least.
  expect(sweep).toBeLessThan(USERS / 2);
  expect(emulator.requests.length).toBeGreaterThanOrEqual(sweep);
  expect(emulator.requests.length).toBeLessThanOrEqual(1 + sweep * 1.01);
});
