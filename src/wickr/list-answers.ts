/** Reads what the service lists: a 200 counts only if every user and group in it has an ID. */
import * as z from 'zod';
import type { Group, Member } from '../model.js';
import type { UsersCount } from '../wire-types.js';

/** A page of a list, and the token of the next page; undefined if this is the last one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken: string | undefined;
}

type Result<Answer> = { answer: Answer } | { wrong: string };

const text = z.string().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const ids = z.array(z.string().min(1)).optional().catch(undefined);

/** Only what is used is checked, and only the ID strictly: every other member may be left out. */
const UserShape = z.object({
  userId: z.string().regex(/^[0-9]{1,10}$/),
  firstName: text,
  lastName: text,
  username: text,
  suspended: flag,
  status: z.number().optional().catch(undefined),
  /** The IDs of the user's groups: ListUsers uses the first name, GetUser the second. */
  securityGroups: ids,
  securityGroupIds: ids,
  isUser: flag,
  type: text,
});
type User = z.infer<typeof UserShape>;

const nextToken = z.string().nullish();
const UsersShape = z.object({ users: z.array(UserShape).nullish(), nextToken });
const members = z.number().int().nonnegative().optional().catch(undefined);
const GroupShape = z.object({
  id: z.string().regex(/^\S+$/),
  name: z.string(),
  activeMembers: members,
  botMembers: members,
});
const GroupsShape = z.object({ securityGroups: z.array(GroupShape).nullish(), nextToken });

const number = z.number().int().nonnegative();
const CountShape = z.object({ active: number, pending: number });

/** A page of ListUsers. @param status the status that was asked for; a user without one gets it */
export function readUsers(body: string, status: 1 | 2 | undefined): Result<Page<Member>> {
  const read = parse(UsersShape, body);
  return 'wrong' in read
    ? read
    : listed(read.answer.users, read.answer.nextToken, (user) => memberOf(user, status));
}

/** GetUser's answer, if it is about the right user. */
export function readUser(body: string, userId: string): Result<Member> {
  const read = parse(UserShape, body);
  if ('wrong' in read) return read;
  return read.answer.userId === userId
    ? { answer: memberOf(read.answer, undefined) }
    : { wrong: 'the answer is about another user' };
}

/** A page of ListSecurityGroups. */
export function readGroups(body: string): Result<Page<Group>> {
  const read = parse(GroupsShape, body);
  if ('wrong' in read) return read;
  return listed(
    read.answer.securityGroups,
    read.answer.nextToken,
    ({ id, name, activeMembers, botMembers }) => ({
      ...{ id, name },
      // Without a count of the users, one of the bots says nothing.
      members: activeMembers === undefined ? undefined : activeMembers + (botMembers ?? 0),
    }),
  );
}

/** GetUsersCount's answer. */
export const readUsersCount = (body: string): Result<Pick<UsersCount, 'active' | 'pending'>> =>
  parse(CountShape, body);

/** An object that is no page at all would end the list here, and silently lose everyone after it. */
function listed<From, Item>(
  items: readonly From[] | null | undefined,
  token: string | null | undefined,
  toItem: (item: From) => Item,
): Result<Page<Item>> {
  if (!items && !token) return senseless;
  return { answer: { items: (items ?? []).map(toItem), nextToken: token || undefined } };
}

function memberOf(user: User, askedStatus: 1 | 2 | undefined): Member {
  const { userId, firstName, lastName, username, suspended = false, status = askedStatus } = user;
  return {
    ...{ userId, firstName, lastName, username, suspended },
    securityGroupIds: user.securityGroups ?? user.securityGroupIds,
    pending: status === 1,
    bot: isBot(user),
  };
}

/** By their names alone, some people would be bots. So the name counts only if the service says nothing else. */
function isBot({ type, isUser, username }: User): boolean {
  if (type === undefined && isUser === undefined) return /bot$/i.test(username ?? '');
  return isUser === false || /bot/i.test(type ?? '');
}

const senseless = { wrong: 'the answer is not in the form that the service uses' };

function parse<Shape extends z.ZodType>(shape: Shape, body: string): Result<z.infer<Shape>> {
  try {
    const parsed = shape.safeParse(JSON.parse(body));
    return parsed.success ? { answer: parsed.data } : senseless;
  } catch {
    return senseless;
  }
}
