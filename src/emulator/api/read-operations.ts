/** The operations that read: GetUser, ListUsers, GetUsersCount, ListSecurityGroups, ListSecurityGroupUsers. */
import type { GetUserAnswer, ListedUser, SecurityGroup, UsersCount } from '../../wire-types.js';
import type { EmulatedGroup, EmulatedUser, Network } from '../network/network.js';
import { type Answer, invalid, notFound, success } from './answers.js';
import { cut, type PageRequest, parsePage, sort } from './paging.js';

type Query = ReadonlyMap<string, string>;

/** How a name filter compares: with the whole name exactly, or with a part of it regardless of case. */
export type FilterMatch = 'exact' | 'substring';

export class ReadOperations {
  readonly #network: Network;
  readonly #match: FilterMatch;
  /** The lists that pages were last cut from, valid until the network changes: to sort a large one takes long. */
  readonly #lists = new Map<string, readonly EmulatedUser[]>();
  #revision = 0;

  constructor(network: Network, match: FilterMatch) {
    this.#network = network;
    this.#match = match;
  }

  getUser(userId: string): Answer {
    if (!/^[0-9]{1,10}$/.test(userId)) {
      return invalid([{ field: 'userId', reason: 'must be 1 to 10 digits' }]);
    }
    const user = this.#network.users.get(userId);
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
    return this.#page(`users ${page.key}`, page, this.#filter(query));
  }

  /** Nobody rejects an invitation here, and there is always room for more users. */
  getUsersCount(): Answer {
    const total = this.#network.users.size;
    let pending = 0;
    for (const user of this.#network.users.values()) if (user.status === 1) pending += 1;
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

  #page(key: string, page: PageRequest, keep: (user: EmulatedUser) => boolean): Answer {
    if (this.#revision !== this.#network.revision || this.#lists.size > 8) this.#lists.clear();
    this.#revision = this.#network.revision;
    const list =
      this.#lists.get(key) ?? sort([...this.#network.users.values()].filter(keep), page, sortValue);
    this.#lists.set(key, list);
    const { items, nextToken } = cut(list, page);
    return success({ users: items.map(listed), nextToken });
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
    return (user) =>
      (!status || (user.status ?? 2) === Number(status)) &&
      (!groupId || isIn(user, groupId)) &&
      names.every(({ field, wanted }) => fits(user[field] ?? '', wanted));
  }

  #withMembers(group: EmulatedGroup): SecurityGroup {
    let [activeMembers, botMembers] = [0, 0];
    for (const user of this.#network.users.values()) {
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
