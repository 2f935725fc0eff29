/** A row while its values are looked at one by one. */
import type { Problem, Row } from '../model.js';
import type { UserDetails } from '../wickr/types.js';
import type { ColumnName } from './columns.js';

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
}

export class Draft {
  readonly line: number;
  /** Empty until a usable one was found; the same with `userId`. */
  networkId = '';
  userId = '';
  readonly details: UserDetails = {};
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
    if (users === undefined || this.userId === '' || this.networkId === '') return;
    const reason = users.see(this.userId, this.line);
    if (reason !== undefined) this.reject('userId', reason);
  }

  toRow({ row, start, end }: Position): Row {
    const { line, userId, networkId, details } = this;
    const problems = this.#problems;
    const result: Row =
      problems === undefined
        ? { row, line, start, end, command: { networkId, userId, details } }
        : { row, line, start, end, problems, userId };
    return this.#warnings === undefined ? result : { ...result, warnings: this.#warnings };
  }
}

function problem(line: number, column: ColumnName | undefined, reason: string): Problem {
  return column === undefined ? { line, reason } : { line, column, reason };
}
