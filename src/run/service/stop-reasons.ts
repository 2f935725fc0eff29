/** Why the service can end a run, and what to do about it. */
import type { StopReason } from '../../errors.js';
import type { Failure } from '../../model.js';
import { unreachable } from '../../wickr/connection-errors.js';

/** Why a run ends that can never reach its service. */
export function noSuchService({ code, message }: Pick<Failure, 'code' | 'message'>): StopReason {
  return {
    code: 'UNREACHABLE',
    message: `the service cannot be reached: ${message} (${code}); no row was changed`,
    hint: unreachable(code)?.hint ?? 'Check --endpoint-url.',
  };
}

/** Why a run ends whose service is down. @param goOn what to do when it is back, such as `resume the run` */
export function lastingOutage(
  { code }: Pick<Failure, 'code'>,
  fromTheStart: boolean,
  goOn: string,
): StopReason {
  const hint = hintOn(code) ?? unreachable(code)?.hint;
  return {
    code: 'OUTAGE',
    message: fromTheStart
      ? `the service has not answered properly once; the last error was ${code}`
      : `the service has been down for longer than --outage-patience allows; the last error was ${code}`,
    hint: `${hint === undefined ? '' : `${hint} `}${goOn.charAt(0).toUpperCase()}${goOn.slice(1)} when the service is back.`,
  };
}

/** What to do about an error that everything met; undefined where there is nothing to say. */
export const hintOn = (code: string): string | undefined =>
  Object.hasOwn(hints, code) ? hints[code] : undefined;
const hints: Readonly<Record<string, string>> = {
  ResourceNotFoundError: 'Is it the right network? Check --network-id, --region and the account.',
  ValidationError:
    "Check what the report's first lines name: often a security group that this network does not have.",
  BadRequestError: "Check --network-id and the user IDs against the network's.",
  RateLimitError: 'Something else uses up the rate limit. Try later, or raise --throttle-patience.',
  ECONNREFUSED: 'Check --endpoint-url: nothing answers there.',
  Timeout: 'The service does not answer. Check the network, or raise --timeout.',
  BadAnswer: 'Something in between answers in place of the service: a proxy, or a wrong --endpoint-url.',
};
