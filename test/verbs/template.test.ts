import { expect, it } from 'vitest';
import { validateInput, writeTemplate } from '../../src/index.js';
import { useWorkplace } from '../workplace.js';

const place = useWorkplace();
const columns =
  'networkId,userId,lookupUsername,firstName,lastName,username,securityGroupIds,securityGroupNames,inviteCode,inviteCodeTtl,codeValidation';

it('has every column', async () => {
  await writeTemplate(place.path('users.csv'));
  const [header, ...rows] = (await place.read('users.csv')).trimEnd().split('\n');
  expect(header).toBe(columns);
  expect(rows).toHaveLength(3);
});

it('has every column as a key of some row', async () => {
  await writeTemplate(place.path('users.jsonl'));
  const rows = (await place.read('users.jsonl')).trimEnd().split('\n');
  const keys = new Set(rows.flatMap((row) => Object.keys(JSON.parse(row) as object)));
  expect([...keys].sort()).toEqual(columns.split(',').sort());
});

// The reader does not take lookupUsername and securityGroupNames yet: once it does, this is a plain `it.each`.
it.each(['users.csv', 'users.jsonl'])('%s is an input as it stands', async (name) => {
  await writeTemplate(place.path(name));
  expect(await validateInput({ input: place.path(name) })).toMatchObject({ rows: 3, networkId: '12345678' });
});
