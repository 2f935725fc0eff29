import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { parseReplace, replaced } from '../../../src/input/rules/replace-option.js';
import { commands, csv, jsonl, NETWORK, problems, read } from '../samples.js';

const made = (rules: string[], value: string) => replaced(parseReplace(rules), 'username', value);

describe('a rule', () => {
  it.each([
    ['username=/@old\\.example$/@new.example/', 'ann@old.example', 'ann@new.example'],
    ['username=/@old\\.example$/@new.example/', 'ann@OLD.example', undefined],
    ['username=/@old\\.example$/@new.example/i', 'ann@OLD.example', 'ann@new.example'],
    ['username=/a/b/', 'aaa', 'baa'],
    ['username=/a/b/g', 'aaxa', 'bbxb'],
    ['username=/a*/-/g', 'baac', '-b--c-'],
    ['username=/^(\\w+)\\.(\\w+)@/$2.$1@/', 'ann.lee@x', 'lee.ann@x'],
    ['username=/x(y)?/[$1]/', 'x', '[]'],
    ['username=/(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)/$10$1/', 'abcdefghij', 'ja'],
    ['username=/an/<$&>$$/', 'ann', '<an>$n'],
    ['username=/a\\/b/c\\/d\\\\/', 'a/b', 'c/d\\'],
    ['username=/=/:/', 'a=b', 'a:b'],
    ['username=/.$/😀/', 'a😀', 'a😀'],
    ['username=/x//', 'axb', 'ab'],
  ])('%s makes of %j %j', (rule, value, result) => expect(made([rule], value)).toBe(result));

  it('several of a field are carried out in their order, those of others are not', () => {
    expect(made(['username=/a/b/', 'username=/b/c/', 'firstName=/c/d/'], 'a')).toBe('c');
    expect(made(['username=/b/c/', 'username=/a/b/'], 'a')).toBe('b');
    expect(made(['username=/x/y/', 'username=/a/b/'], 'a')).toBe('b');
  });

  it.each([
    ['username', '`replace` takes FIELD=/regex/text/'],
    ['usernam=/a/b/', '`replace` cannot give "usernam" (nearest: username)'],
    ['inviteCode=/a/b/', '`replace` cannot give "inviteCode"'],
    ['username=a/b', '`replace` username is not /regex/text/'],
    ['username=/a/b', '`replace` username is not /regex/text/'],
    ['username=//b/', '`replace` username is not /regex/text/'],
    ['username=/a/b/c/', '`replace` username is not /regex/text/'],
    ['username=/a/\\n/', '`replace` username is not /regex/text/'],
    ['username=/a/b/x', 'it can have no other flags than i, s and g'],
    ['username=/(/b/', 'it is not one of JavaScript with the flag u'],
    ['username=/(?<=a)b/c/', 'lookahead, lookbehind and backreferences are not allowed'],
    ['username=/a/$1/', 'its text has $1, but the expression has no groups in parentheses'],
    ['username=/(a)/$2/', 'its text has $2, but the expression has one group in parentheses'],
    ['username=/a/$0/', 'its text has $0'],
    ['username=/a/5$/', 'its text has a $ that stands for nothing: write $$'],
  ])('%s is refused', (rule, message) => {
    expect(() => parseReplace([rule])).toThrow(UsageError);
    expect(() => parseReplace([rule])).toThrow(message);
  });

  it('takes a time that grows with the text and no faster', () => {
    expect(made(['username=/^(a|a?)+$/x/'], `${'a'.repeat(5000)}!`)).toBeUndefined();
  });
});

describe.each([
  ['CSV', csv, 'userId,username,lookupUsername\n1,a@old,\n2,,\n3,b@other,\n,,c@old\n'],
  [
    'JSONL',
    jsonl,
    '{"userId":"1","username":"a@old"}\n{"userId":"2"}\n{"userId":"3","username":"b@other"}\n{"lookupUsername":"c@old"}',
  ],
] as const)('of %s', (_, kind, input) => {
  const replace = ['username=/@old$/@new/'];

  it('changes the file’s value, and without one asks for what the user has: that is a change', () => {
    const { rows } = read(kind, input, { networkId: NETWORK, replace });
    expect(rows).toMatchObject([
      { command: { details: { username: 'a@new' } } },
      { named: { userId: '2', details: {}, fromPresent: ['username'] } },
      { command: { details: { username: 'b@other' } } },
      { named: { lookupUsername: 'c@old', fromPresent: ['username'] } },
    ]);
  });

  it('`set` comes behind it', () => {
    const { rows } = read(kind, input, { networkId: NETWORK, replace, set: ['username=z@z'] });
    const names = rows.map((row) => ('command' in row ? row.command : 'named' in row ? row.named : row));
    expect(names).toMatchObject(rows.map(() => ({ details: { username: 'z@z' } })));
    expect(names.some((row) => 'fromPresent' in row)).toBe(false);
  });

  it('nothing left of a value is an error', () => {
    const reading = read(kind, input, { networkId: NETWORK, replace: ['username=/.+//'] });
    expect(problems(reading)[0]).toMatch(/^[12] username: `replace` leaves nothing of the value$/);
  });
});

it('the API’s own request is changed likewise', () => {
  const line = '{"networkId":"12345678","userId":"1","userDetails":{"username":"a@old","lastName":"b"}}';
  const reading = read(jsonl, line, {
    replace: ['username=/old/new/', 'firstName=/x/y/'],
    compose: ['lastName={username|upper}{lastName}'],
  });
  expect(reading.rows).toMatchObject([
    { named: { details: { username: 'a@new', lastName: 'A@OLDb' }, fromPresent: ['firstName'] } },
  ]);
});

it('null stays an error, and half a character is one', () => {
  const replace = ['username=/o/n/'];
  const nothing = read(jsonl, '{"userId":"1","username":null}', { networkId: NETWORK, replace });
  expect(problems(nothing)[0]).toContain('username: is null');
  const half = read(jsonl, '{"userId":"1","username":"o\\ud83d"}', { networkId: NETWORK, replace });
  expect(problems(half)[0]).toContain('has half a character');
  expect(() => commands(half)).toThrow();
});
