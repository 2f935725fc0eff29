/**
 * The wire types of the Wickr Admin API, as its service model of 2024-02-01 defines them.
 * Only what this program sends or reads is here.
 */

/** Members of `userDetails` in an UpdateUser request; one that is absent leaves the user's value as it is. */
export interface UserDetails {
  firstName?: string;
  lastName?: string;
  username?: string;
  /** Replaces the user's whole list of groups. */
  securityGroupIds?: string[];
  /** Preview networks only, like the two members after it. */
  inviteCode?: string;
  /** Days. */
  inviteCodeTtl?: number;
  codeValidation?: boolean;
}

/** The JSON body of `PATCH /networks/{networkId}/users`. */
export interface UpdateUserBody {
  userId: string;
  userDetails: UserDetails;
}

/** A member that the service may leave out or give as null: both say nothing. */
type Maybe<T> = T | null | undefined;

/** The JSON body of UpdateUser's 200 answer. It has no `username`: only GetUser confirms a rename of that. */
export interface UpdateUserAnswer {
  userId: string;
  networkId: string;
  suspended: boolean;
  securityGroupIds?: Maybe<string[]>;
  firstName?: Maybe<string>;
  lastName?: Maybe<string>;
  middleName?: Maybe<string>;
  /** Epoch seconds. */
  modified?: Maybe<number>;
  /** 1 pending, 2 active. */
  status?: Maybe<number>;
  inviteCode?: Maybe<string>;
  /** Epoch seconds. */
  inviteExpiration?: Maybe<number>;
  codeValidation?: Maybe<boolean>;
}

/** One entry of ValidationError's `reasons`. */
export interface ErrorReason {
  field?: string;
  reason?: string;
}

/** A user as ListUsers and ListSecurityGroupUsers give it: every member is optional there. */
export interface ListedUser {
  userId?: string;
  firstName?: string;
  lastName?: string;
  username?: string;
  /** Here the list of group IDs has this name, in GetUser's answer it is `securityGroupIds`. */
  securityGroups?: string[];
  isAdmin?: boolean;
  suspended?: boolean;
  status?: number;
  isUser?: boolean;
  type?: string;
}

/** GetNetwork's 200 answer, as far as it is not optional. */
export interface NetworkAnswer {
  networkId: string;
  networkName: string;
  accessLevel: 'STANDARD' | 'PREMIUM';
  awsAccountId: string;
  networkArn: string;
}

/** GetUsersCount's 200 answer: numbers of users. */
export interface UsersCount {
  /** Invited, and not there yet. */
  pending: number;
  active: number;
  rejected: number;
  /** How many could be added. */
  remaining: number;
  /** Active and pending. */
  total: number;
}

/** GetUser's 200 answer. */
export interface GetUserAnswer {
  userId: string;
  firstName?: string;
  lastName?: string;
  username?: string;
  isAdmin?: boolean;
  suspended?: boolean;
  status?: number;
  lastActivity?: number;
  lastLogin?: number;
  securityGroupIds?: string[];
}

/** A security group as ListSecurityGroups gives it. */
export interface SecurityGroup {
  id: string;
  name: string;
  isDefault: boolean;
  activeMembers: number;
  botMembers: number;
  /** Epoch seconds. */
  modified: number;
  securityGroupSettings: Record<string, unknown>;
}
