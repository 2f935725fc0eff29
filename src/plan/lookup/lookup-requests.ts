/** What has to be read from the network to know whom the rows mean and which usernames and groups they want. */
import type { Exclusions } from '../../input/options/exclusions.js';
import type { Member, NamedCommand, Row } from '../../model.js';
import { composed, folded, hasExactly } from '../../text/username.js';
import { fingerprintOf, NO_FINGERPRINT } from '../diff/fingerprint.js';

export interface LookupRequestOptions {
  /** If false, usernames are sent as they come, and nothing is read for them. */
  readonly checkRenames: boolean;
  /** Whether the IDs of groups are held against the network. */
  readonly checkGroupIds: boolean;
  /** Whether each user has to be read, so that the row can be compared with it. */
  readonly compares: boolean;
  /** Whether each user has to be read, if only to know whether they are there. */
  readonly readsAll: boolean;
  readonly exclusions?: Pick<Exclusions, 'userIds' | 'usernames' | 'named'>;
  /** Whether a user ID of `exclusions` that nobody has is a fault, so that users have to be read to know it. */
  readonly checkExcludedIds: boolean;
  /**
   * What an earlier run has found for the row's lookupUsername: a user ID, empty if no user could be meant, or `MISSING`.
   * Such a row is not looked up again: its user may have another username by now, and another user may have this one.
   */
  readonly known?: (row: number) => string | undefined;
  /** Whether the row has its outcome from before the resume: nothing is read for it. */
  readonly hasEnded: (row: number) => boolean;
}

/** In the place of a user ID: a row that was looked up, and whose user was not in the network. */
export const MISSING = '-';

/** The groups of a row, by name or by ID. */
export interface GroupList {
  readonly column: 'securityGroupNames' | 'securityGroupIds';
  readonly groups: readonly string[];
}

/** The groups that a row gives, if the network has to tell whether there are such. */
export function groupsOf(
  { securityGroupNames, details }: NamedCommand,
  { checkGroupIds }: Pick<LookupRequestOptions, 'checkGroupIds'>,
): GroupList | undefined {
  if (securityGroupNames) return { column: 'securityGroupNames', groups: securityGroupNames };
  const { securityGroupIds: groups } = details;
  return checkGroupIds && groups ? { column: 'securityGroupIds', groups } : undefined;
}

/** What a row has to be told by the network. There is one for each row that names its user or changes a username. */
export interface LookupRequest {
  readonly row: number;
  readonly line: number;
  /** From the row, else from an earlier run, then maybe `MISSING`; empty if only the lookup can tell. */
  readonly userId: string;
  /** The row's lookupUsername in NFC. */
  readonly lookupUsername: string | undefined;
  /** Whether an earlier run has done the lookup; `userId` is its result. */
  readonly isKnown: boolean;
  /** The new username as the row gives it. */
  readonly newUsername: string | undefined;
  /** Index into `groupLists`; -1 if the row gives no groups. */
  readonly groupList: number;
  readonly hasEnded: boolean;
}

/**
 * Collects the requests of an input's rows, in their order. A row with neither names to look up nor a username takes no
 * memory.
 */
export class LookupRequests {
  readonly rows: LookupRequest[] = [];
  /** Usernames that have to be found: without case → as given. */
  readonly lookupUsernames = new Map<string, string>();
  /** Usernames whose holders have to be known: without case → as given. */
  readonly newUsernames = new Map<string, string>();
  /**
   * IDs of users who have to be read and are not looked up by name. The number is the fingerprint of what the row wants,
   * if rows are compared.
   */
  readonly userIds = new Map<string, number>();
  /** Those of `newUsernames` that several rows want, without case. */
  readonly contested = new Set<string>();
  /** Each list of groups once. */
  readonly groupLists: GroupList[] = [];
  /** User IDs of the list of excluded users that no row has: they may have a typing error. */
  readonly excludedIds = new Set<string>();
  /** How many rows want a username that is made of the one that their user has. */
  presentUsernames = 0;
  readonly #options: LookupRequestOptions;
  readonly #indexOfList = new Map<string, number>();

  constructor(options: LookupRequestOptions) {
    this.#options = options;
    if (!options.checkExcludedIds) return;
    for (const userId of options.exclusions?.userIds.keys() ?? []) this.excludedIds.add(userId);
  }

  /**
   * Collects what has to be read for the row. The row's request is added too, unless rows are compared: then `addRequest`
   * follows once the users have been read.
   */
  collect(row: Row): void {
    if ('skipped' in row && row.userId !== undefined) this.excludedIds.delete(row.userId);
    const command = this.#commandOf(row);
    if (!command) return;
    const hasEnded = this.#options.hasEnded(row.row);
    this.#listOf(command, hasEnded);
    if (!hasEnded) this.#collectNames(row, command);
    if (!this.#options.compares) this.addRequest(row);
  }

  #collectNames(row: Row, command: NamedCommand): void {
    const { lookupUsername, details, fromPresent } = command;
    if (fromPresent?.includes('username') && this.#options.checkRenames) this.presentUsernames += 1;
    const known = this.#known(row, command);
    if (known === MISSING) return;
    const userId = known ?? command.userId;
    const looksUp = lookupUsername !== undefined && known === undefined;
    const renames = details.username !== undefined && this.#options.checkRenames;
    if (userId !== '' && !looksUp) this.#collectUser(userId, row);
    // Nobody has the username: then the ID tells whether the user is there under another one.
    if (looksUp && userId !== '' && this.#options.readsAll) this.#collectId(userId);
    if (looksUp) addName(this.lookupUsernames, lookupUsername);
    else if (renames && userId !== '' && !this.userIds.has(userId)) this.userIds.set(userId, NO_FINGERPRINT);
    if (renames && known !== '') this.#collectNewUsername(details.username as string);
  }

  /** Only the network can tell whether a row's user ID belongs to an excluded username, and whether anybody has it. */
  collectExclusions(): void {
    for (const { username } of this.#options.exclusions?.named ?? []) addName(this.lookupUsernames, username);
    for (const userId of this.excludedIds) this.#collectId(userId);
  }

  /**
   * Adds the row's request, if it has one.
   *
   * @param userOf a user by ID, if it has been read: a row that gives a user the username that it has needs nothing more
   */
  addRequest(row: Row, userOf?: (userId: string) => Pick<Member, 'username'> | 'same' | undefined): void {
    const command = this.#commandOf(row);
    if (!command || !needsNetwork(command, this.#options)) return;
    const { lookupUsername, details } = command;
    const known = this.#known(row, command);
    const userId = known ?? command.userId;
    const user = lookupUsername === undefined ? userOf?.(userId) : undefined;
    const newUsername = details.username;
    if (user === 'same' || (user && newUsername !== undefined && hasExactly(user, newUsername))) return;
    const hasEnded = this.#options.hasEnded(row.row);
    this.rows.push({
      row: row.row,
      line: row.line,
      userId,
      lookupUsername: lookupUsername === undefined ? undefined : composed(lookupUsername),
      isKnown: known !== undefined,
      newUsername,
      groupList: this.#listOf(command, hasEnded),
      hasEnded,
    });
  }

  /** Frees the memory of the names and IDs, once they have been read. */
  forgetNames(): void {
    this.lookupUsernames.clear();
    this.newUsernames.clear();
    this.userIds.clear();
    this.contested.clear();
  }

  #commandOf(row: Row): NamedCommand | undefined {
    if (!('command' in row || 'named' in row)) return undefined;
    const command = 'command' in row ? row.command : row.named;
    return isExcluded(command, this.#options.exclusions) ? undefined : command;
  }

  #known({ row }: Row, { lookupUsername }: NamedCommand): string | undefined {
    return lookupUsername === undefined ? undefined : this.#options.known?.(row);
  }

  #listOf(command: NamedCommand, hasEnded: boolean): number {
    const list = groupsOf(command, this.#options);
    if (list === undefined) return -1;
    const key = JSON.stringify([list.column, list.groups]);
    const index = this.#indexOfList.get(key);
    if (index !== undefined || hasEnded) return index ?? -1;
    this.#indexOfList.set(key, this.groupLists.length);
    return this.groupLists.push(list) - 1;
  }

  #collectNewUsername(username: string): void {
    if (this.newUsernames.has(folded(username))) this.contested.add(folded(username));
    addName(this.newUsernames, username);
  }

  #collectUser(userId: string, row: Row): void {
    // The IDs of groups that are given by name are not known yet.
    const fingerprint = 'command' in row ? fingerprintOf(row.command.details) : NO_FINGERPRINT;
    if (this.#options.compares) this.userIds.set(userId, fingerprint);
    else if (this.#options.readsAll) this.#collectId(userId);
  }

  #collectId(userId: string): void {
    if (!this.userIds.has(userId)) this.userIds.set(userId, NO_FINGERPRINT);
  }
}

function addName(names: Map<string, string>, username: string): void {
  const key = folded(username);
  if (!names.has(key)) names.set(key, username);
}

/** Whether the network has to tell who is meant, or who has a username. */
const needsNetwork = (
  { lookupUsername, details }: NamedCommand,
  options: { readonly checkRenames: boolean },
) => lookupUsername !== undefined || (details.username !== undefined && options.checkRenames);

/** Whether the row itself shows that its user is excluded. */
export function isExcluded(command: NamedCommand, exclusions: LookupRequestOptions['exclusions']): boolean {
  if (exclusions === undefined) return false;
  const { userId, lookupUsername } = command;
  return (
    exclusions.userIds.has(userId) ||
    (lookupUsername !== undefined && exclusions.usernames.has(folded(lookupUsername)))
  );
}
