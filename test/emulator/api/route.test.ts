import { expect, it } from 'vitest';
import { parseRoute } from '../../../src/emulator/api/route.js';

it('decodes the query, in which a plus is a plus', () => {
  const route = parseRoute(
    'GET',
    '/networks/12345678/users?username=a+b%2Bc%20d%40e&firstName=Zo%C3%AB&x=1=2&y',
  );
  expect(route).toMatchObject({ operation: 'ListUsers', networkId: '12345678' });
  expect(Object.fromEntries(route?.query ?? [])).toEqual({
    username: 'a+b+c d@e',
    firstName: 'Zoë',
    x: '1=2',
    y: '',
  });
});

it('decodes the IDs in the path', () => {
  expect(parseRoute('GET', '/networks/12345678/security-groups/a%2F%20%C3%A9/users')).toMatchObject({
    operation: 'ListSecurityGroupUsers',
    id: 'a/ é',
  });
});

it('knows a path by its method', () => {
  expect(parseRoute('PATCH', '/networks/12345678/users')?.operation).toBe('UpdateUser');
  expect(parseRoute('PUT', '/networks/12345678/users')).toMatchObject({
    operation: undefined,
    otherMethod: true,
  });
  expect(parseRoute('GET', '/networks')).toMatchObject({ operation: undefined, otherMethod: false });
});

it('gives nothing for a broken escape', () => {
  expect(parseRoute('GET', '/networks/12345678/users?username=%zz')).toBeUndefined();
});
