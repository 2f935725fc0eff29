import { describe, expect, it } from 'vitest';
import { readFailure } from '../../src/wickr/error-answer.js';

const now = Date.parse('2026-11-23T12:00:00Z');
const read = (status: number, headers: Record<string, string>, body: string, details = {}) =>
  readFailure({ status, headers, body }, details, now);

describe("the error's name is found in each of its places", () => {
  it.each([
    ['header', { 'x-amzn-errortype': 'ValidationError' }, '{"message":"no"}'],
    ['header with a URI', { 'x-amzn-errortype': 'ValidationError:http://internal.amazon.com/x/' }, '{}'],
    ['header with a namespace', { 'x-amzn-errortype': 'com.amazon.wickr#ValidationError' }, '{}'],
    ['body code', {}, '{"code":"ValidationError"}'],
    ['body __type', {}, '{"__type":"com.amazon.wickr#ValidationError"}'],
    ['status alone, of a JSON object with a request ID', { 'x-amzn-requestid': '1' }, '{}'],
  ])('%s', (_where, headers, body) => {
    expect(read(422, headers, body)).toMatchObject({ code: 'ValidationError', kind: 'final' });
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
    [402, 'PaymentRequired', 'final'],
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
    expect(read(422, { 'x-amzn-errortype': 'ValidationError' }, body)).toMatchObject({
      fields: ['username'],
      message: 'Validation failed; username: already in use; odd',
    });
  });

  it.each(['[]', '"text"', 'null', '{"reasons":5}', '{"reasons":[null,1,"x"]}', '{"message":{"a":1}}', '{'])(
    'that are not what they should be do no harm: %s',
    (body) => {
      expect(read(422, { 'x-amzn-errortype': 'ValidationError' }, body)).toMatchObject({
        code: 'ValidationError',
        kind: 'final',
      });
    },
  );
});

describe("an answer that is not the service's", () => {
  const html = { 'content-type': 'text/html' };
  it.each<[number, Record<string, string>, string, string, string, RegExp]>([
    [200, html, '<html>', 'Http200', 'transient', /HTML/],
    [202, {}, '', 'Http202', 'transient', /empty/],
    [202, { 'x-amzn-requestid': '1' }, '{"code":"Accepted"}', 'Http202', 'transient', /not the service's/],
    [204, {}, '', 'Http204', 'transient', /empty/],
    [302, { location: '/login?from=%2Fusers' }, '', 'Http302', 'unreachable', /redirect to \/login,/],
    [
      307,
      { location: 'https://me:pw@sso.corp.example:8443/in/?u=zoe' },
      '',
      'Http307',
      'unreachable',
      /redirect to https:\/\/sso\.corp\.example:8443\/in\/, which is not followed/,
    ],
    [308, {}, '', 'Http308', 'unreachable', /a redirect, which/],
    [400, html, '<html>', 'Http400', 'transient', /HTML/],
    [402, {}, 'Payment Required', 'Http402', 'transient', /not the service's/],
    [403, html, '<html>', 'Http403', 'transient', /HTML/],
    [404, {}, '{}', 'Http404', 'transient', /not the service's/],
    [404, { 'x-amzn-requestid': '1' }, 'not found', 'Http404', 'transient', /not the service's/],
    [405, {}, 'Method Not Allowed', 'Http405', 'transient', /not the service's/],
    [407, {}, '', 'Http407', 'unreachable', /proxy/],
    [422, { 'content-encoding': 'gzip' }, '\u001f\ufffd', 'Http422', 'transient', /gzip, unasked/],
    [451, {}, 'blocked', 'Http451', 'transient', /not the service's/],
    [500, {}, '', 'Http500', 'transient', /empty/],
    [511, html, '<html>', 'Http511', 'unreachable', /HTML/],
    // Plain text with a 401 was seen on this API; a throttle is one whoever says it.
    [401, {}, 'Unauthorized', 'UnauthorizedError', 'credentials', /^$/],
    [429, {}, '', 'RateLimitError', 'throttle', /^$/],
  ])('%i %j %s', (status, headers, body, code, kind, message) => {
    const failure = read(status, headers, body);
    expect(failure).toMatchObject({ code, kind, infrastructure: true, fields: [] });
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toMatch(/zoe|me:pw|from=/);
  });

  it.each([
    [422, { 'x-amzn-errortype': 'ValidationError' }, '<html>'],
    [404, {}, '{"__type":"ResourceNotFoundError"}'],
    [500, { 'x-amzn-errortype': 'InternalServerError' }, ''],
  ])('but one with an error name is: %i', (status, headers, body) => {
    expect(read(status, headers as Record<string, string>, body).infrastructure).toBeUndefined();
  });
});
