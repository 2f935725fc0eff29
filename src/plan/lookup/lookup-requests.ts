/** What rows ask that only the network can tell. */
import type { Exclusions } from '../../input/options/exclusions.js';
import type { Member, NamedCommand, Row } from '../../model.js';
import { composed, folded, hasExactly } from '../../text/username.js';
import { fingerprintOf, NO_FINGERPRINT } from '../diff/fingerprint.js';

/** What has to be known before needs can be gathered. */
export interface NeedsOptions {
  /** Without it usernames are sent as they come, and nothing is read for them. */
  readonly checkRenames: boolean;
  /** Whether each user has to be read, so that the row can be compared with him. */
  readonly compares: boolean;
  readonly exclusions?: Pick<Exclusions, 'userIds' | 'usernames' | 'complete'>;
  /**
   * What an earlier run has found for the row's lookupUsername: a user ID, or empty where there was no user that it
   * could mean. Such a row is not looked up again: its user may have another username by now, and another user his.
   */
  readonly known?: (row: number) => string | undefined;
  /** Rows of a resumed run that have their outcome: nothing is read for them. */
  readonly hasEnded: (row: number) => boolean;
}

/** A row that names its user, or that changes a username. */
export interface Asking {
  readonly row: number;
  readonly line: number;
  /** As the row gives it, else as it is known; empty where only the lookup can tell. */
  readonly userId: string;
  /** The lookupUsername as it is compared exactly. */
  readonly lookup: string | undefined;
  /** Whether the lookup has been done by an earlier run; `userId` is its result. */
  readonly known: boolean;
  /** The new username as the row gives it. */
  readonly wanted: string | undefined;
  /** Index into `groupLists`; -1 where the row names no groups. */
  readonly groups: number;
  readonly ended: boolean;
}

/**
 * Gathers what the rows of an input need, in one pass and their order. A row with neither names to look up nor a
 * username takes no memory.
 */
export class Needs {
  readonly asking: Asking[] = [];
  /** Usernames that have to be found: as they are compared without case → as given. */
  readonly lookups = new Map<string, string>();
  /** Usernames of which it has to be known who has them, likewise. */
  readonly wanted = new Map<string, string>();
  /**
   * Users who have to be read and are not looked up, by ID: as the fingerprint of what their row wants, where rows are
   * compared.
   */
  readonly userIds = new Map<string, number>();
  /** Of `wanted`, those that several rows want, as they are compared without case. */
  readonly contested = new Set<string>();
  /** Each list of group names once. */
  readonly groupLists: (readonly string[])[] = [];
  readonly #options: NeedsOptions;
  readonly #indexOfList = new Map<string, number>();

  constructor(options: NeedsOptions) {
    this.#options = options;
  }

  /** Whether the network need not be asked: each row can be sent as it is. */
  get none(): boolean {
    return this.asking.length === 0 && this.groupLists.length === 0 && this.lookups.size === 0;
  }

  /** Where rows are compared, what each asks for is gathered with `ask`, once the users have been read. */
  add(row: Row): void {
    const command = this.#commandOf(row);
    if (!command) return;
    const ended = this.#options.hasEnded(row.row);
    if (command.securityGroupNames) this.#listOf(command.securityGroupNames, ended);
    const { lookupUsername, details } = command;
    const known = this.#known(row, command);
    const userId = known ?? command.userId;
    const looksUp = lookupUsername !== undefined && known === undefined && !ended;
    if (userId !== '' && !ended && !looksUp) this.#needUser(userId, row);
    if (!this.#options.compares) this.ask(row);
    if (!asks(command, this.#options)) return;
    const changesName = details.username !== undefined && this.#options.checkRenames;
    if (looksUp) need(this.lookups, lookupUsername);
    else if (changesName && userId !== '' && !ended && !this.userIds.has(userId))
      this.userIds.set(userId, NO_FINGERPRINT);
    if (changesName && !ended && known !== '') this.#want(details.username as string);
  }

  /**
   * Takes in what the row asks for.
   *
   * @param userOf a user by his ID, where he has been read: a row that gives him the username that he has asks nothing
   */
  ask(row: Row, userOf?: (userId: string) => Pick<Member, 'username'> | 'same' | undefined): void {
    const command = this.#commandOf(row);
    if (!command || !asks(command, this.#options)) return;
    const { lookupUsername, details, securityGroupNames } = command;
    const known = this.#known(row, command);
    const userId = known ?? command.userId;
    const user = lookupUsername === undefined ? userOf?.(userId) : undefined;
    const wanted = details.username;
    if (user === 'same' || (user && wanted !== undefined && hasExactly(user, wanted))) return;
    const ended = this.#options.hasEnded(row.row);
    this.asking.push({
      row: row.row,
      line: row.line,
      userId,
      lookup: lookupUsername === undefined ? undefined : composed(lookupUsername),
      known: known !== undefined,
      wanted,
      groups: securityGroupNames ? this.#listOf(securityGroupNames, ended) : -1,
      ended,
    });
  }

  #commandOf(row: Row): NamedCommand | undefined {
    if (!('command' in row || 'named' in row)) return undefined;
    const command = 'command' in row ? row.command : row.named;
    return isExcluded(command, this.#options.exclusions) ? undefined : command;
  }

  #known({ row }: Row, { lookupUsername }: NamedCommand): string | undefined {
    return lookupUsername === undefined ? undefined : this.#options.known?.(row);
  }

  /** Forgets which users have to be read, once they have been. */
  forgetNames(): void {
    this.lookups.clear();
    this.wanted.clear();
    this.userIds.clear();
    this.contested.clear();
  }

  #listOf(names: readonly string[], ended: boolean): number {
    const key = JSON.stringify(names);
    const index = this.#indexOfList.get(key);
    if (index !== undefined || ended) return index ?? -1;
    this.#indexOfList.set(key, this.groupLists.length);
    return this.groupLists.push(names) - 1;
  }

  #want(username: string): void {
    if (this.wanted.has(folded(username))) this.contested.add(folded(username));
    need(this.wanted, username);
  }

  #needUser(userId: string, row: Row): void {
    // The IDs of groups that are named are not known yet.
    const fingerprint = 'command' in row ? fingerprintOf(row.command.details) : NO_FINGERPRINT;
    if (this.#options.compares) this.userIds.set(userId, fingerprint);
    this.#needExclusions();
  }

  /** That a row's user ID is not the one of an excluded username can only the network tell. */
  #needExclusions(): void {
    const { exclusions } = this.#options;
    if (exclusions === undefined || exclusions.complete) return;
    for (const username of exclusions.usernames) {
      if (this.lookups.has(username)) return;
      this.lookups.set(username, username);
    }
  }
}

function need(names: Map<string, string>, username: string): void {
  const key = folded(username);
  if (!names.has(key)) names.set(key, username);
}

/** Whether the network has to tell who is meant, or who has a username. */
export const asks = (
  { lookupUsername, details }: NamedCommand,
  options: { readonly checkRenames: boolean },
) => lookupUsername !== undefined || (details.username !== undefined && options.checkRenames);

/** Whether the row itself shows that its user is excluded. */
export function isExcluded(command: NamedCommand, exclusions: NeedsOptions['exclusions']): boolean {
  if (exclusions === undefined) return false;
  const { userId, lookupUsername } = command;
  return (
    exclusions.userIds.has(userId) ||
    (lookupUsername !== undefined && exclusions.usernames.has(folded(lookupUsername)))
  );
}
