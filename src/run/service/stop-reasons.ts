/** The reasons for which the service can end a run, and what to do about each. */
import { CredentialsError, type StopReason } from '../../errors.js';
import type { Failure } from '../../model.js';
import { unreachable } from '../../wickr/connection-errors.js';

/** The service can never be reached. */
export function noSuchService({ code, message }: Pick<Failure, 'code' | 'message'>): StopReason {
  return {
    code: 'UNREACHABLE',
    message: `the service cannot be reached: ${message} (${code}); no row was changed`,
    hint: unreachable(code)?.hint ?? 'Check `endpointUrl`.',
  };
}

/** The service is down. @param remedy what to do when it is back, such as `resume the run` */
export function lastingOutage(
  { code }: Pick<Failure, 'code'>,
  fromTheStart: boolean,
  remedy: string,
): StopReason {
  if (fromTheStart && hintOn(code) === somethingElse)
    return {
      code: 'OUTAGE',
      message: `${otherAnswer} (${code})`,
      hint: `${somethingElse} Then ${remedy}.`,
    };
  const hint = hintOn(code) ?? unreachable(code)?.hint;
  return {
    code: 'OUTAGE',
    message: fromTheStart
      ? `the service has not answered properly once; the last error was ${code}`
      : `the service has been down for longer than \`outagePatienceMs\` allows; the last error was ${code}`,
    hint: `${hint === undefined ? '' : `${hint} `}${remedy.charAt(0).toUpperCase()}${remedy.slice(1)} when the service is back.`,
  };
}

/** The credentials are good, and may not do what is asked. */
export class NoPermissionError extends CredentialsError {}

/**
 * The service refuses the credentials.
 *
 * @param remedy what to do after the hint, such as `resume the run`
 * @param problem why there are no others
 */
export function refusedCredentials(
  { code, message }: Pick<Failure, 'code' | 'message'>,
  operation: string,
  remedy: string,
  problem: CredentialsError | undefined,
): StopReason {
  if (problem)
    return {
      code: 'CREDENTIALS',
      message: `the service refused the credentials (${code}), and there are no others: ${problem.message}`,
      hint: `${problem.hint} Then ${remedy}.`,
    };
  if (expired.test(code))
    return {
      code: 'CREDENTIALS',
      message: `the credentials have expired (${code})`,
      hint: `Renew them ("aws sso login", or a fresh session token), and ${remedy}.`,
    };
  if (forbidden.test(code))
    return new NoPermissionError(
      `these credentials may not call wickr:${operation} on this network (${code})`,
      `Have an IAM policy allow wickr:${operation}, check that the network is this account's, and ${remedy}.`,
    );
  if (scopedElsewhere.test(message))
    return {
      code: 'WRONG_REGION',
      message: `wrong region: the service takes no signature for it (${code})`,
      hint: 'Check `region`, or the `endpointUrl` if one is given, and start again.',
    };
  return {
    code: 'CREDENTIALS',
    message: `the service does not take these credentials (${code})`,
    hint: `${unknownKeys.test(code) ? checkKeys : 'Renew them ("aws sso login", or a fresh session token)'}, and ${remedy}.`,
  };
}

/** Codes of AWS's "Common Errors"; which of them comes depends on the front end that answers. */
const expired = /^(ExpiredToken|ExpiredTokenException|RequestExpired)$/;
const forbidden = /^(ForbiddenError|AccessDenied|AccessDeniedException|NotAuthorized|OptInRequired)$/;
const unknownKeys =
  /^(UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|SignatureDoesNotMatch)$/;
/** What AWS says of a signature that is for another region than the service's. */
const scopedElsewhere = /scoped to a valid region/i;
const checkKeys = 'Check the access key, its secret and the session token (all three of one login)';

/** What to do about an error that every request met; undefined if there is nothing to say. */
export const hintOn = (code: string): string | undefined => {
  if (Object.hasOwn(hints, code)) return hints[code];
  return /^Http[1-4]\d\d$/.test(code) ? (unreachable(code)?.hint ?? somethingElse) : undefined;
};

/** What happened, if the code tells; undefined if not. */
export const causeOf = (code: string): string | undefined =>
  Object.hasOwn(causes, code) ? causes[code] : hintOn(code) === somethingElse ? otherAnswer : undefined;

const causes: Readonly<Record<string, string>> = {
  ResourceNotFoundError: 'the network was not found',
  ECONNREFUSED: 'the service cannot be reached',
  Timeout: 'the service does not answer',
  Http502: 'the service is down',
  Http503: 'the service is down',
  Http504: 'the service is down',
  InternalServerError: 'the service is down',
};
const otherAnswer = 'something else answers in place of the service';
const somethingElse =
  'Open any page in a browser: a network or a proxy may want a sign-in. If not, check `endpointUrl` and the proxy settings.';
const hints: Readonly<Record<string, string>> = {
  ResourceNotFoundError: 'Is it the right network? Check `networkId`, `region` and the account.',
  ValidationError:
    'Check what the first lines of the report name: it is often a security group that this network does not have.',
  BadRequestError: "Check `networkId` and the user IDs against the network's.",
  RateLimitError: 'Something else uses up the rate limit. Try again later, or raise `throttlePatienceMs`.',
  ECONNREFUSED: 'Check `endpointUrl`: nothing answers there.',
  Timeout: 'The service does not answer. Check the network, or raise `timeoutMs`.',
  BadAnswer: somethingElse,
};
