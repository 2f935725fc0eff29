/** What planning asks of the network. The run answers, through its one rate limiter and with its retries. */
import type { Group, Member } from '../../model.js';

/** Which users are listed; all of them where nothing is said. */
export interface UserFilter {
  /** The service's own comparison, of which nothing is known: what comes back has to be compared again. */
  readonly username?: string;
  readonly groupId?: string;
  readonly pending?: boolean;
}

/** Each rejects with a WickrBulkError where the service does not give what was asked for, or the run is stopped. */
export interface NetworkReads {
  /** The users that are active and those that are pending, in pages of up to 100; a page can be empty. */
  users(filter?: UserFilter): AsyncIterable<readonly Member[]>;
  /** Undefined where the network has no such user. */
  user(userId: string): Promise<Member | undefined>;
  groups(): Promise<readonly Group[]>;
  /** How many users there are, in one request; undefined where the caller may not ask. */
  count(): Promise<{ readonly active: number; readonly pending: number } | undefined>;
}
