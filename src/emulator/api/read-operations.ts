/** The operations that read: GetNetwork, GetUser, ListUsers, GetUsersCount, ListSecurityGroups, ListSecurityGroupUsers. */
import type {
  GetUserAnswer,
  ListedUser,
  NetworkAnswer,
  SecurityGroup,
  UsersCount,
} from '../../wire-types.js';
import type { EmulatedGroup, EmulatedUser, Network } from '../network/network.js';
import { type Answer, invalid, notFound, success } from './answers.js';
import { cut, type PageRequest, parsePage, sort } from './paging.js';

type Query = ReadonlyMap<string, string>;

/** How a name filter compares: with the whole name exactly, or with a part of it regardless of case. */
export type FilterMatch = 'exact' | 'substring';

/** What the operations read. */
export interface ReadSource {
  readonly network: Network;
  readonly networkName: string;
  readonly region: string;
  readonly filterMatch: FilterMatch;
  /** The users as this request sees them, which may be the users of a moment ago. */
  readonly users: () => ReadonlyMap<string, EmulatedUser>;
  /** Users whom a list of all users leaves out. */
  readonly unlisted: readonly string[];
  /** Told of each page of ListUsers that has a next page. */
  readonly onPage: (userIds: readonly string[]) => void;
}

export class ReadOperations {
  readonly #network: Network;
  readonly #about: NetworkAnswer;
  readonly #match: FilterMatch;
  readonly #users: ReadSource['users'];
  readonly #unlisted: ReadonlySet<string>;
  readonly #onPage: ReadSource['onPage'];
  /** The lists that pages were last cut from, valid until the network changes: to sort a large one takes long. */
  readonly #lists = new Map<string, readonly EmulatedUser[]>();
  #revision = 0;

  constructor({ network, networkName, region, filterMatch, users, unlisted, onPage }: ReadSource) {
    this.#about = aboutNetwork(network.id, networkName, region);
    this.#network = network;
    this.#match = filterMatch;
    this.#users = users;
    this.#unlisted = new Set(unlisted);
    this.#onPage = onPage;
  }

  getNetwork(): Answer {
    return success(this.#about);
  }

  getUser(userId: string): Answer {
    if (!/^[0-9]{1,10}$/.test(userId)) {
      return invalid([{ field: 'userId', reason: 'must be 1 to 10 digits' }]);
    }
    const user = this.#users().get(userId);
    if (!user) return notFound('user');
    const { firstName, lastName, username, isAdmin, lastActivity, lastLogin, securityGroupIds } = user;
    return success({
      userId,
      ...{ firstName, lastName, username, isAdmin, suspended: user.suspended ?? false },
      ...{ status: user.status ?? 2, lastActivity, lastLogin, securityGroupIds },
    } as GetUserAnswer);
  }

  listUsers(query: Query): Answer {
    const page = parsePage(query, ['username', 'firstName', 'lastName', 'status', 'groupId']);
    if ('reasons' in page) return invalid(page.reasons);
    const status = query.get('status') ?? '2';
    if (!/^[0-9]+$/.test(status)) return invalid([{ field: 'status', reason: 'must be an integer' }]);
    return this.#page(`users ${page.key}`, page, this.#filter(query), this.#onPage);
  }

  /** Nobody rejects an invitation here, and there is always room for more users. */
  getUsersCount(): Answer {
    const users = this.#users();
    const total = users.size;
    let pending = 0;
    for (const user of users.values()) if (user.status === 1) pending += 1;
    const count: UsersCount = { pending, active: total - pending, rejected: 0, remaining: ROOM, total };
    return success(count);
  }

  listSecurityGroupUsers(groupId: string, query: Query): Answer {
    if (!this.#network.groups.has(groupId)) return notFound('security group');
    const page = parsePage(query, ['username', 'firstName', 'lastName']);
    if ('reasons' in page) return invalid(page.reasons);
    return this.#page(`${groupId} ${page.key}`, page, (user) => isIn(user, groupId));
  }

  listSecurityGroups(query: Query): Answer {
    const page = parsePage(query, ['id', 'name']);
    if ('reasons' in page) return invalid(page.reasons);
    const groups = sort([...this.#network.groups.values()], page, (group, field) =>
      field === 'id' ? group.id : group.name,
    );
    const { items, nextToken } = cut(groups, page);
    return success({ securityGroups: items.map((group) => this.#withMembers(group)), nextToken });
  }

  #page(
    key: string,
    page: PageRequest,
    keep: (user: EmulatedUser) => boolean,
    onPage: ReadSource['onPage'] = () => {},
  ): Answer {
    const { items, nextToken } = cut(this.#list(key, page, keep), page);
    if (nextToken !== undefined) onPage(items.map(({ userId }) => userId));
    return success({ users: items.map(listed), nextToken });
  }

  #list(key: string, page: PageRequest, keep: (user: EmulatedUser) => boolean): readonly EmulatedUser[] {
    const users = this.#users();
    const made = () => sort([...users.values()].filter(keep), page, sortValue);
    // What was a moment ago is another list each time.
    if (users !== this.#network.users) return made();
    if (this.#revision !== this.#network.revision || this.#lists.size > 8) this.#lists.clear();
    this.#revision = this.#network.revision;
    const list = this.#lists.get(key) ?? made();
    this.#lists.set(key, list);
    return list;
  }

  /** An empty filter counts as absent. */
  #filter(query: Query): (user: EmulatedUser) => boolean {
    const [status, groupId] = [query.get('status'), query.get('groupId')];
    const names = (['firstName', 'lastName', 'username'] as const).flatMap((field) => {
      const wanted = query.get(field);
      return wanted ? [{ field, wanted: this.#match === 'exact' ? wanted : wanted.toLowerCase() }] : [];
    });
    const fits = (value: string, wanted: string): boolean =>
      this.#match === 'exact' ? value === wanted : value.toLowerCase().includes(wanted);
    const all = !groupId && names.length === 0;
    return (user) =>
      !(all && this.#unlisted.has(user.userId)) &&
      (!status || (user.status ?? 2) === Number(status)) &&
      (!groupId || isIn(user, groupId)) &&
      names.every(({ field, wanted }) => fits(user[field] ?? '', wanted));
  }

  #withMembers(group: EmulatedGroup): SecurityGroup {
    let [activeMembers, botMembers] = [0, 0];
    for (const user of this.#users().values()) {
      if (!isIn(user, group.id)) continue;
      if (user.type === 'bot') botMembers += 1;
      else if ((user.status ?? 2) === 2) activeMembers += 1;
    }
    const { id, name, isDefault = false } = group;
    return {
      id,
      name,
      isDefault,
      activeMembers,
      botMembers,
      modified: GROUPS_MADE,
      securityGroupSettings: {},
    };
  }
}

/** The account of AWS's own examples. */
const ACCOUNT = '111122223333';

const aboutNetwork = (networkId: string, networkName: string, region: string): NetworkAnswer => ({
  ...{ networkId, networkName, accessLevel: 'PREMIUM', awsAccountId: ACCOUNT },
  networkArn: `arn:aws:wickr:${region}:${ACCOUNT}:network/${networkId}`,
});

/** How many users could be added. */
const ROOM = 1000;

/** Epoch seconds; groups never change here. */
const GROUPS_MADE = 1_704_067_200;

const isIn = (user: EmulatedUser, groupId: string): boolean =>
  user.securityGroupIds?.includes(groupId) ?? false;

function sortValue(user: EmulatedUser, field: string): string | number {
  if (field === 'status') return user.status ?? 2;
  if (field === 'groupId') return user.securityGroupIds?.[0] ?? '';
  return user[field as 'username' | 'firstName' | 'lastName'] ?? '';
}

function listed(user: EmulatedUser): ListedUser {
  const { userId, firstName, lastName, username, securityGroupIds, isAdmin, type = 'user' } = user;
  return {
    ...{ userId, firstName, lastName, username, securityGroups: securityGroupIds, isAdmin },
    ...{ suspended: user.suspended ?? false, status: user.status ?? 2, isUser: type === 'user', type },
  } as ListedUser;
}
