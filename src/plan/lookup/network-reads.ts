/** What planning reads from the network. The run does the reading, through its one rate limiter and with its retries. */
import type { Group, Member } from '../../model.js';

/** Which users are listed; without any of these all of them. */
export interface UserFilter {
  /** How the service compares it is not known, so what comes back has to be compared again. */
  readonly username?: string;
  readonly groupId?: string;
  readonly pending?: boolean;
}

/** Each rejects with a WickrBulkError if the service does not answer with what was asked for, or the run is stopped. */
export interface NetworkReads {
  /** The active and the pending users, in pages of up to 100; a page can be empty. */
  users(filter?: UserFilter): AsyncIterable<readonly Member[]>;
  /** Undefined if the network has no such user. */
  user(userId: string): Promise<Member | undefined>;
  groups(): Promise<readonly Group[]>;
  /** The same; undefined if the caller may not ask. */
  groupsIfTold(): Promise<readonly Group[] | undefined>;
  /** How many users there are, in one request; undefined if the caller may not ask. */
  count(): Promise<{ readonly active: number; readonly pending: number } | undefined>;
}
