/** What happens to each row, once the network has been read. */
import type { ExclusionFaults } from '../input/options/exclusions.js';
import type { CommandRow, NamedCommand, Problem, ReadyRow, Row, Turn } from '../model.js';
import { notInNetwork } from '../row-status.js';
import {
  alreadyHad,
  type CompareOptions,
  compare,
  conflict,
  type ReadableFields,
  withConflicts,
} from './diff/compare.js';
import { personOf } from './diff/person.js';
import type { GroupIndex } from './lookup/group-names.js';
import { reasonOf } from './lookup/lookup-result.js';
import type { LookupTable, ResolvedLookup } from './lookup/lookup-table.js';
import type { UnlistedUsers } from './lookup/unlisted-users.js';
import type { IndexedUser } from './lookup/user-index.js';
import type { PresentValues } from './present-values.js';

/** Made before the first write, and never changed after that. */
export interface Plan {
  /** The row as it can be sent, or why it cannot. The same for each pass over the rows. */
  apply(row: Row): ReadyRow;
  /** How many rows the plan makes invalid. */
  readonly problems: number;
  /** How many rows name a user who is not in the network: they are among the invalid ones, or left out. */
  readonly missing: number;
  /** The users whom no row names, if all were listed and they were asked for. */
  readonly unlisted: UnlistedUsers | undefined;
  /** Whether the service has told of a user without their username: a row may mean them. */
  readonly hasNameless: boolean;
  /**
   * The result of every lookup, in the order of the rows. A resumed run has to pass them on as `known`, the empty ones
   * too: by then other users may have the usernames.
   */
  readonly lookups: Iterable<ResolvedLookup>;
  /** What is odd about values that are made of what users have. */
  readonly warnings: readonly Problem[];
  /** How many requests the planning took. */
  readonly requests: number;
  /** What is wrong with the list of excluded users. */
  readonly exclusionFaults: ExclusionFaults;
  /** The IDs of the excluded users, those of the excluded usernames included. */
  readonly excluded: ReadonlySet<string>;
  /** By the name that rows give a security group, the ID of the one that it means. */
  readonly groupIds: ReadonlyMap<string, string>;
  /** Whether all users were listed for it. */
  readonly listedAll: boolean;
  /** Epoch ms: what is known of the users is no older. */
  readonly readAt: number;
  /** The same in ms, monotonic. */
  readonly seenAt: number;
  /** Pages of the list of all users; 0 if they were not listed. */
  readonly pages: number;
  /** The page on which the user stood, counted from 0, if it has one and its row has something to change. */
  pageOf(userId: string): number | undefined;
  /** A user as it was then, if rows are compared and its row has something to change. */
  userOf(userId: string): ReadableFields | undefined;
}

/** The decisions that a plan is made of. What is about rows is by row number. */
export interface Decisions {
  readonly lookups: LookupTable;
  /** What is wrong with rows that are not in the table of lookups. */
  readonly otherProblems: ReadonlyMap<number, readonly Problem[]>;
  /** Of those, the rows whose user is not in the network. */
  readonly missing: ReadonlySet<number>;
  /** Whether such rows are left out. */
  readonly skipsMissing: boolean;
  readonly unlisted: UnlistedUsers | undefined;
  readonly hasNameless: boolean;
  /** What is wrong with the new usernames. */
  readonly renameFaults: ReadonlyMap<number, string>;
  readonly turns: ReadonlyMap<number, Turn>;
  readonly groups: GroupIndex;
  readonly groupIds: ReadonlyMap<string, string>;
  readonly isExcluded: (command: NamedCommand) => boolean;
  readonly excluded: ReadonlySet<string>;
  readonly hasEnded: (row: number) => boolean;
  /** Undefined if no row's values are made of what its user has. */
  readonly present: PresentValues | undefined;
  readonly warnings: readonly Problem[];
  /** Undefined if rows are not compared. */
  readonly comparing: CompareOptions | undefined;
  readonly userOf: (userId: string) => IndexedUser | 'same' | undefined;
  readonly exclusionFaults: ExclusionFaults;
  readonly requests: number;
  readonly listedAll: boolean;
  readonly pages: number;
  readonly readAt: number;
  readonly seenAt: number;
}

export class DecidedPlan implements Plan {
  readonly problems: number;
  readonly missing: number;
  readonly unlisted: UnlistedUsers | undefined;
  readonly hasNameless: boolean;
  readonly requests: number;
  readonly listedAll: boolean;
  readonly pages: number;
  readonly readAt: number;
  readonly seenAt: number;
  readonly exclusionFaults: ExclusionFaults;
  readonly excluded: ReadonlySet<string>;
  readonly groupIds: ReadonlyMap<string, string>;
  readonly warnings: readonly Problem[];
  readonly #decisions: Decisions;

  constructor(decisions: Decisions) {
    this.#decisions = decisions;
    this.missing = decisions.missing.size + decisions.lookups.missing;
    this.unlisted = decisions.unlisted;
    this.hasNameless = decisions.hasNameless;
    this.requests = decisions.requests;
    this.listedAll = decisions.listedAll;
    this.pages = decisions.pages;
    this.readAt = decisions.readAt;
    this.seenAt = decisions.seenAt;
    this.exclusionFaults = decisions.exclusionFaults;
    this.excluded = decisions.excluded;
    this.groupIds = decisions.groupIds;
    this.warnings = decisions.warnings;
    const { comparing, otherProblems, renameFaults, lookups } = decisions;
    this.problems = comparing?.planned ? 0 : otherProblems.size + renameFaults.size + lookups.problems.size;
  }

  get lookups(): Iterable<ResolvedLookup> {
    return this.#decisions.lookups.lookups();
  }

  userOf(userId: string): ReadableFields | undefined {
    const user = this.#decisions.userOf(userId);
    return user === 'same' ? undefined : user;
  }

  pageOf(userId: string): number | undefined {
    const user = this.#decisions.userOf(userId);
    return user === 'same' ? undefined : user?.page;
  }

  apply(given: Row): ReadyRow {
    const row = this.#decisions.present?.complete(given) ?? given;
    if (!('command' in row || 'named' in row)) return row;
    const lookup = this.#decisions.lookups.of(row.row);
    const asked: NamedCommand = 'command' in row ? row.command : row.named;
    const userId = lookup?.userId ?? asked.userId;
    if (this.#decisions.hasEnded(row.row))
      return 'command' in row ? row : { ...placeOf(row), userId, skipped: ended };
    if (lookup?.excluded || this.#decisions.isExcluded({ ...asked, userId })) {
      return { ...placeOf(row), userId, skipped: excluded };
    }
    if (lookup?.skipped || (this.#decisions.skipsMissing && this.#decisions.missing.has(row.row)))
      return { ...placeOf(row), userId: asked.userId, skipped: notInNetwork, missing: true };
    const problems = this.#problemsOf(row);
    const { comparing } = this.#decisions;
    if (problems && comparing?.planned && 'command' in row) return conflict(row, [], reasonOf(problems));
    if (problems) return { ...placeOf(row), userId: asked.userId || userId, problems };
    const ready = this.#ready(row, asked, userId);
    return comparing ? this.#compared(ready, comparing) : ready;
  }

  #compared(row: CommandRow, comparing: CompareOptions): ReadyRow {
    const { recorded } = comparing;
    const user = this.#decisions.userOf(row.command.userId);
    if (!recorded) return this.#withPerson(compare(row, user, comparing), user);
    const change = recorded(row.row);
    // The user was as the row wants it when the run started: any other value has been set by somebody else since.
    if (!change) return compare({ ...row, before: row.command.details }, user, comparing);
    const begun = { ...row, ...change, already: alreadyHad(row.command.details, change) };
    const compared = compare(begun, user, comparing);
    if (!('unchanged' in compared) || !change.inDoubt)
      return this.#withPerson(withConflicts(row, compared, change.conflicts), user);
    const own = { ...row.own, at: this.readAt, was: change.before ?? {} };
    return { ...begun, before: change.command.details, own };
  }

  /** The row with the person that it was compared with, unless its input says who is meant. */
  #withPerson(row: ReadyRow, user: IndexedUser | 'same' | undefined): ReadyRow {
    if (!('command' in row) || row.person !== undefined || user === 'same' || user === undefined) return row;
    return { ...row, person: personOf(user) };
  }

  #problemsOf({ row, line }: Row): readonly Problem[] | undefined {
    const reason = this.#decisions.renameFaults.get(row);
    if (reason !== undefined) return [{ line, column: 'username', reason }];
    return this.#decisions.lookups.problems.get(row) ?? this.#decisions.otherProblems.get(row);
  }

  #ready(row: UserRow, { networkId, details, securityGroupNames }: NamedCommand, userId: string): CommandRow {
    const turn = this.#decisions.turns.get(row.row);
    if ('command' in row) return turn ? { ...row, turn } : row;
    const found = securityGroupNames && this.#decisions.groups.find(securityGroupNames);
    const groups = found && 'ids' in found ? { securityGroupIds: [...found.ids] } : {};
    const command = { networkId, userId, details: { ...details, ...groups } };
    return { ...placeOf(row), command, ...(turn && { turn }) };
  }
}

/** A row that is about a user. */
type UserRow = Extract<Row, { command: unknown } | { named: unknown }>;

const placeOf = ({ row, line, start, end, warnings }: Row) => ({
  ...{ row, line, start, end },
  ...(warnings && { warnings }),
});

const excluded = 'its user is excluded';
const ended = 'it has its outcome already';
