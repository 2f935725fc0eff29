/** A row while its values are looked at one by one. */
import type { Before, Field, NamedCommand, Problem, Row } from '../../model.js';
import type { UserDetails } from '../../wire-types.js';
import type { ColumnName } from '../columns/column-names.js';

/** Where a row stands. */
export interface Position {
  readonly row: number;
  readonly start: number;
  readonly end: number;
}

/** Is told of every user in the input that belongs to the run's network, in order. */
export interface UserWatch {
  /** The reason why this row's user cannot be taken, if there is one. */
  see(userId: string, line: number): string | undefined;
  /** The same of a user who is named by his username. */
  seeName(username: string, line: number): string | undefined;
}

export class Draft {
  readonly line: number;
  /** Empty until a usable one was found; the same with `userId`. */
  networkId = '';
  userId = '';
  readonly details: UserDetails = {};
  lookupUsername: string | undefined;
  securityGroupNames: readonly string[] | undefined;
  /** Of a plan's row: what its user was, and what cannot be given back to him. */
  before: Before | undefined;
  lost: readonly Field[] | undefined;
  /** Why the row is left out, whatever else there is to say about it. */
  skipped: string | undefined;
  #asksForChange = false;
  #problems: Problem[] | undefined;
  #warnings: Problem[] | undefined;

  constructor(line: number) {
    this.line = line;
  }

  /** The row cannot be used because of this column. */
  reject(column: ColumnName | undefined, reason: string): void {
    this.#problems ??= [];
    this.#problems.push(problem(this.line, column, reason));
  }

  warn(column: ColumnName, reason: string): void {
    this.#warnings ??= [];
    this.#warnings.push(problem(this.line, column, reason));
  }

  /** The row has a value, good or bad, for a field of the user. */
  askForChange(): void {
    this.#asksForChange = true;
  }

  /** Checks what only the whole row shows. Not called for a row whose values could not be told apart. */
  check(users: UserWatch | undefined): void {
    if (!this.#asksForChange)
      this.reject(undefined, 'the row changes nothing: no field of the user has a value');
    if (this.securityGroupNames !== undefined && this.details.securityGroupIds !== undefined)
      this.reject('securityGroupNames', 'stands beside securityGroupIds: give one of them');
    if (users === undefined || this.networkId === '') return;
    if (this.userId !== '') this.#refuse('userId', users.see(this.userId, this.line));
    if (this.lookupUsername !== undefined)
      this.#refuse('lookupUsername', users.seeName(this.lookupUsername, this.line));
  }

  #refuse(column: ColumnName, reason: string | undefined): void {
    if (reason !== undefined) this.reject(column, reason);
  }

  toRow({ row, start, end }: Position): Row {
    const { line, userId, networkId, details, skipped } = this;
    const problems = this.#problems;
    let result: Row;
    if (skipped !== undefined) result = { row, line, start, end, skipped, userId };
    else if (problems !== undefined) result = { row, line, start, end, problems, userId };
    else if (this.lookupUsername === undefined && this.securityGroupNames === undefined)
      result = { row, line, start, end, command: { networkId, userId, details }, ...this.#planned() };
    else result = { row, line, start, end, named: this.#named() };
    return this.#warnings === undefined ? result : { ...result, warnings: this.#warnings };
  }

  #planned(): { before?: Before; lost?: readonly Field[] } {
    const { before, lost } = this;
    return { ...(before && { before }), ...(lost && { lost }) };
  }

  #named(): NamedCommand {
    const { networkId, userId, details, lookupUsername, securityGroupNames } = this;
    return {
      networkId,
      userId,
      details,
      ...(lookupUsername === undefined ? {} : { lookupUsername }),
      ...(securityGroupNames === undefined ? {} : { securityGroupNames }),
    };
  }

  /** What is wrong with it so far. */
  get problems(): readonly Problem[] {
    return this.#problems ?? [];
  }
}

function problem(line: number, column: ColumnName | undefined, reason: string): Problem {
  return column === undefined ? { line, reason } : { line, column, reason };
}
