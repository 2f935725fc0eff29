/** What a status or an error code of the service means for a request: the one table of both. */
import type { FailureKind } from './model.js';

/**
 * Codes that overrule their HTTP status. AWS's throttles and refused credentials come with 400, 403 or 429 depending
 * on the front end that answers; the names are those of AWS's "Common Errors" and of its SDKs' retry documentation.
 */
const kindOfCode: Readonly<Record<string, FailureKind>> = {
  RateLimitError: 'throttle',
  ThrottlingException: 'throttle',
  Throttling: 'throttle',
  ThrottledException: 'throttle',
  RequestThrottled: 'throttle',
  RequestThrottledException: 'throttle',
  TooManyRequestsException: 'throttle',
  RequestLimitExceeded: 'throttle',
  SlowDown: 'throttle',
  InternalServerError: 'transient',
  InternalFailure: 'transient',
  ServiceUnavailable: 'transient',
  ServiceUnavailableException: 'transient',
  RequestTimeout: 'transient',
  RequestTimeoutException: 'transient',
  UnauthorizedError: 'credentials',
  ForbiddenError: 'credentials',
  AccessDenied: 'credentials',
  AccessDeniedException: 'credentials',
  ExpiredToken: 'credentials',
  ExpiredTokenException: 'credentials',
  IncompleteSignature: 'credentials',
  IncompleteSignatureException: 'credentials',
  InvalidClientTokenId: 'credentials',
  InvalidSignatureException: 'credentials',
  MissingAuthenticationToken: 'credentials',
  MissingAuthenticationTokenException: 'credentials',
  NotAuthorized: 'credentials',
  OptInRequired: 'credentials',
  RequestExpired: 'credentials',
  RequestTimeTooSkewed: 'credentials',
  SignatureDoesNotMatch: 'credentials',
  UnrecognizedClientException: 'credentials',
};
const kindOfStatus: Readonly<Record<number, FailureKind>> = {
  401: 'credentials',
  403: 'credentials',
  408: 'transient',
  425: 'transient',
  429: 'throttle',
};

/**
 * What a refusal means. A known code decides, otherwise the status: a 4xx that is not in the table is final, and
 * everything that is no answer of this API (1xx, a 2xx that is not the operation's, 3xx, 5xx) is transient.
 */
export function kindOf(httpStatus: number, code: string): FailureKind {
  if (httpStatus === 429) return 'throttle';
  const byCode = Object.hasOwn(kindOfCode, code) ? kindOfCode[code] : undefined;
  return (
    byCode ?? kindOfStatus[httpStatus] ?? (httpStatus >= 400 && httpStatus < 500 ? 'final' : 'transient')
  );
}

/** The name of an error that came with a status but without a code: that of the service's model, if it has one. */
export function codeOfStatus(httpStatus: number): string {
  return modelledCodes[httpStatus] ?? `Http${httpStatus}`;
}
const modelledCodes: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  401: 'UnauthorizedError',
  403: 'ForbiddenError',
  404: 'ResourceNotFoundError',
  422: 'ValidationError',
  429: 'RateLimitError',
  500: 'InternalServerError',
};
