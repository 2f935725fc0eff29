/** How many rows of a plan would change what. */
import type { CommandRow, ReadyRow } from '../../model.js';

/** Numbers of rows. A row that changes several things counts under each. */
export interface Changes {
  /** All rows, and how many of them change their user, need no change, or cannot be sent. */
  readonly rows: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly conflicts: number;
  readonly invalid: number;
  readonly skipped: number;
  /** Of the skipped ones, those whose user is not in the network. */
  readonly missing: number;
  /**
   * Of the rows that change their user, those that change a first or last name, any name or username, a username, the
   * groups, or an invite.
   */
  readonly names: number;
  readonly renames: number;
  readonly usernames: number;
  readonly groups: number;
  readonly invites: number;
  /** Requests that change users: one a row, and one more if the user has a temporary username in between. */
  readonly updates: number;
  /** By a group's ID, how many users would leave it. */
  readonly leavers: ReadonlyMap<string, number>;
  /** Users whose groups change and of whom the service does not tell which they are in: any group may lose them. */
  readonly unknownGroups: number;
}

/** Counts rows one after the other. */
export class ChangeTally implements Changes {
  rows = 0;
  changed = 0;
  unchanged = 0;
  conflicts = 0;
  invalid = 0;
  skipped = 0;
  missing = 0;
  names = 0;
  renames = 0;
  usernames = 0;
  groups = 0;
  invites = 0;
  updates = 0;
  unknownGroups = 0;
  readonly leavers = new Map<string, number>();

  add(row: ReadyRow): void {
    this.rows += 1;
    if ('problems' in row) this.invalid += 1;
    else if ('skipped' in row) this.#addSkipped(row);
    else if ('unchanged' in row) this.unchanged += 1;
    else if ('conflict' in row) this.conflicts += 1;
    else this.#addChange(row);
  }

  #addSkipped({ missing }: Extract<ReadyRow, { skipped: string }>): void {
    this.skipped += 1;
    if (missing) this.missing += 1;
  }

  #addChange({ command: { details }, before, turn }: CommandRow): void {
    const has = (...fields: (keyof typeof details)[]) => fields.some((field) => details[field] !== undefined);
    this.changed += 1;
    this.updates += turn?.via === undefined ? 1 : 2;
    if (has('firstName', 'lastName')) this.names += 1;
    if (has('firstName', 'lastName', 'username')) this.renames += 1;
    if (has('username')) this.usernames += 1;
    if (has('inviteCode', 'inviteCodeTtl', 'codeValidation')) this.invites += 1;
    if (!details.securityGroupIds) return;
    this.groups += 1;
    if (before && !before.securityGroupIds) this.unknownGroups += 1;
    for (const group of before?.securityGroupIds ?? []) {
      if (details.securityGroupIds.includes(group)) continue;
      this.leavers.set(group, (this.leavers.get(group) ?? 0) + 1);
    }
  }
}
