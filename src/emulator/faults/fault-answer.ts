/** The answers of faults that answer in place of an operation. */
import { type Answer, foreign, refusal, success, throttled } from '../api/answers.js';
import type { Fault } from './fault-schedule.js';

/** The values of the request, as far as they could be read. */
export interface RequestValues {
  readonly networkId: string;
  readonly userId: string;
  readonly details: Readonly<Record<string, unknown>>;
}

const PORTAL =
  '<!DOCTYPE html>\n<html><head><title>Sign in to the guest network</title></head>\n' +
  '<body><form action="/login"><input name="room"><button>Connect</button></form></body></html>\n';

const balancerSays: Readonly<Record<string, string>> = {
  '502': '502 Bad Gateway',
  '503': '503 Service Temporarily Unavailable',
  '504': '504 Gateway Time-out',
};

/** Bodies that are JSON, but no answer of the API. */
const wrongShapes: readonly unknown[] = [{}, [], null, { userId: 1, networkId: 2, suspended: 'no' }, 'OK'];

export function faultAnswer(fault: Fault, request: RequestValues, retryAfter: number | undefined): Answer {
  const { kind, rule, turn } = fault;
  const { networkId, userId, details } = request;
  const { username: _, ...shown } = details;
  const named = { ...shown, userId, networkId, suspended: false };
  switch (kind) {
    case '500':
      return refusal(500, 'InternalServerError', 'The service could not complete the request.');
    case '502':
    case '503':
    case '504':
      return balancer(kind, rule.retryAfter);
    case 'html':
      return foreign(200, PORTAL);
    case 'wrong-shape':
      return success(wrongShapes[turn % wrongShapes.length]);
    case 'wrong-id':
      return success({ ...named, userId: neighbour(userId) });
    case 'wrong-network':
      return success({ ...named, networkId: neighbour(networkId) });
    case 'altered':
      return success({ ...named, firstName: 'Altered', lastName: 'Altered' });
    case 'ignored':
      return success(named);
    case '401':
      return foreign(401, 'Unauthorized');
    case '403':
      return refusal(403, 'ForbiddenError', 'You are not allowed to do this.');
    case 'throttle':
      return throttled(rule.retryAfter ?? retryAfter);
    case 'refused':
      return refused(rule.status ?? 422);
    case 'echo':
      return echo(details);
    default:
      // For `empty`, for the head of `big`, and for `reset-before` and `hang`, which do not send it.
      return { ...success({}), body: '' };
  }
}

const refusalNames = {
  400: 'BadRequestError',
  404: 'ResourceNotFoundError',
  409: 'ConflictException',
  422: 'ValidationError',
} as const;

const refused = (status: keyof typeof refusalNames): Answer =>
  refusal(status, refusalNames[status], 'The request was refused.');

function balancer(kind: '502' | '503' | '504', retryAfter: number | undefined): Answer {
  const text = balancerSays[kind];
  const page = `<html>\r\n<head><title>${text}</title></head>\r\n<body>\r\n<center><h1>${text}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return foreign(Number(kind), page, {
    server: 'awselb/2.0',
    ...(kind === '503' && retryAfter !== undefined ? { 'retry-after': String(retryAfter) } : {}),
  });
}

/** Another ID of the same shape. */
function neighbour(id: string): string {
  const last = Number(id.at(-1) ?? 0);
  return `${id.slice(0, -1)}${(last + 1) % 10}`;
}

function echo(details: RequestValues['details']): Answer {
  const values = Object.entries(details).map(([field, value]) => ({ field, value: String(value) }));
  return refusal(
    422,
    'ValidationError',
    `The request was not valid: ${JSON.stringify(details)}`,
    values.map(({ field, value }) => ({
      field: `${field} '${value}'`,
      reason: `The value "${value}" is not allowed`,
    })),
  );
}
