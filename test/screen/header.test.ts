import { expect, it } from 'vitest';
import { renderStart } from '../../src/screen/plan.js';

const changes = {
  ...{ rows: 60, changed: 45, unchanged: 9, conflicts: 1, invalid: 0, skipped: 5, missing: 2 },
  ...{ names: 40, renames: 44, usernames: 4, groups: 0, invites: 1, updates: 46, unknownGroups: 0 },
};
const start = { networkId: '12345678', rows: 60, changes, canBeUndone: true };

it.each([
  [
    'what changes, for how long, and that it can be undone',
    { ...start, seconds: 75 },
    '45 of 60 users of network 12345678 will change; 9 unchanged, 1 in conflict, 3 skipped, 2 not in the network\n' +
      '  40 first or last name, 4 username, 1 invite\n' +
      '  about 1 min 15 s at the rate that is known; undo can put it back\n',
  ],
  [
    'that nobody knows how long',
    start,
    '45 of 60 users of network 12345678 will change; 9 unchanged, 1 in conflict, 3 skipped, 2 not in the network\n' +
      '  40 first or last name, 4 username, 1 invite\n' +
      '  how fast the service takes them is not known yet; undo can put it back\n',
  ],
  [
    'that there is nothing to do',
    { ...start, changes: { ...changes, changed: 0, unchanged: 60, conflicts: 0, skipped: 0, missing: 0 } },
    '0 of 60 users of network 12345678 will change; 60 unchanged\n',
  ],
  [
    'that nobody is looked at, and nothing can be undone',
    { networkId: '12345678', rows: 1, seconds: 1, canBeUndone: false },
    '1 row will go to network 12345678 without a look at the users\n' +
      '  about 1 s at the rate that is known; undo cannot put it back\n',
  ],
])('the start says %s', (_what, given, said) => {
  expect(renderStart(given)).toBe(said);
});
