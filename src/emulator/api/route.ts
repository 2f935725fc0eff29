/** From method and target to the operation. */
import { splitTarget } from '../signature/canonical-request.js';

/** The operations that the emulator has, by their names in the API. */
export const operations = [
  'UpdateUser',
  'GetNetwork',
  'GetUser',
  'ListUsers',
  'GetUsersCount',
  'ListSecurityGroups',
  'ListSecurityGroupUsers',
] as const;
export type Operation = (typeof operations)[number];

export interface Route {
  /** Undefined if there is nothing at this path, or not with this method. */
  readonly operation: Operation | undefined;
  /** Whether the path has an operation with another method. */
  readonly otherMethod: boolean;
  readonly networkId: string;
  /** The ID of the user or the group; empty if the path has none. */
  readonly id: string;
  readonly query: ReadonlyMap<string, string>;
}

const paths: readonly [RegExp, Partial<Record<string, Operation>>][] = [
  [/^\/networks\/([^/]+)$/, { GET: 'GetNetwork' }],
  [/^\/networks\/([^/]+)\/users$/, { PATCH: 'UpdateUser', GET: 'ListUsers' }],
  [/^\/networks\/([^/]+)\/users\/count$/, { GET: 'GetUsersCount' }],
  [/^\/networks\/([^/]+)\/users\/([^/]+)$/, { GET: 'GetUser' }],
  [/^\/networks\/([^/]+)\/security-groups$/, { GET: 'ListSecurityGroups' }],
  [/^\/networks\/([^/]+)\/security-groups\/([^/]+)\/users$/, { GET: 'ListSecurityGroupUsers' }],
];

/** Undefined if the target has a broken escape. */
export function parseRoute(method: string, target: string): Route | undefined {
  const [path, query] = splitTarget(target);
  try {
    for (const [pattern, methods] of paths) {
      const match = pattern.exec(path);
      if (!match) continue;
      const operation = methods[method];
      return {
        operation,
        otherMethod: operation === undefined,
        networkId: decodeURIComponent(match[1] ?? ''),
        id: decodeURIComponent(match[2] ?? ''),
        query: parseQuery(query),
      };
    }
  } catch {
    return undefined;
  }
  return { operation: undefined, otherMethod: false, networkId: '', id: '', query: new Map() };
}

/** A `+` is a plus here, not a space: AWS's clients send a space as %20. */
function parseQuery(query: string): Map<string, string> {
  const values = new Map<string, string>();
  if (query === '') return values;
  for (const pair of query.split('&')) {
    const [name = '', ...value] = pair.split('=');
    values.set(decodeURIComponent(name), decodeURIComponent(value.join('=')));
  }
  return values;
}
