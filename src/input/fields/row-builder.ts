/** Builds a row from values that are checked one by one. */
import type { Before, Field, NamedCommand, OwnChange, Person, Problem, Row } from '../../model.js';
import type { UserDetails } from '../../wire-types.js';
import type { ColumnName } from '../columns/column-names.js';

/** Where a row is in the input. */
export interface RowPosition {
  readonly row: number;
  /** Offsets in bytes of its first byte, and just behind it. */
  readonly start: number;
  readonly end: number;
}

/** Is told of every user in the input that belongs to the run's network, in order. */
export interface DuplicateCheck {
  /** The reason why this row's user cannot be used, if there is one. */
  checkUserId(userId: string, line: number): string | undefined;
  /** The same for a user who is named by username. */
  checkUsername(username: string, line: number): string | undefined;
}

export class RowBuilder {
  readonly line: number;
  readonly #strict: boolean;
  /** Empty until a valid one was found; the same with `userId`. */
  networkId = '';
  userId = '';
  readonly details: UserDetails = {};
  lookupUsername: string | undefined;
  securityGroupNames: readonly string[] | undefined;
  /** Of a plan's row: what its user was, who that is, and which fields cannot be given back. */
  before: Before | undefined;
  person: Person | undefined;
  notRestorable: readonly Field[] | undefined;
  own: OwnChange | undefined;
  /** Fields whose new values are made of what the user has. */
  fromPresent: readonly Field[] = [];
  /** Why the row is left out. It outranks any problem. */
  skipped: string | undefined;
  /** Whether warnings are left out. */
  isMuted = false;
  #hasChange = false;
  #problems: Problem[] | undefined;
  #warnings: Problem[] | undefined;

  /** @param strict warnings make the row invalid */
  constructor(line: number, strict = false) {
    this.line = line;
    this.#strict = strict;
  }

  /** Makes the row invalid because of this column. */
  reject(column: ColumnName | undefined, reason: string): void {
    this.#problems ??= [];
    this.#problems.push(problem(this.line, column, reason));
  }

  /** Notes what is odd about this column. */
  warn(column: ColumnName, reason: string): void {
    if (this.isMuted) return;
    if (this.#strict) {
      this.reject(column, reason);
      return;
    }
    this.#warnings ??= [];
    this.#warnings.push(problem(this.line, column, reason));
  }

  /** Notes that the row has a value, valid or not, for a field of the user. */
  noteChange(): void {
    this.#hasChange = true;
  }

  /** Checks what only the whole row shows. Not called for a row whose values could not be told apart. */
  check(duplicates: DuplicateCheck | undefined): void {
    if (!this.#hasChange) this.reject(undefined, 'the row changes nothing: no field of the user has a value');
    if (this.securityGroupNames !== undefined && this.details.securityGroupIds !== undefined)
      this.reject('securityGroupNames', 'is given beside securityGroupIds: give one of them');
    if (duplicates === undefined || this.networkId === '') return;
    if (this.userId !== '') this.#rejectIf('userId', duplicates.checkUserId(this.userId, this.line));
    if (this.lookupUsername !== undefined)
      this.#rejectIf('lookupUsername', duplicates.checkUsername(this.lookupUsername, this.line));
  }

  #rejectIf(column: ColumnName, reason: string | undefined): void {
    if (reason !== undefined) this.reject(column, reason);
  }

  build({ row, start, end }: RowPosition): Row {
    const { line, userId, networkId, details, skipped } = this;
    const problems = this.#problems;
    let result: Row;
    if (skipped !== undefined) result = { row, line, start, end, skipped, userId, ...this.#lookedUp() };
    else if (problems !== undefined)
      result = { row, line, start, end, problems, userId, ...this.#lookedUp() };
    else if (!this.#needsNetwork())
      result = { row, line, start, end, command: { networkId, userId, details }, ...this.#planned() };
    else result = { row, line, start, end, named: this.#named() };
    return this.#warnings === undefined ? result : { ...result, warnings: this.#warnings };
  }

  #lookedUp(): Pick<NamedCommand, 'lookupUsername'> {
    return this.lookupUsername === undefined ? {} : { lookupUsername: this.lookupUsername };
  }

  /** Whether only the network can tell whom or what the row means. */
  #needsNetwork(): boolean {
    const { lookupUsername, securityGroupNames, fromPresent } = this;
    return lookupUsername !== undefined || securityGroupNames !== undefined || fromPresent.length > 0;
  }

  #planned(): { before?: Before; person?: Person; notRestorable?: readonly Field[]; own?: OwnChange } {
    const { before, person, notRestorable, own } = this;
    return {
      ...(before && { before }),
      ...(person && { person }),
      ...(notRestorable && { notRestorable }),
      ...(own && { own }),
    };
  }

  #named(): NamedCommand {
    const { networkId, userId, details, securityGroupNames, fromPresent } = this;
    return {
      networkId,
      userId,
      details,
      ...this.#lookedUp(),
      ...(securityGroupNames === undefined ? {} : { securityGroupNames }),
      ...(fromPresent.length > 0 && { fromPresent }),
    };
  }

  /** The problems that were found so far. */
  get problems(): readonly Problem[] {
    return this.#problems ?? [];
  }

  /** The warnings so far. */
  get warnings(): readonly Problem[] {
    return this.#warnings ?? [];
  }
}

function problem(line: number, column: ColumnName | undefined, reason: string): Problem {
  return column === undefined ? { line, reason } : { line, column, reason };
}
