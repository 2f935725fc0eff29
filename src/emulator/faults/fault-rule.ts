/** The kinds of fault, and the rules for when one happens. */

import { operations } from '../api/route.js';
import { EmulatorOptionError } from '../network/option-error.js';

/**
 * Every kind of fault, and whether an update that meets it takes effect: `yes`, `no`, or by `choice`: only if the rule
 * says `applied`.
 */
export const faultKinds = {
  /** The connection is reset before the update takes effect. */
  'reset-before': 'no',
  /** The update takes effect, then the connection is reset. */
  'reset-after': 'yes',
  /** Like `reset-after`, and the user's next update is `refused`. */
  'reset-then-refused': 'yes',
  /** The connection ends after half of the answer's bytes. */
  half: 'yes',
  /** No answer ever comes. */
  hang: 'choice',
  /** The answer comes after `ms` (default 1,000). */
  slow: 'yes',
  /** The body of the answer comes byte by byte, `ms` (default 5) apart. */
  drip: 'yes',
  /** InternalServerError. */
  '500': 'choice',
  /** A load balancer's HTML. */
  '502': 'choice',
  '503': 'choice',
  '504': 'choice',
  /** 200 with a captive portal's page. */
  html: 'choice',
  /** 200 without a body. */
  empty: 'choice',
  /** 200 with JSON of the wrong shape: in turn `{}`, `[]`, `null` and wrong types. */
  'wrong-shape': 'choice',
  /** 200 that names another user. */
  'wrong-id': 'choice',
  /** 200 that names another network. */
  'wrong-network': 'choice',
  /** 200 that shows other names than the request asked for. */
  altered: 'choice',
  /** 200 as if the update had taken effect, but it has not. */
  ignored: 'no',
  /** 200 with a body of `bytes` (default 10 MiB, Infinity for one that never ends). */
  big: 'choice',
  /** 401 in plain text. */
  '401': 'no',
  /** ForbiddenError. */
  '403': 'no',
  /** The server's clock is `ms` (default 600,000) ahead; `code` is the error for a signature that then is too old. */
  skew: 'yes',
  /** RateLimitError, with `retryAfter` if given. */
  throttle: 'no',
  /** The service's no, with `status`. */
  refused: 'no',
  /** ValidationError whose message, fields and reasons repeat the request's values. */
  echo: 'no',
  /** The answer announces that the connection will be closed, and it is. */
  close: 'yes',
  /** The connection is closed after the answer without an announcement. */
  'hang-up': 'yes',
} as const;
export type FaultKind = keyof typeof faultKinds;

/**
 * Which fault happens, and when. Each rule counts the requests of its operation and user that are authentic and were
 * not throttled. If several rules match one request, the first one gets it.
 */
export interface FaultRule {
  readonly kind?: FaultKind;
  /** Instead of `kind`: these kinds in turn, over and over. */
  readonly kinds?: readonly FaultKind[];
  /** Every Nth request. Default: every request. */
  readonly every?: number;
  /** Instead of `every`: this share of the requests, above 0 and at most 1, chosen by the seed. */
  readonly share?: number;
  /** Spares this many requests first. */
  readonly after?: number;
  /** Ends after this many faults. */
  readonly times?: number;
  /** Only requests about this user. */
  readonly userId?: string;
  /** Default `UpdateUser`. */
  readonly operation?: (typeof operations)[number] | 'any';
  /** Whether an update takes effect, for the kinds that leave the choice. Default false. */
  readonly applied?: boolean;
  /** See the kinds `slow`, `drip` and `skew`. */
  readonly ms?: number;
  /** For `skew`. Default InvalidSignatureException. */
  readonly code?: 'InvalidSignatureException' | 'RequestTimeTooSkewed';
  /** For `refused` and `reset-then-refused`. Default 422. */
  readonly status?: 400 | 404 | 409 | 422;
  /** For `big`. */
  readonly bytes?: number;
  /** For `throttle` and `503`: seconds in Retry-After. */
  readonly retryAfter?: number;
}

/** The rule's kinds. @throws EmulatorOptionError if one is unknown, or there is none */
export function kindsOf(rule: FaultRule): readonly FaultKind[] {
  const kinds = rule.kinds ?? (rule.kind === undefined ? [] : [rule.kind]);
  const unknown = kinds.find((kind) => !Object.hasOwn(faultKinds, kind));
  if (kinds.length === 0 || unknown !== undefined) {
    const known = Object.keys(faultKinds).join(', ');
    throw new EmulatorOptionError(
      unknown === undefined ? 'a fault needs a kind' : `there is no fault "${unknown}"`,
      `The kinds are ${known}.`,
    );
  }
  return kinds;
}

/** @throws EmulatorOptionError if the rule makes no sense */
export function checkRule(rule: FaultRule): void {
  const kinds = kindsOf(rule);
  for (const [name, isValid, must] of [...checksOfCounts(rule), ...checksOfKinds(rule, kinds)]) {
    if (!isValid) throw new EmulatorOptionError(`the fault's ${name} cannot be used`, `It must be ${must}.`);
  }
}

/** An option's name, whether its value can be used, and what the value must be. */
type Check = readonly [name: keyof FaultRule, isValid: boolean, must: string];

function checksOfCounts({ every, times, bytes, retryAfter, share, after }: FaultRule): Check[] {
  const count = 'a whole number above 0';
  return [
    ['every', isAbsentOr(isCount, every), count],
    ['times', isAbsentOr(isCount, times), count],
    ['bytes', bytes === Number.POSITIVE_INFINITY || isAbsentOr(isCount, bytes), count],
    ['retryAfter', isAbsentOr(isCount, retryAfter), count],
    ['share', isAbsentOr((value) => value > 0 && value <= 1, share), 'above 0 and at most 1'],
    ['share', share === undefined || every === undefined, 'given without every'],
    ['after', after === 0 || isAbsentOr(isCount, after), 'a whole number'],
  ];
}

function checksOfKinds(rule: FaultRule, kinds: readonly FaultKind[]): Check[] {
  const { ms, userId, operation = 'any', code = 'RequestTimeTooSkewed', status = 422, applied } = rule;
  const canBeNegative = kinds.every((kind) => kind === 'skew');
  return [
    ['kinds', rule.kind === undefined || rule.kinds === undefined, 'given without a kind'],
    ['ms', isAbsentOr(Number.isFinite, ms), 'a number of milliseconds'],
    ['ms', canBeNegative || isAbsentOr((value) => value >= 0, ms), '0 or more'],
    ['userId', userId === undefined || /^[0-9]{1,10}$/.test(userId), '1 to 10 digits'],
    ['operation', operation === 'any' || operations.includes(operation), `any, ${operations.join(', ')}`],
    ['status', refusals.includes(status), refusals.join(', ')],
    ['code', skewCodes.includes(code), skewCodes.join(' or ')],
    [
      'applied',
      applied === undefined || kinds.some((kind) => faultKinds[kind] === 'choice'),
      'left out: this kind leaves no choice',
    ],
  ];
}

const refusals: readonly NonNullable<FaultRule['status']>[] = [400, 404, 409, 422];

const skewCodes: readonly NonNullable<FaultRule['code']>[] = [
  'InvalidSignatureException',
  'RequestTimeTooSkewed',
];

const isAbsentOr = (check: (value: number) => boolean, value: number | undefined): boolean =>
  value === undefined || check(value);

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value > 0;
