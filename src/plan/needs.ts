/** What rows ask that only the network can tell. */
import type { Exclusions } from '../input/exclude.js';
import { composed, folded } from '../input/username.js';
import type { NamedCommand, Row } from '../model.js';

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
  /** Users whose present username has to be known and who are not looked up. */
  readonly userIds = new Set<string>();
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

  add(row: Row): void {
    if (!('command' in row || 'named' in row)) return;
    const command: NamedCommand = 'command' in row ? row.command : row.named;
    if (isExcluded(command, this.#options.exclusions)) return;
    const ended = this.#options.hasEnded(row.row);
    const groups = command.securityGroupNames ? this.#listOf(command.securityGroupNames, ended) : -1;
    const wanted = command.details.username;
    const changesName = wanted !== undefined && this.#options.checkRenames;
    const { lookupUsername } = command;
    const known = lookupUsername === undefined ? undefined : this.#options.known?.(row.row);
    const userId = known ?? command.userId;
    const looksUp = lookupUsername !== undefined && known === undefined && !ended;
    if (userId !== '' && !ended && !looksUp) this.#needUser(userId);
    if (!asks(command, this.#options)) return;
    this.asking.push({
      row: row.row,
      line: row.line,
      userId,
      lookup: lookupUsername === undefined ? undefined : composed(lookupUsername),
      known: known !== undefined,
      wanted,
      groups,
      ended,
    });
    if (looksUp) need(this.lookups, lookupUsername);
    else if (changesName && userId !== '' && !ended) this.userIds.add(userId);
    if (changesName && !ended && known !== '') need(this.wanted, wanted);
  }

  /** Forgets which users have to be read, once they have been. */
  forgetNames(): void {
    this.lookups.clear();
    this.wanted.clear();
    this.userIds.clear();
  }

  #listOf(names: readonly string[], ended: boolean): number {
    const key = JSON.stringify(names);
    const index = this.#indexOfList.get(key);
    if (index !== undefined || ended) return index ?? -1;
    this.#indexOfList.set(key, this.groupLists.length);
    return this.groupLists.push(names) - 1;
  }

  #needUser(userId: string): void {
    if (this.#options.compares) this.userIds.add(userId);
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
