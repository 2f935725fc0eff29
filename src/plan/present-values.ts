/**
 * Rows whose new values are made of what their users have: what they want is known once the users have been read. After
 * that they are rows like others.
 */

import { changedValue, type PresentResult, type PresentRules } from '../input/rules/present-value.js';
import type { PresentField } from '../input/rules/replace-option.js';
import type { Field, NamedCommand, Problem, Row } from '../model.js';
import type { UserDetails } from '../wire-types.js';
import type { RecordedChange } from './diff/compare.js';
import type { IndexedUser, UserIndex } from './lookup/user-index.js';

/** What is known of rows from before. */
interface Known {
  /** The user that an earlier run has found for the row. */
  readonly known?: ((row: number) => string | undefined) | undefined;
  /** What the run, which goes on, wanted of the row when it started. */
  readonly recorded?: ((row: number) => RecordedChange | undefined) | undefined;
}

export class PresentValues {
  readonly #users: UserIndex;
  readonly #rules: PresentRules;
  readonly #known: Known;

  constructor(users: UserIndex, rules: PresentRules, known: Known) {
    this.#users = users;
    this.#rules = rules;
    this.#known = known;
  }

  /** The row with the values that are made of its user's. */
  complete(row: Row): Row {
    if (!isIncomplete(row)) return row;
    const { fromPresent, ...named } = row.named;
    const made = Object.fromEntries(
      this.#results(row).flatMap(([field, result]) => ('value' in result ? [[field, result.value]] : [])),
    );
    const command = { ...named, details: { ...named.details, ...made } };
    const { named: _, ...place } = row;
    const { networkId, userId, details } = command;
    return named.lookupUsername === undefined && named.securityGroupNames === undefined
      ? { ...place, command: { networkId, userId, details } }
      : { ...place, named: command };
  }

  /** What is wrong with the values. */
  problemsOf(row: Row): Problem[] {
    return this.#told(row, (result) => ('fault' in result ? result.fault : undefined));
  }

  /** What is odd about them. */
  warningsOf(row: Row): Problem[] {
    return this.#told(row, (result) => ('value' in result ? result.warning : undefined));
  }

  #told(row: Row, reasonOf: (result: PresentResult) => string | undefined): Problem[] {
    if (!isIncomplete(row)) return [];
    return this.#results(row).flatMap(([column, result]) => {
      const reason = reasonOf(result);
      return reason === undefined ? [] : [{ line: row.line, column, reason }];
    });
  }

  /** Without the fields that stay as they are, or whose user is not known: that is told elsewhere. */
  #results(row: IncompleteRow): (readonly [Field, PresentResult])[] {
    const recorded = this.#known.recorded?.(row.row);
    const user = recorded ? undefined : this.#userOf(row);
    return row.named.fromPresent.flatMap((field) => {
      const result = recorded ? recordedValue(recorded.command.details, field) : this.#changed(user, field);
      return result ? [[field, result] as const] : [];
    });
  }

  #changed(user: IndexedUser | undefined, field: Field): PresentResult | undefined {
    const present = field as PresentField;
    return user && changedValue(present, user[present], this.#rules);
  }

  #userOf({ row, named }: IncompleteRow): IndexedUser | undefined {
    const { lookupUsername } = named;
    const userId = (lookupUsername === undefined ? undefined : this.#known.known?.(row)) ?? named.userId;
    const isFound = lookupUsername !== undefined && this.#known.known?.(row) === undefined;
    const found = isFound ? this.#users.find(lookupUsername) : this.#users.user(userId);
    return typeof found === 'object' ? found : undefined;
  }
}

type IncompleteRow = Extract<Row, { named: unknown }> & {
  readonly named: NamedCommand & { readonly fromPresent: readonly Field[] };
};

/** Whether what the row wants is made of what its user has. */
export const isIncomplete = (row: Row): row is IncompleteRow =>
  'named' in row && row.named.fromPresent !== undefined;

/** A run that goes on wants what it wanted: by now users may have that. */
function recordedValue(details: UserDetails, field: Field): PresentResult | undefined {
  const value = details[field];
  return typeof value === 'string' ? { value } : undefined;
}
