/** Reading what the service lists: a 200 counts only where every user or group in it says who he or it is. */
import { z } from 'zod';
import type { Group, Member } from '../model.js';
import type { UsersCount } from '../wire-types.js';

/** A page of a list, and the token of the next one; undefined where this is the last. */
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
  /** The IDs of his groups: ListUsers has the one name for them, GetUser the other. */
  securityGroups: ids,
  securityGroupIds: ids,
  isUser: flag,
  type: text,
});
type User = z.infer<typeof UserShape>;

const nextToken = z.string().nullish();
const UsersShape = z.object({ users: z.array(UserShape).nullish(), nextToken });
const members = z.number().int().nonnegative().catch(0);
const GroupShape = z.object({
  id: z.string().regex(/^\S+$/),
  name: z.string(),
  activeMembers: members,
  botMembers: members,
});
const GroupsShape = z.object({ securityGroups: z.array(GroupShape).nullish(), nextToken });

const number = z.number().int().nonnegative();
const CountShape = z.object({ active: number, pending: number });

/** A page of ListUsers. @param status the one that was asked for, which a user without one then has */
export function readUsers(body: string, status: 1 | 2 | undefined): Result<Page<Member>> {
  const read = parse(UsersShape, body);
  return 'wrong' in read
    ? read
    : listed(read.answer.users, read.answer.nextToken, (user) => memberOf(user, status));
}

/** GetUser's answer about the user asked about. */
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
      members: activeMembers + botMembers,
    }),
  );
}

/** GetUsersCount's answer. */
export const readUsersCount = (body: string): Result<Pick<UsersCount, 'active' | 'pending'>> =>
  parse(CountShape, body);

/** An object with nothing of a page in it would end the list here, and who comes after would be lost without a word. */
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

/** The name alone would make a bot of many a person, so it counts only where the service says nothing else. */
function isBot({ type, isUser, username }: User): boolean {
  if (type === undefined && isUser === undefined) return /bot$/i.test(username ?? '');
  return isUser === false || /bot/i.test(type ?? '');
}

const senseless = { wrong: 'the answer is not of the form that the service gives' };

function parse<Shape extends z.ZodType>(shape: Shape, body: string): Result<z.infer<Shape>> {
  try {
    const parsed = shape.safeParse(JSON.parse(body));
    return parsed.success ? { answer: parsed.data } : senseless;
  } catch {
    return senseless;
  }
}
