/** What the network says about one row: its user, and the reasons not to send the row. */
import type { Problem } from '../../model.js';
import { type LookupRequest, MISSING } from './lookup-requests.js';
import type { IndexedUser } from './user-index.js';

/** The answer to a row's lookup request. */
export class LookupResult {
  readonly request: LookupRequest;
  /** Empty if nobody can be meant. */
  userId: string;
  /** The user as the network has it, if it was read. */
  user: IndexedUser | undefined = undefined;
  /** Whether the caller leaves this user out. */
  excluded = false;
  /** Whether the row does not even say who is meant, or means a user who may not be changed. */
  refused = false;
  /** Whether no user has the row's lookupUsername. */
  notFound = false;
  /** Whether the row's user is certainly not in the network, as far as it was read. */
  missing = false;
  /** Whether the row is left out for that. */
  skipped = false;
  /** Whether the row's lookupUsername may belong to another user by now. */
  stale = false;
  /** Undefined without any, to save memory: most rows have none, and there can be as many rows as users. */
  problems: Problem[] | undefined = undefined;

  constructor(request: LookupRequest) {
    this.request = request;
    this.userId = request.userId === MISSING ? '' : request.userId;
  }
}

/** Adds a problem. `reason` is the end of a sentence about the column. */
export function reject(result: LookupResult, column: string, reason: string): void {
  result.problems ??= [];
  result.problems.push({ line: result.request.line, column, reason });
}

/** Whether the row has a problem, apart from those that the order of renames may add. */
export const isInvalid = ({ excluded, skipped, problems }: LookupResult): boolean =>
  !excluded && !skipped && problems !== undefined;

/** Problems as one text. */
export const reasonOf = (problems: readonly Problem[]): string =>
  problems.map(({ column, reason }) => [column, reason].filter(Boolean).join(': ')).join('; ');
