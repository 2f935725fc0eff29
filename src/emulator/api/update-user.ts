/** UpdateUser: all that the service can find wrong with a request, and the change itself. */
import type { ErrorReason, UpdateUserAnswer, UserDetails } from '../../wire-types.js';
import type { EmulatedUser, Network } from '../network/network.js';
import { type Answer, invalid, notFound, refusal, success } from './answers.js';

/** What is wrong with a member's value; never the value itself. */
type Check = (value: unknown) => string | undefined;

const isText: Check = (value) =>
  typeof value !== 'string' ? 'must be a string' : value === '' ? 'must not be empty' : undefined;

const isGroupList: Check = (value) => {
  if (!Array.isArray(value)) return 'must be a list of security group IDs';
  if (value.length === 0) return 'must name a security group';
  if (value.some((id) => typeof id !== 'string')) return 'must hold strings only';
  return new Set(value).size < value.length ? 'names a security group twice' : undefined;
};

const isDays: Check = (value) =>
  Number.isInteger(value) && (value as number) > 0 ? undefined : 'must be a positive integer';

const isFlag: Check = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false');

const members: Readonly<Record<keyof UserDetails, Check>> = {
  firstName: isText,
  lastName: isText,
  username: isText,
  securityGroupIds: isGroupList,
  inviteCode: isText,
  inviteCodeTtl: isDays,
  codeValidation: isFlag,
};

/** Runs UpdateUser on the network; `applied` is false for a refusal. `at` is epoch ms. */
export function updateUser(
  network: Network,
  body: unknown,
  singleGroup: boolean,
  at: number,
): { answer: Answer; applied: boolean } {
  const refuse = (answer: Answer) => ({ answer, applied: false });
  if (!isObject(body)) return refuse(refusal(400, 'BadRequestError', 'The body is not a JSON object.'));
  const faults = shapeFaults(body);
  if (faults.length > 0) return refuse(invalid(faults));
  const { userId, userDetails } = body as { userId: string; userDetails: UserDetails };
  const user = network.users.get(userId);
  if (!user) return refuse(notFound('user'));
  const clashes = clashesOf(network, user, userDetails, singleGroup);
  if (clashes.length > 0) return refuse(invalid(clashes));
  return { answer: success(answerOf(network, network.change(user, userDetails, at))), applied: true };
}

/** What is wrong whatever the network holds. */
function shapeFaults(body: Record<string, unknown>): ErrorReason[] {
  const reasons: ErrorReason[] = Object.keys(body)
    .filter((name) => name !== 'userId' && name !== 'userDetails')
    .map((field) => ({ field, reason: 'is not a member of the request' }));
  if (typeof body.userId !== 'string' || !/^[0-9]{1,10}$/.test(body.userId)) {
    reasons.push({ field: 'userId', reason: 'must be a string of 1 to 10 digits' });
  }
  const details = body.userDetails;
  if (!isObject(details)) return [...reasons, { field: 'userDetails', reason: 'must be an object' }];
  const entries = Object.entries(details);
  if (entries.length === 0) reasons.push({ field: 'userDetails', reason: 'holds no change' });
  for (const [field, value] of entries) {
    const reason = checkOf(field)(value);
    if (reason !== undefined) reasons.push({ field, reason });
  }
  return reasons;
}

function checkOf(field: string): Check {
  if (Object.hasOwn(members, field)) return members[field as keyof UserDetails];
  return () => 'is not a member of userDetails';
}

/** What conflicts with the network as it is. */
function clashesOf(
  network: Network,
  user: EmulatedUser,
  { username, securityGroupIds = [] }: UserDetails,
  singleGroup: boolean,
): ErrorReason[] {
  const reasons: ErrorReason[] = [];
  const owner = username === undefined ? undefined : network.ownerOf(username);
  if (owner !== undefined && owner !== user.userId) {
    reasons.push({ field: 'username', reason: 'is in use by another user' });
  }
  if (securityGroupIds.some((id) => !network.groups.has(id))) {
    reasons.push({ field: 'securityGroupIds', reason: 'names a security group that does not exist' });
  }
  if (singleGroup && securityGroupIds.length > 1) {
    reasons.push({ field: 'securityGroupIds', reason: 'a user can be in one security group only' });
  }
  return reasons;
}

function answerOf(network: Network, user: EmulatedUser): UpdateUserAnswer {
  const { userId, firstName, lastName, securityGroupIds, modified, inviteCode, inviteExpiration } = user;
  const members = { firstName, lastName, securityGroupIds, modified, inviteCode, inviteExpiration };
  // JSON leaves out what is undefined, as the service leaves out what is not set.
  return {
    userId,
    networkId: network.id,
    suspended: user.suspended ?? false,
    status: user.status ?? 2,
    codeValidation: user.codeValidation,
    ...members,
  } as UpdateUserAnswer;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
