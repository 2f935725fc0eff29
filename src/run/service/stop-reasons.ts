/** The reasons for which the service can end a run, and what to do about each. */
import type { CredentialsError, StopReason } from '../../errors.js';
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
  const hint = hintOn(code) ?? unreachable(code)?.hint;
  return {
    code: 'OUTAGE',
    message: fromTheStart
      ? `the service has not answered properly once; the last error was ${code}`
      : `the service has been down for longer than \`outagePatienceMs\` allows; the last error was ${code}`,
    hint: `${hint === undefined ? '' : `${hint} `}${remedy.charAt(0).toUpperCase()}${remedy.slice(1)} when the service is back.`,
  };
}

/**
 * The service refuses the credentials.
 *
 * @param remedy what to do after the hint, such as `resume the run`
 * @param problem why there are no others
 */
export function refusedCredentials(
  { code }: Pick<Failure, 'code'>,
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
  return {
    code: 'CREDENTIALS',
    message: `the service refused the credentials (${code})`,
    hint: `Renew them ("aws sso login", a fresh session token), check that they may call wickr:${operation} on this network, and ${remedy}.`,
  };
}

/** What to do about an error that every request met; undefined if there is nothing to say. */
export const hintOn = (code: string): string | undefined => {
  if (Object.hasOwn(hints, code)) return hints[code];
  return /^Http\d{3}$/.test(code) ? (unreachable(code)?.hint ?? somethingElse) : undefined;
};
const somethingElse =
  'Something else answers in place of the service: a proxy, or whatever `endpointUrl` names.';
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
