/** What the network says about a row. */
import type { Problem } from '../../model.js';
import type { Asking } from './lookup-requests.js';
import type { Person } from './user-index.js';

/** Of a row that asks for something: who its user is, and what is against sending it. */
export class Finding {
  readonly asking: Asking;
  /** Empty where nobody can be meant. */
  userId: string;
  /** The user as the network has him, where he was read. */
  person: Person | undefined = undefined;
  /** Whether the caller leaves this user out. */
  excluded = false;
  /** Whether the row does not even say who is meant, or means somebody who may not be changed. */
  refused = false;
  /** Whether there is no user with the row's lookupUsername. */
  lost = false;
  /** Whether he who has the row's lookupUsername may be somebody else by now. */
  suspect = false;
  /** Made with the first one: most rows have none, and there can be as many rows as users. */
  problems: Problem[] | undefined = undefined;

  constructor(asking: Asking) {
    this.asking = asking;
    this.userId = asking.userId;
  }
}

/** Notes what is wrong. `reason` is the end of a sentence about the column. */
export function reject(finding: Finding, column: string, reason: string): void {
  finding.problems ??= [];
  finding.problems.push({ line: finding.asking.line, column, reason });
}

/** Whether the row has a problem, whatever the order of renames makes of its username. */
export const isInvalid = ({ excluded, problems }: Finding): boolean => !excluded && problems !== undefined;

/** Problems as one text. */
export const reasonOf = (problems: readonly Problem[]): string =>
  problems.map(({ column, reason }) => [column, reason].filter(Boolean).join(': ')).join('; ');
