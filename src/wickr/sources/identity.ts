/** Whose credentials a run uses, and whether that is who it was. Pure. */
import type { Identity } from '../../model.js';
import { accountHint, type Credentials } from '../credentials.js';
import { type NamedSource, nameOf } from './source.js';

/** What the key itself says: AWS's keys hold the number of their account, except for old ones. */
export function identityOf(
  { accountId, accessKeyId }: Credentials,
  arn: string | undefined,
  named: NamedSource | undefined,
): Identity {
  const account = arn?.split(':')[4] ?? accountId;
  const hint = account === undefined ? accountHint(accessKeyId) : undefined;
  const profile = named?.profile ?? profileOf(named);
  return {
    source: named === undefined ? 'the program' : nameOf(named.source),
    ...(profile !== undefined && { profile }),
    ...(named?.by !== undefined && { by: named.by.replaceAll('`', '') }),
    ...(account !== undefined && { account }),
    ...(hint !== undefined && { accountByKey: hint }),
    ...(arn !== undefined && { arn }),
  };
}

const profileOf = (named: NamedSource | undefined): string | undefined =>
  named && 'profile' in named.source ? named.source.profile : undefined;

/** What is known of an earlier identity. */
export type Earlier = Partial<Identity>;

/** Whose credentials they have to be, as an earlier run or a plan says. */
export interface WantedIdentity {
  readonly identity: Earlier;
  /** Whether another source or role of the same account will do. */
  readonly byAccountAlone: boolean;
  /** What was done as that identity, as a clause. */
  readonly for: string;
}

/**
 * In what an identity differs from an earlier one, as `of THIS, not THAT`; undefined if nothing is known to
 * differ.
 *
 * @param byAccountAlone whether another source or role of the same account is meant to be used
 */
export function identityChange(was: Earlier, is: Identity, byAccountAlone: boolean): string | undefined {
  const [accountWas, accountIs] = [accountIn(was), accountIn(is)];
  if (accountWas !== undefined && accountIs !== undefined && accountWas !== accountIs)
    return `of AWS account ${accountIs} (${whoIs(is)}), not ${accountWas} (${whoIs(was)})`;
  if (byAccountAlone) return undefined;
  const [principalWas, principalIs] = [principalOf(was.arn), principalOf(is.arn)];
  if (principalWas !== undefined && principalIs !== undefined) {
    // Whoever STS says it is, the way to their credentials does not matter.
    return principalWas === principalIs ? undefined : `of ${principalIs}, not ${principalWas}`;
  }
  if (was.source !== undefined && was.source !== is.source) return `from ${is.source}, not ${was.source}`;
  return undefined;
}

/** The number of the account, as STS or the source tells it, else as the key holds it. */
const accountIn = ({ account, accountByKey }: Earlier): string | undefined =>
  [account, accountByKey].find((number) => number !== undefined && /^\d{12}$/.test(number));

/** Without the name of the session, which is another one at each refresh. */
const principalOf = (arn: string | undefined): string | undefined =>
  arn?.replace(/(:assumed-role\/[^/]+)\/.*$/, '$1');

const whoIs = ({ arn, source }: Earlier): string => principalOf(arn) ?? source ?? 'as recorded';

/** A line about who the caller is. @param wasAsked whether STS was */
export function describeIdentity(
  { source, by, account, accountByKey, arn }: Identity,
  wasAsked: boolean,
): string {
  const named = by === undefined || by === 'profile' ? source : `${source}, named by ${by}`;
  if (arn !== undefined) return `${arn} (${named})`;
  if (account !== undefined) return `account ${account} (${named})`;
  const hint = accountByKey === undefined ? '' : `; by the key it is ${accountByKey}`;
  const why = wasAsked ? 'STS did not answer' : 'STS was not asked';
  return `account not known, as ${why}${hint} (${named})`;
}
