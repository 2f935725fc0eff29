import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { EmulatorCredentials } from '../../../src/emulator/network/credentials.js';
import { staleness } from '../../../src/emulator/signature/authorization.js';
import type { WireRequest } from '../../../src/emulator/signature/canonical-request.js';
import { SignatureCheck } from '../../../src/emulator/signature/signature.js';
import { type Ask, sign, targetOf } from '../call.js';

const EXAMPLE: EmulatorCredentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

const AT = Date.parse('2026-11-23T12:00:00Z');
const ASK: Ask = { method: 'PATCH', path: '/networks/12345678/users', body: '{"userId": "1"}', at: AT };
const wickr = (credentials = EXAMPLE) => new SignatureCheck('us-east-1', 'wickr', credentials);

/** A request signed by AWS's signer; `edit` may then spoil its headers. */
async function signed(
  ask: Partial<Ask> = {},
  edit: (headers: Record<string, string>) => void = () => {},
  credentials = EXAMPLE,
): Promise<WireRequest> {
  const whole = { ...ASK, ...ask };
  const headers = await sign(whole, 'localhost:4566', credentials);
  edit(headers);
  return {
    method: whole.method ?? '',
    target: targetOf(whole),
    rawHeaders: Object.entries(headers).flat(),
    body: Buffer.from(whole.body ?? ''),
  };
}

/** Changes one part of the Authorization header. */
const part = (from: string | RegExp, to: string) => (headers: Record<string, string>) => {
  const before = headers.authorization ?? '';
  headers.authorization = before.replace(from, to);
  if (headers.authorization === before) throw new Error(`nothing to replace: ${before}`);
};

describe('a request signed by another implementation is accepted', () => {
  const bodyHash = hash('sha256', ASK.body ?? '');
  const sessionToken = 'to/ke=n';

  it.each<[string, Partial<Ask>, object]>([
    ['with a body', {}, {}],
    ['with a session token', {}, { sessionToken }],
    ['with the hash of its body', { headers: { 'x-amz-content-sha256': bodyHash } }, {}],
    ['with encoded characters in the path', { path: '/networks/1/security-groups/a%2F%20%C3%A9/users' }, {}],
    [
      'with a query of all sorts',
      { query: { b: 'Zoë & Co', a: "O'Brien/+%(*)!~", username: 'a+b@example.com', e: '' } },
      {},
    ],
  ])('%s', async (_name, ask, more) => {
    const credentials = { ...EXAMPLE, ...more };
    expect(wickr(credentials).verify(await signed(ask, undefined, credentials))).toBe(AT);
  });
});

it('a plus in the query is a plus, encoded or not', async () => {
  const request = await signed({ query: { username: 'a+b@example.com' } });
  expect(request.target).toContain('a%2Bb');
  expect(wickr().verify({ ...request, target: request.target.replace('%2B', '+') })).toBe(AT);
});

describe('a request is refused', () => {
  const cases: [string, Promise<WireRequest>, string, RegExp][] = [
    [
      'without an Authorization header',
      signed({}, (headers) => {
        delete headers.authorization;
      }),
      'MissingAuthenticationTokenException',
      /Missing/,
    ],
    [
      'with another scheme',
      signed({}, part(/^AWS4-HMAC-SHA256/, 'Basic')),
      'IncompleteSignatureException',
      /AWS4-HMAC-SHA256/,
    ],
    [
      'without a signature',
      signed({}, part(/, Signature=.*/, '')),
      'IncompleteSignatureException',
      /'Signature'/,
    ],
    ['with a short credential', signed({}, part('/wickr/', '/')), 'IncompleteSignatureException', /5 slash/],
    [
      'with a long credential',
      signed({}, part('/aws4_request', '/aws4_request/x')),
      'IncompleteSignatureException',
      /5 slash/,
    ],
    [
      'without a date',
      signed({}, (headers) => {
        delete headers['x-amz-date'];
      }),
      'IncompleteSignatureException',
      /X-Amz-Date/,
    ],
    [
      "with a date that is none of AWS's",
      signed({}, (headers) => {
        headers['x-amz-date'] = '2026-11-23T12:00:00Z';
      }),
      'IncompleteSignatureException',
      /ISO-8601/,
    ],
    [
      'for another day',
      signed({}, part('/20261123/', '/20261122/')),
      'InvalidSignatureException',
      /Date in Credential/,
    ],
    [
      'for another region',
      signed({}, part('/us-east-1/', '/eu-west-2/')),
      'InvalidSignatureException',
      /region/,
    ],
    [
      'for another service',
      signed({}, part('/wickr/', '/iam/')),
      'InvalidSignatureException',
      /service: 'wickr'/,
    ],
    [
      'with another end',
      signed({}, part('/aws4_request', '/aws5_request')),
      'InvalidSignatureException',
      /terminator/,
    ],
    [
      'whose host is not signed',
      signed({}, part('content-type;host;', 'content-type;')),
      'InvalidSignatureException',
      /'host'/,
    ],
    [
      'whose content type is not signed',
      signed({}, part('content-type;', '')),
      'InvalidSignatureException',
      /'content-type'/,
    ],
    [
      'whose date is not signed',
      signed({}, part(';x-amz-date', '')),
      'InvalidSignatureException',
      /'x-amz-date'/,
    ],
    [
      'with a session token nobody asked for',
      signed({}, undefined, { ...EXAMPLE, sessionToken: 'x' }),
      'UnrecognizedClientException',
      /token/,
    ],
    [
      'with an unknown key',
      signed({}, undefined, { ...EXAMPLE, accessKeyId: 'AKIDOTHER' }),
      'UnrecognizedClientException',
      /token/,
    ],
    [
      'with a wrong secret',
      signed({}, undefined, { ...EXAMPLE, secretAccessKey: 'wrong' }),
      'InvalidSignatureException',
      /does not match/,
    ],
    ['with half a signature', signed({}, part(/.{32}$/, '')), 'InvalidSignatureException', /does not match/],
    [
      'with an unsigned payload',
      signed({ headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }),
      'InvalidSignatureException',
      /x-amz-content-sha256/,
    ],
  ];

  it.each(cases)('%s', async (_name, request, code, message) => {
    expect(wickr().verify(await request)).toEqual({ code, message: expect.stringMatching(message) });
  });

  it.each([
    ['method', { method: 'PUT' }],
    ['path', { target: '/networks/12345679/users' }],
    ['query', { target: '/networks/12345678/users?a=1' }],
    ['body', { body: Buffer.from('{"userId": "2"}') }],
  ])('whose %s was changed on the way', async (_name, change) => {
    expect(wickr().verify({ ...(await signed()), ...change })).toMatchObject({
      code: 'InvalidSignatureException',
    });
  });

  it('without the session token that belongs to the key', async () => {
    const check = wickr({ ...EXAMPLE, sessionToken: 'x' });
    expect(check.verify(await signed())).toMatchObject({ code: 'UnrecognizedClientException' });
  });

  it('once the keys have expired, and again accepted with new ones', async () => {
    const check = wickr();
    check.expire();
    expect(check.verify(await signed())).toMatchObject({ code: 'ExpiredTokenException' });
    const next = { accessKeyId: 'AKIDNEXT', secretAccessKey: 'next' };
    check.replace(next);
    expect(check.verify(await signed())).toMatchObject({ code: 'UnrecognizedClientException' });
    expect(check.verify(await signed({}, undefined, next))).toBe(AT);
  });

  it('with the key of a replaced secret, though the day is the same', async () => {
    const check = wickr();
    expect(check.verify(await signed())).toBe(AT);
    check.replace({ ...EXAMPLE, secretAccessKey: 'other' });
    expect(check.verify(await signed())).toMatchObject({ code: 'InvalidSignatureException' });
  });
});

describe('the time of a signature', () => {
  const MINUTES = 60_000;

  it('may be five minutes off to both sides', () => {
    expect(staleness(AT - 5 * MINUTES, AT, 'InvalidSignatureException')).toBeUndefined();
    expect(staleness(AT + 5 * MINUTES, AT, 'InvalidSignatureException')).toBeUndefined();
  });

  it("is refused beyond that in AWS's words", () => {
    expect(staleness(AT - 6 * MINUTES, AT, 'InvalidSignatureException')).toEqual({
      code: 'InvalidSignatureException',
      message:
        'Signature expired: 20261123T115400Z is now earlier than 20261123T115500Z (20261123T120000Z - 5 min.)',
    });
    expect(staleness(AT + 6 * MINUTES, AT, 'InvalidSignatureException')).toEqual({
      code: 'InvalidSignatureException',
      message:
        'Signature not yet current: 20261123T120600Z is still later than 20261123T120500Z (20261123T120000Z + 5 min.)',
    });
    expect(staleness(AT - 6 * MINUTES, AT, 'RequestTimeTooSkewed')).toMatchObject({
      code: 'RequestTimeTooSkewed',
    });
  });
});
