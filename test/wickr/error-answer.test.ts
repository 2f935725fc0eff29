import { describe, expect, it } from 'vitest';
import { readFailure } from '../../src/wickr/error-answer.js';

const now = Date.parse('2026-11-23T12:00:00Z');
const read = (status: number, headers: Record<string, string>, body: string, details = {}) =>
  readFailure({ status, headers, body }, details, now);

describe("the error's name is found in each of its places", () => {
  it.each([
    ['header', { 'x-amzn-errortype': 'ValidationError' }, '{"message":"no"}'],
    ['header with a URI', { 'x-amzn-errortype': 'ValidationError:http://internal.amazon.com/x/' }, '{}'],
    ['header with both, and a # in the URI', { 'x-amzn-errortype': 'a.b#ValidationError:http://x/#y' }, '{}'],
    ['header with a namespace', { 'x-amzn-errortype': 'com.amazon.wickr#ValidationError' }, '{}'],
    ['body code', {}, '{"code":"ValidationError"}'],
    ['body __type', {}, '{"__type":"com.amazon.wickr#ValidationError"}'],
    ['status alone', {}, '<html>'],
  ])('%s', (_where, headers, body) => {
    expect(read(422, headers, body)).toMatchObject({ code: 'ValidationError', kind: 'final' });
  });

  it('a header that came twice has one name', () => {
    const twice = { 'x-amzn-errortype': 'ThrottlingException, ThrottlingException' };
    expect(read(400, twice, '{}').code).toBe('ThrottlingException');
  });

  it('the header goes before the body', () => {
    expect(read(422, { 'x-amzn-errortype': 'ValidationError' }, '{"code":"Other"}').code).toBe(
      'ValidationError',
    );
  });

  it('a name that is none is passed over', () => {
    expect(read(503, { 'x-amzn-errortype': '<b>\u001b[31m' }, '{"code":"constructor prototype"}').code).toBe(
      'Http503',
    );
  });
});

describe('what an error means', () => {
  it.each([
    [400, 'BadRequestError', 'final'],
    [400, 'ThrottlingException', 'throttle'],
    [400, 'ExpiredTokenException', 'credentials'],
    [401, '', 'credentials'],
    [402, '', 'final'],
    [403, 'ForbiddenError', 'credentials'],
    [403, 'RequestTimeTooSkewed', 'credentials'],
    [404, 'ResourceNotFoundError', 'final'],
    [422, 'ValidationError', 'final'],
    [429, 'RateLimitError', 'throttle'],
    [429, 'TooManyRequestsException', 'throttle'],
    [429, 'NeverHeardOf', 'throttle'],
    [500, 'InternalServerError', 'transient'],
    [502, '', 'transient'],
    [503, '', 'transient'],
    [504, '', 'transient'],
    [204, '', 'transient'],
    [302, '', 'transient'],
  ])('%i %s is %s', (status, code, kind) => {
    expect(read(status, code ? { 'x-amzn-errortype': code } : {}, '').kind).toBe(kind);
  });

  it.each(['__proto__', 'constructor', 'toString'])('a code named %s means nothing of its own', (code) => {
    expect(read(422, { 'x-amzn-errortype': code }, '{}').kind).toBe('final');
  });
});

describe('how long to wait', () => {
  it.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': 'Mon, 23 Nov 2026 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Mon, 23 Nov 2026 11:00:00 GMT' }, 0],
    [{ 'x-amz-retry-after': '250', 'retry-after': '7' }, 250],
    [{ 'retry-after': '999999' }, 300_000],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('%j is %s ms', (headers, wait) => {
    expect(read(429, headers as Record<string, string>, '').retryAfter).toBe(wait);
  });
});

describe('reasons', () => {
  it('give the fields and go into the message', () => {
    const body =
      '{"message":"Validation failed","reasons":[{"field":"username","reason":"already in use"},{"reason":"odd"},{}]}';
    expect(read(422, {}, body)).toMatchObject({
      fields: ['username'],
      message: 'Validation failed; username: already in use; odd',
    });
  });

  it.each(['[]', '"text"', 'null', '{"reasons":5}', '{"reasons":[null,1,"x"]}', '{"message":{"a":1}}', '{'])(
    'that are not what they should be do no harm: %s',
    (body) => {
      expect(read(422, {}, body)).toMatchObject({ code: 'ValidationError', kind: 'final' });
    },
  );
});
