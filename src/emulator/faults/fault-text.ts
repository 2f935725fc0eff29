/** Fault rules as they are written on a command line. */

import type { Operation } from '../api/route.js';
import { EmulatorOptionError } from '../network/option-error.js';
import { checkRule, type FaultKind, type FaultRule } from './fault-rule.js';

const parameters: Readonly<Record<string, (value: string) => FaultRule>> = {
  every: (value) => ({ every: Number(value) }),
  share: (value) => ({ share: value.endsWith('%') ? Number(value.slice(0, -1)) / 100 : Number(value) }),
  after: (value) => ({ after: Number(value) }),
  times: (value) => ({ times: Number(value) }),
  for: (value) => (/^[0-9]+$/.test(value) ? { userId: value } : { operation: value as Operation }),
  ms: (value) => ({ ms: Number(value) }),
  code: (value) => ({ code: value as NonNullable<FaultRule['code']> }),
  status: (value) => ({ status: Number(value) as NonNullable<FaultRule['status']> }),
  bytes: (value) => ({ bytes: value === 'endless' ? Number.POSITIVE_INFINITY : Number(value) }),
  'retry-after': (value) => ({ retryAfter: Number(value) }),
};

/**
 * Reads `KIND[,KIND…][:NAME=VALUE]…[:applied]`; several kinds take turns. The names are `every=N`, `share=0..1` or
 * `share=N%`, `after=N`, `times=N`, `for=` a user ID, an operation or `any`, `ms=N`, `code=NAME`, `status=N`, `bytes=N` or
 * `bytes=endless`, `retry-after=SECONDS`; they mean what FaultRule says. Examples: `reset-after:every=7`,
 * `500,502,hang:share=2%:times=30`, `hang:for=10000042:applied`, `throttle:for=ListUsers:retry-after=2`.
 *
 * @throws EmulatorOptionError
 */
export function parseFault(text: string): FaultRule {
  const [kinds = '', ...rest] = text.split(':');
  const list = kinds.split(',').map((kind) => kind.trim()) as FaultKind[];
  let rule: FaultRule = list.length > 1 ? { kinds: list } : { kind: list[0] as FaultKind };
  for (const part of rest) rule = { ...rule, ...parseParameter(part) };
  checkRule(rule);
  return rule;
}

function parseParameter(part: string): FaultRule {
  if (part === 'applied') return { applied: true };
  const [name = '', value = ''] = part.split('=');
  if (!Object.hasOwn(parameters, name) || value === '') {
    throw new EmulatorOptionError(
      `a fault has no parameter "${part}"`,
      `Write ${Object.keys(parameters).join('=, ')}= with a value, or applied.`,
    );
  }
  return parameters[name]?.(value) ?? {};
}
