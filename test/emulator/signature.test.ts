import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { staleness } from '../../src/emulator/authorization.js';
import type { WireRequest } from '../../src/emulator/canonical.js';
import type { EmulatorCredentials } from '../../src/emulator/credentials.js';
import { SignatureCheck } from '../../src/emulator/signature.js';
import { type Ask, sign, targetOf } from './call.js';

const EXAMPLE: EmulatorCredentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

describe("AWS's published vectors", () => {
  const sessionToken =
    'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';
  const [DATE, HOST] = ['20150830T123600Z', 'example.amazonaws.com'];
  const UNRESERVED = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const FORM = 'application/x-www-form-urlencoded';
  const GET = 'GET';

  type Vector = [
    name: string,
    signature: string,
    method: string,
    target: string,
    more?: string[],
    body?: string,
  ];
  const vectors: Vector[] = [
    ['get-vanilla', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31', GET, '/'],
    ['get-vanilla-query', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31', GET, '/?'],
    [
      'get-vanilla-query-order-key-case',
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
      GET,
      '/?Param2=value2&Param1=value1',
    ],
    [
      'get-vanilla-query-order-key',
      'eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1',
      GET,
      '/?Param1=value2&Param1=Value1',
    ],
    [
      'get-vanilla-query-order-value',
      '5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694',
      GET,
      '/?Param1=value2&Param1=value1',
    ],
    [
      'get-vanilla-query-unreserved',
      '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
      GET,
      `/?${UNRESERVED}=${UNRESERVED}`,
    ],
    [
      'get-vanilla-utf8-query',
      '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04',
      GET,
      '/?ሴ=bar',
    ],
    [
      'get-unreserved',
      '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
      GET,
      `/${UNRESERVED}`,
    ],
    ['get-utf8', '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85', GET, '/ሴ'],
    ['get-space', '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741', GET, '/example space/'],
    ['get-relative', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31', GET, '/example/..'],
    ['get-slash', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31', GET, '//'],
    [
      'get-slash-pointless-dot',
      'ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5',
      GET,
      '/./example',
    ],
    ['get-slashes', '9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84', GET, '//example//'],
    [
      'get-header-key-duplicate',
      'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
      GET,
      '/',
      ['My-Header1', 'value2', 'My-Header1', 'value2', 'My-Header1', 'value1'],
    ],
    [
      'get-header-value-trim',
      'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
      GET,
      '/',
      ['My-Header1', ' value1', 'My-Header2', ' "a   b   c"'],
    ],
    ['post-vanilla', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b', 'POST', '/'],
    [
      'post-vanilla-query',
      '28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11',
      'POST',
      '/?Param1=value1',
    ],
    [
      'post-x-www-form-urlencoded',
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
      'POST',
      '/',
      ['Content-Type', FORM],
      'Param1=value1',
    ],
    [
      'post-x-www-form-urlencoded-parameters',
      '1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe',
      'POST',
      '/',
      ['Content-Type', `${FORM}; charset=utf8`],
      'Param1=value1',
    ],
    [
      'post-sts-header-before',
      '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
      'POST',
      '/',
      ['X-Amz-Security-Token', sessionToken],
    ],
  ];

  it.each(vectors)('%s', (_name, signature, method, target, more = [], body = '') => {
    const headers = ['Host', HOST, ...more, 'X-Amz-Date', DATE];
    const names = new Set(headers.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()));
    const authorization = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${[...names].sort().join(';')}, Signature=${signature}`;
    const request = {
      method,
      target,
      rawHeaders: [...headers, 'Authorization', authorization],
      body: Buffer.from(body),
    };
    const credentials = names.has('x-amz-security-token') ? { ...EXAMPLE, sessionToken } : EXAMPLE;
    const check = new SignatureCheck('us-east-1', 'service', credentials);
    expect(check.verify(request)).toBe(Date.UTC(2015, 7, 30, 12, 36));
    expect(check.verify({ ...request, body: Buffer.from(`${body} `) })).toMatchObject({
      code: 'InvalidSignatureException',
    });
  });
});

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
