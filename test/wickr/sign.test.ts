import { describe, expect, it } from 'vitest';
import { createSigner } from '../../src/wickr/sign.js';

// From AWS's published "aws-sig-v4-test-suite"; its example key is public.
const example = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const token =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';
const at = new Date('2015-08-30T12:36:00Z');
const endpoint = new URL('https://example.amazonaws.com');

const signatureOf = async (
  request: { method: string; path: string; query?: Record<string, string> },
  credentials: typeof example & { sessionToken?: string } = example,
) => {
  const sign = createSigner(endpoint, 'us-east-1', async () => credentials, 'service');
  return (await sign(request, at)).authorization;
};

describe("the signature is that of AWS's published vectors", () => {
  it.each([
    [
      'get-vanilla',
      { method: 'GET', path: '/' },
      '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    ],
    [
      'post-vanilla',
      { method: 'POST', path: '/' },
      '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    ],
    [
      'get-vanilla-query-order-key-case',
      { method: 'GET', path: '/', query: { Param2: 'value2', Param1: 'value1' } },
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    [
      'get-utf8',
      { method: 'GET', path: '/ሴ' },
      '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85',
    ],
  ])('%s', async (_name, request, signature) => {
    expect(await signatureOf(request)).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    );
  });

  it('post-sts-header-before: with a session token', async () => {
    expect(await signatureOf({ method: 'POST', path: '/' }, { ...example, sessionToken: token })).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
    );
  });
});

describe('what is signed', () => {
  it('is the content type, the host with its port, and the time', async () => {
    const sign = createSigner(new URL('http://127.0.0.1:8080'), 'us-east-1', async () => example);
    const headers = await sign({ method: 'PATCH', path: '/networks/12345678/users', body: '{}' }, at);
    expect(headers).toMatchObject({
      host: '127.0.0.1:8080',
      'content-type': 'application/json',
      'x-amz-date': '20150830T123600Z',
    });
    expect(headers.authorization).toContain('/us-east-1/wickr/aws4_request');
    expect(headers.authorization).toContain('SignedHeaders=content-type;host;x-amz-date,');
  });

  it('is asked of the provider each time, so that new credentials count at once', async () => {
    let accessKeyId = 'FIRST';
    const sign = createSigner(endpoint, 'us-east-1', async () => ({ ...example, accessKeyId }));
    const first = await sign({ method: 'GET', path: '/' }, at);
    accessKeyId = 'SECOND';
    const second = await sign({ method: 'GET', path: '/' }, at);
    expect([first.authorization, second.authorization]).toEqual([
      expect.stringContaining('Credential=FIRST/'),
      expect.stringContaining('Credential=SECOND/'),
    ]);
  });
});
