/** Values that are made of what users have: found out before anything is sent, whoever is meant and however users are read. */
import { describe, expect, it } from 'vitest';
import { parseReplace } from '../../src/input/rules/replace-option.js';
import type { Row } from '../../src/model.js';
import type { PlanOptions } from '../../src/plan/make-plan.js';
import { Ledger, type LedgerOptions, member } from './ledger.js';
import { outcomeOf, planOf } from './rows.js';

const users = [
  member('1', 'ann@old', { firstName: 'Ann' }),
  member('2', 'Bob@old', { firstName: 'Bob', pending: true }),
  member('3', 'cleo@new', { firstName: 'Cleo' }),
  member('4', 'CLEO@old', { firstName: 'Cleo' }),
  member('5', 'dee@old'),
  member('6', 'dee@new', { firstName: 'Dee' }),
  member('7', 'eve@OLD', { firstName: 'Eve' }),
  member('8', 'fay@new'),
];

interface Said {
  readonly userId?: string;
  readonly lookupUsername?: string;
  readonly details?: object;
  readonly present?: readonly ('username' | 'firstName')[];
}

const rowsOf = (said: readonly Said[]): Row[] =>
  said.map(({ userId = '', lookupUsername, details = {}, present = ['username'] }, index) => ({
    ...{ row: index + 1, line: index + 2, start: index * 100, end: index * 100 + 100 },
    named: {
      ...{ networkId: '12345678', userId, details, fromPresent: present },
      ...(lookupUsername !== undefined && { lookupUsername }),
    },
  }));

async function planned(
  said: readonly Said[],
  replace: readonly string[] = ['username=/@old$/@new/i'],
  options: Partial<PlanOptions> = {},
  ledger: LedgerOptions = {},
) {
  const present = { replacements: parseReplace(replace), strict: false, accepted: new Set<never>() };
  const comparing = { planned: false, partly: false };
  const reads = new Ledger(users, ledger);
  const { plan, ready } = await planOf(rowsOf(said), reads, { comparing, present, ...options });
  const told = ready.map((row) => ('command' in row ? row.command.details : outcomeOf(row)));
  expect(plan.problems).toBe(ready.filter((row) => 'problems' in row).length);
  return { told, plan, ready, reads };
}

/** Users are read one by one if nobody tells how many there are, and are all listed if there are few. */
describe.each([
  ['one by one', { counts: false, filter: 'case' }],
  ['all listed', {}],
] as const)('%s', (how, ledger) => {
  // Rows of users who stay as they are: enough for a list to take fewer requests.
  const padding: Said[] = how === 'all listed' ? [{ userId: '3' }, { userId: '8' }] : [];
  const plan = (said: readonly Said[], replace?: readonly string[], options?: Partial<PlanOptions>) =>
    planned([...said, ...padding], replace, options, ledger);

  it('the value is made of the user’s, by ID or by username, beside what the row says itself', async () => {
    const { told, plan: made } = await plan([
      { userId: '1' },
      { lookupUsername: 'bob@OLD', details: { firstName: 'Rob' } },
      { userId: '7', details: { firstName: 'Eve' } },
    ]);
    expect(told.slice(0, 3)).toEqual([
      { username: 'ann@new' },
      { username: 'Bob@new', firstName: 'Rob' },
      { username: 'eve@new' },
    ]);
    expect(made.listedAll).toBe(how === 'all listed');
  });

  it('a user who has it already, and one whose value does not match, stay as they are', async () => {
    const { told } = await plan([{ userId: '3' }], ['username=/@nowhere$/@new/']);
    expect(told[0]).toBe('unchanged');
  });

  it('one who is not there is told as always', async () => {
    const { told } = await plan([{ userId: '99' }, { lookupUsername: 'gone@old' }]);
    expect(told[0]).toContain('line 2, userId: is no user of the network');
    expect(told[1]).toContain('line 3, lookupUsername: is no username in the network');
  });

  it('a username that somebody keeps, whom no row names, is not given', async () => {
    const { told } = await planned([{ userId: '4' }, { userId: '5' }], undefined, {}, ledger);
    expect(told[0]).toMatch(/^line 2, username: /);
    expect(told[1]).toMatch(/^line 3, username: /);
  });

  it('two rows that come to one username are not sent', async () => {
    const { told } = await plan([{ userId: '1' }, { userId: '2' }], ['username=/^.*@old$/same@new/i']);
    expect(told[0]).toMatch(/^line 2, username: /);
    expect(told[1]).toMatch(/^line 3, username: /);
  });

  it('a username that its holder gives up in the same plan is given behind it', async () => {
    const gives: Said = { userId: '6', details: { username: 'dora@new' }, present: ['firstName'] };
    const { ready } = await plan([{ userId: '5' }, gives], ['username=/@old$/@new/', 'firstName=/x/y/']);
    expect(ready.slice(0, 2)).toMatchObject([
      { command: { details: { username: 'dee@new' } }, turn: { after: [2] } },
      { command: { details: { username: 'dora@new' } } },
    ]);
  });

  it('a value that cannot be is the row’s problem, unless its user is excluded or it has ended', async () => {
    const said = [{ userId: '1' }, { userId: '5', present: ['firstName'] as const }];
    const rules = ['username=/@old$/ @new/', 'firstName=/e/i/'];
    const { told } = await plan(said, rules);
    expect(told[0]).toContain('line 2, username: would be a value that has white space in it');
    expect(told[1]).toContain('line 3, firstName: is not told by the service');
    const exclusions = {
      userIds: new Map([['1', 1]]),
      usernames: new Set<string>(),
      named: [],
      name: 'vips',
    };
    const spared = await plan(said, rules, { exclusions, hasEnded: (row) => row === 2 });
    expect(spared.told[0]).toBe('skipped');
    expect(spared.plan.problems).toBe(0);
  });

  it('what is odd about a value is told once', async () => {
    const said: Said[] = [{ userId: '1', present: ['firstName'] }];
    const { told, plan: made } = await plan(said, ['firstName=/n$/ /']);
    expect(told[0]).toEqual({ firstName: 'An ' });
    expect(made.warnings).toMatchObject([{ line: 2, column: 'firstName' }]);
  });

  it('a run that goes on wants what it wanted, whatever users have by now', async () => {
    const recorded = (row: number) =>
      row === 1
        ? {
            command: { networkId: '12345678', userId: '1', details: { username: 'ann@then' } },
            before: { username: 'ann@old' },
            inDoubt: true as const,
          }
        : undefined;
    const comparing = { planned: false, partly: false, recorded };
    const { told } = await plan([{ userId: '1' }, { userId: '3' }], undefined, { comparing });
    expect(told.slice(0, 2)).toEqual([{ username: 'ann@then' }, 'unchanged']);
  });
});
