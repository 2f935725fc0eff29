import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, redactId, redactName } from '../../src/wickr/redact.js';
import { randomCases } from '../length.js';

const SECRET_KEY = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY99';

it('a message that asks to wait is kept as it is', () => {
  expect(redact('Wait a moment and retry.', {})).toBe('Wait a moment and retry.');
});

describe('a message loses every value', () => {
  it.each([
    [{ firstName: 'Jonathan' }, 'name Jonathan is taken', 'name <firstName> is taken'],
    [{ firstName: 'Jonathan' }, 'name JONATHAN is taken', 'name <firstName> is taken'],
    [{ lastName: "O'Brien" }, 'no O&#39;Brien here', 'no <lastName> here'],
    [{ lastName: 'Zoë' }, 'no Zoe\u0308 here', 'no <lastName> here'],
    [{ lastName: 'Zoë' }, 'no Zo%C3%AB here', 'no <lastName> here'],
    [{ username: 'j@x.com' }, 'J@x.com is in use', '<username> is in use'],
    [{ inviteCode: 'a.b*c' }, 'code a.b*c', 'code <inviteCode>'],
    [{ firstName: 'A' }, 'A name may not be A', '<firstName> name may not be <firstName>'],
    [{ firstName: 'Maria\nJose' }, 'name Maria\nJose is too long', 'name <firstName> is too long'],
    [{ lastName: 'Zoë' }, 'no Zo\\u00eb here', 'no <lastName> here'],
    [{ username: 'Jona', firstName: 'Jonathan' }, 'Jonathan is Jona', '<firstName> is <username>'],
    // Other spellings of the same value.
    [{ lastName: "O'Brien" }, 'no O\u2019Brien here', 'no <lastName> here'],
    [{ lastName: "O'Brien" }, 'no O%27Brien here', 'no <lastName> here'],
    [{ lastName: "O'Brien" }, 'no O&rsquo;Brien, no o&#x27;brien', 'no <lastName>, no <lastName>'],
    [{ lastName: "O'Brien" }, 'no Ty9CcmllbiBpcw is, no TydCcmllbg== here', 'no <value> is, no <value> here'],
    [{ lastName: 'Zoë-Anne' }, 'no zoe\u2010anne', 'no <lastName>'],
    [{ username: 'jonathan.doe@x.com' }, 'no jonathan.d\u2026', 'no <username>\u2026'],
    [{ username: 'jonathan.doe@x.com' }, 'no jonathan.doe', 'no <username>'],
    [{ firstName: 'Mary Jane' }, 'no mary here', 'no <firstName> here'],
    // What the user was before, known or not.
    [{ username: 'new@x.com' }, 'no old.one@x.com, old.one%40x.com', 'no <address>, <address>'],
    [{}, 'no wexqu..., no wexqu\u2026', 'no <value>, no <value>'],
    [{}, 'no %57%65%78%71, no &#87;&#101;&#120;', 'no <value>, no <value>'],
    [{}, `no ${SECRET_KEY}`, 'no <secret>'],
    [
      { former: { username: 'jdoe', lastName: 'smith' } },
      'jdoe smith is new',
      '<username> <lastName> is new',
    ],
    [{}, 'the user Jonathan McDoe-Smith is suspended', 'the user <value> <value> is suspended'],
    [{}, 'Jonathan is suspended. User is 山田', '<value> is suspended. User is <value>'],
    [{}, 'somebody.else@example.com is in use', '<address> is in use'],
    [{}, "value 'Jane Doe' at 'username' is wrong", "value <value> at 'username' is wrong"],
    [{}, "the user can't be changed", "the user can't be changed"],
  ])('%j: %s', (details, text, expected) => {
    expect(redact(text, details)).toBe(expected);
  });

  // A pattern of such a value is more than can be compiled, and the error of that has the value in it.
  it.each([10_000, 30_000, 100_000, 1_000_000])('that has %i characters', (length) => {
    const username = 'ab'.repeat(length / 2);
    expect(redact('the name is taken', { username })).toBe('the name is taken');
    expect(redact(username, { username })).toMatch(/^<(username|a very long message)>$/);
    expect(redact('\ufb2c'.repeat(10_000), { username })).toBe('<a very long message>');
  });

  it('whatever it is', () => {
    const value = fc
      .string({ minLength: 4, maxLength: 30, unit: 'grapheme' })
      .filter((text) => text.trim().length > 3);
    fc.assert(
      fc.property(value, fc.string(), fc.string(), (username, before, after) => {
        const clean = redact(`${before} ${username} ${after}`, { username });
        // The value may stand in the text around it by chance only as a part of what replaced it.
        const rest = clean.replaceAll(/<\w+>/g, '');
        fc.pre(!`${before} ${after}`.includes(username.trim()));
        expect(rest.includes(username.trim())).toBe(false);
      }),
      randomCases(100, 1000),
    );
  });
});

describe('a message loses', () => {
  it.each([
    ['secrets', 'Credential=AKIAIOSFODNN7EXAMPLE/2026', '<secret>'],
    ['keys', 'key AKIAIOSFODNN7EXAMPLE is not known', 'key <secret> is not known'],
    ['secret keys', 'key wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY is old', 'key <secret> is old'],
    ['tokens', `x-amz-security-token:${'q'.repeat(20)} is old`, '<secret> is old'],
    ['further lines', 'first\nsecond', 'first'],
    ['control characters', 'a\u001b[31mb\u202ec', 'a [31mb c'],
  ])('%s', (_what, text, expected) => {
    expect(redact(text, {})).toBe(expected);
  });

  it('all of it if it is longer than any', () => {
    expect(redact('canary '.repeat(2000), { firstName: 'canary canary' })).toBe('<a very long message>');
  });

  it('its end if it is long', () => {
    expect(redact('ab '.repeat(300), {})).toHaveLength(300);
  });
});

describe('names and IDs', () => {
  it('are kept in their own form alone', () => {
    expect(redactName('securityGroupIds', {})).toBe('securityGroupIds');
    expect(redactName('Jane', { firstName: 'Jane' })).toBe('');
    expect(redactName('userDetails.username', { username: 'name' })).toBe('');
    expect(redactName('firstName', { firstName: 'firstName' })).toBe('firstName');
    expect(redactName('a b', {})).toBe('');
    expect(redactId('2f0e6a3c-8d1b-4a57-9a55-0c7b2b1f4d11', {})).toBe('2f0e6a3c-8d1b-4a57-9a55-0c7b2b1f4d11');
    const id = '2f0e6a3c-8d1b-4a57-9a55-0c7b2b1f4d11';
    expect(redactId(id, { username: id.toUpperCase() })).toBe('');
    expect(redactId(id, { former: { username: '4a57-9a55' } })).toBe('');
    expect(redactId(id, { firstName: 'Abe', lastName: '2f' })).toBe(id);
    const secret = 'wJalrXUtnFEMIaK7MDENGabPxRfiCYEXAMPLEKEY';
    expect([redactName(secret, {}), redactId(secret, {})]).toEqual(['', '']);
    expect(redactId('jane-doe-2', { firstName: 'Jane' })).toBe('');
    expect(redactId('=cmd|1', {})).toBe('');
    expect(redactName('AKIAIOSFODNN7EXAMPLE', {})).toBe('');
    expect(redactName('bad.ASIAIOSFODNN7EXAMPLE', {})).toBe('');
    expect(redactId('AKIAIOSFODNN7EXAMPLE', {})).toBe('');
    // What nobody has told of: names of errors and fields are made of words that those are called by.
    for (const name of ['Wexquith', 'hwxdkqu', 'userDetails.Wexquith']) expect(redactName(name, {})).toBe('');
    for (const name of ['RequestTimeTooSkewed', 'SlowDown', 'OddError', 'userDetails.userName'])
      expect(redactName(name, {})).toBe(name);
    expect(redactId('wexquith7', {})).toBe('');
    expect(redactId('4442587FB7D0A2F9', {})).toBe('4442587FB7D0A2F9');
    expect(redactId('VVU3RBQPSNCKNTKGBKVVKQNSOAEMVJFQASUAAJG9', {})).toBe('');
    expect(redactName(SECRET_KEY, {})).toBe('');
    expect(redactName('SmithError', { former: { lastName: 'Smith' } })).toBe('');
  });
});
