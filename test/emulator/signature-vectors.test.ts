/** The published test suite of AWS Signature Version 4, as far as it concerns what an HTTP server can receive. */
import { expect, it } from 'vitest';
import { SignatureCheck } from '../../src/emulator/signature/signature.js';

const EXAMPLE = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
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
