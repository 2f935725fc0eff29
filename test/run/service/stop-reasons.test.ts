/** What a person is told of a service that refuses or does not answer: by the code, and for one by the message. */
import { describe, expect, it } from 'vitest';
import { CredentialsError } from '../../../src/errors.js';
import { causeOf, hintOn, lastingOutage, refusedCredentials } from '../../../src/run/service/stop-reasons.js';

describe('credentials that are refused', () => {
  const refused = (code: string, message = 'no', problem?: CredentialsError) =>
    refusedCredentials({ code, message }, 'UpdateUser', 'resume the run', problem);
  const region = "Credential should be scoped to a valid region, not 'eu-west-2'.";

  it.each([
    ['ExpiredToken', 'no', 'CREDENTIALS', /have expired/, /aws sso login.* and resume the run\.$/],
    ['ExpiredTokenException', 'no', 'CREDENTIALS', /have expired/, /aws sso login/],
    ['RequestExpired', 'no', 'CREDENTIALS', /have expired/, /aws sso login/],
    [
      'ForbiddenError',
      'no',
      'CREDENTIALS',
      /may not call wickr:UpdateUser/,
      /^Have an IAM policy allow wickr:/,
    ],
    ['AccessDenied', 'no', 'CREDENTIALS', /may not call wickr:UpdateUser/, /IAM.* and resume the run\.$/],
    ['AccessDeniedException', 'no', 'CREDENTIALS', /may not call/, /IAM/],
    ['InvalidSignatureException', region, 'WRONG_REGION', /^wrong region/, /`region`.* start again\.$/],
    ['SignatureDoesNotMatch', region, 'WRONG_REGION', /^wrong region/, /`region`/],
    ['InvalidSignatureException', 'no', 'CREDENTIALS', /does not take these/, /^Check the access key/],
    ['UnrecognizedClientException', 'no', 'CREDENTIALS', /does not take these/, /^Check the access key/],
    ['InvalidClientTokenId', 'no', 'CREDENTIALS', /does not take these/, /^Check the access key/],
    ['UnauthorizedError', 'no', 'CREDENTIALS', /does not take these/, /^Renew them.* and resume the run\.$/],
    ['constructor', 'no', 'CREDENTIALS', /does not take these/, /^Renew them/],
  ])('%s (%s)', (code, said, reason, message, hint) => {
    const told = refused(code, said);
    expect(told).toMatchObject({ code: reason, message: expect.stringMatching(message) });
    expect(told.hint).toMatch(hint);
    expect(told.message).toContain(`(${code})`);
  });

  it('while there are no others are told with the reason for that', () => {
    const told = refused('ExpiredToken', 'no', new CredentialsError('the file is gone', 'Put it back.'));
    expect(told.message).toBe(
      'the service refused the credentials (ExpiredToken), and there are no others: the file is gone',
    );
    expect(told.hint).toBe('Put it back. Then resume the run.');
  });
});

describe('a service that does not answer', () => {
  it.each([
    ['BadAnswer', true, /^something else answers/, /browser.* Then resume the run\.$/],
    ['Http418', true, /^something else answers in place of the service \(Http418\)/, /browser/],
    ['BadAnswer', false, /^the service has been down/, /browser/],
    [
      'Http503',
      true,
      /^the service has not answered properly once/,
      /^Resume the run when the service is back\.$/,
    ],
    ['Http503', false, /^the service has been down/, /^Resume the run when/],
    ['ECONNREFUSED', true, /^the service has not answered/, /^Check `endpointUrl`/],
  ])('%s (never before: %j)', (code, fromTheStart, message, hint) => {
    const told = lastingOutage({ code }, fromTheStart, 'resume the run');
    expect(told).toMatchObject({ code: 'OUTAGE', message: expect.stringMatching(message) });
    expect(told.hint).toMatch(hint);
  });
});

it.each([
  ['ResourceNotFoundError', 'the network was not found', /right network/],
  ['Http503', 'the service is down', undefined],
  ['BadAnswer', 'something else answers in place of the service', /browser/],
  ['Http405', 'something else answers in place of the service', /browser/],
  ['ValidationError', undefined, /security group/],
  ['toString', undefined, undefined],
])('the cause of %s', (code, cause, hint) => {
  expect(causeOf(code)).toBe(cause);
  if (hint) expect(hintOn(code)).toMatch(hint);
  else expect(hintOn(code)).toBeUndefined();
});
