import { describe, expect, it } from 'vitest';
import { networkText, renderHeader } from '../../src/screen/header.js';
import { coloured } from '../../src/text/paint.js';

const changes = {
  ...{ rows: 60, changed: 45, unchanged: 9, conflicts: 1, invalid: 0, skipped: 5, missing: 2 },
  ...{ names: 40, renames: 44, usernames: 4, groups: 0, invites: 0, updates: 46, unknownGroups: 0 },
};
const start = { networkId: '12345678', networkName: 'Example Corp', rows: 60, changes, canBeUndone: true };
const reach = {
  networkId: '12345678',
  host: 'admin.wickr.us-east-1.amazonaws.com',
  notes: ['region us-east-1 from AWS_REGION', 'profile "prod" from --profile'],
};
const identity = 'account 123456789012 (profile prod (SSO))';
const job = { verb: 'update', subject: 'users.csv' };
const header = { job, reach, identity, start: { ...start, seconds: 75 } };

describe('the header', () => {
  it('says what is about to happen, where and as whom', () => {
    expect(renderHeader(header)).toBe(
      `update    users.csv: 60 rows
network   12345678 "Example Corp" at admin.wickr.us-east-1.amazonaws.com
          region us-east-1 from AWS_REGION, profile "prod" from --profile
account   123456789012 (profile prod (SSO))
changes   45 of 60 users; 9 unchanged, 1 in conflict, 3 skipped, 2 not in the
          network
          first or last name of 40, username of 4
time      about 1 min 15 s at the rate that is known
undo      can put it back
`,
    );
  });

  it.each([
    ['that nobody knows how long', start, 'time      how fast the service takes them is not known yet\n'],
    [
      'that invites cannot be put back',
      { ...start, changes: { ...changes, invites: 3 } },
      'undo      can put it back, but no invites: the service does not tell what they\n          were\n',
    ],
    [
      'that nobody is looked at, and nothing can be undone',
      { networkId: '12345678', rows: 1, seconds: 1, canBeUndone: false },
      'changes   all rows are sent without a look at the users\n' +
        'time      about 1 s at the rate that is known\n' +
        'undo      cannot put it back: what the users were is not kept\n',
    ],
  ])('says %s', (_what, given, said) => {
    expect(renderHeader({ job, reach, start: given })).toContain(said);
  });

  it('says no time and no undo if there is nothing to do', () => {
    const none = { ...changes, changed: 0, unchanged: 60, conflicts: 0, skipped: 0, missing: 0 };
    expect(renderHeader({ job, start: { ...start, changes: none } })).toBe(
      'update    users.csv: 60 rows\n' +
        'network   12345678 "Example Corp"\n' +
        'changes   0 of 60 users; 60 unchanged\n',
    );
  });

  it('of a run that goes on says how much of it is left', () => {
    const subject = 'wickr-bulk-runs/2026-01-31T120000Z-users';
    expect(renderHeader({ job: { verb: 'resume', subject }, rest: { rows: 1500, done: 300 } })).toBe(
      `resume    ${subject}: 1,200 of 1,500 rows are left\n`,
    );
    expect(renderHeader({ job: { verb: 'resume', subject: 'r' }, rest: { rows: 2, done: 1 } })).toBe(
      'resume    r: 1 of 2 rows is left\n',
    );
  });

  it.each([40, 60, 80, 200])('breaks its lines between words on a terminal of %i columns', (columns) => {
    const lines = renderHeader(header, { columns }).split('\n');
    // A host is one word.
    const short = lines.filter((line) => !line.includes('amazonaws'));
    for (const line of short) expect(line.length).toBeLessThanOrEqual(Math.min(columns, 80));
    expect(lines.length).toBe(columns === 40 ? 17 : columns === 60 ? 12 : 10);
  });

  it('has its labels in colour', () => {
    expect(renderHeader({ job }, { paint: coloured })).toBe('\x1b[2mupdate    \x1b[22musers.csv\n');
  });
});

it.each([
  [undefined, '12345678'],
  ['', '12345678'],
  [' \n\u202e', '12345678 "��"'],
  ['Zoë\u001b[2J', '12345678 "Zoë�[2J"'],
  ['A" at evil.example', `12345678 "A' at evil.example"`],
  ['é'.repeat(99), `12345678 "${'é'.repeat(60)}…"`],
])('a network that is called %j is %s', (name, text) => {
  expect(networkText('12345678', name)).toBe(text);
});
