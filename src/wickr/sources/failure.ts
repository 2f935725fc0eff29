/** Why a source gave no credentials, in one line without secrets, and what to do about it. */
import { CredentialsError } from '../../errors.js';
import { printable } from '../../text/printable.js';
import { DeadlineError, StoppedError } from './deadline.js';
import { nameOf, type Source } from './source.js';

/** Characters of a cause that are kept. */
const LONGEST = 300;

/** Keys, tokens and what else might be a secret in the words of somebody else's program. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/(:\/\/)[^/\s@]+@/g, '$1<secret>@'],
  [
    /((?:secret|token|password|passwd|signature|credential)\w*["']?\s*[:=]\s*["']?)[^\s"',}]+/gi,
    '$1<secret>',
  ],
  [/\b(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{12,}/g, '<secret>'],
  // The length of a secret access key, and everything that is longer. Paths and ARNs have other characters in between.
  [/(?<![\w+/=])(?=[\w+/=]*\d)(?=[\w+/=]*[A-Z])[A-Za-z0-9+/=]{40,}(?![\w+/=])/g, '<secret>'],
];

/** A foreign program's words: one line, printable, without secrets. */
export function redactCause(text: string): string {
  let line = text.trim().split(/[\r\n]/, 1)[0] ?? '';
  for (const [pattern, by] of SECRETS) line = line.replace(pattern, by);
  line = printable(line);
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}

/** The error of a source. One that is understood already stays as it is. */
export function failureOf(source: Source, cause: unknown): Error {
  if (cause instanceof CredentialsError || cause instanceof StoppedError) return cause;
  const words = isExpiredLogin(source, cause) ? 'the session has expired' : wordsOf(cause);
  return new CredentialsError(
    `no credentials from ${nameOf(source)}: ${words}`,
    hintFor(source, cause, words),
    { cause },
  );
}

/** The SDK's provider says of an expired token first what it lacks to renew it. */
const isExpiredLogin = ({ kind }: Source, cause: unknown): boolean =>
  (kind === 'sso' || kind === 'login') &&
  cause instanceof Error &&
  /cannot refresh|(?:has|is) expired/i.test(cause.message);

/** What happened: the innermost error speaks, as the SDK's providers wrap what they met. */
function wordsOf(cause: unknown): string {
  if (!(cause instanceof Error)) return redactCause(String(cause));
  const inner = connectionErrorIn(cause);
  const text = inner === undefined || cause.message.includes(inner) ? cause.message : inner;
  // An AggregateError of several addresses that were tried has a code and no message.
  return redactCause(text || inner || cause.name);
}

const CONNECTION =
  /\b(E[A-Z]{4,}|EAI_AGAIN|UND_ERR_\w+|CERT_\w+|UNABLE_TO_\w+|SELF_SIGNED_\w+|DEPTH_ZERO_\w+)\b/;

/** The words of a connection that failed, wherever in the chain of causes they are. */
function connectionErrorIn(cause: unknown, depth = 0): string | undefined {
  if (!(cause instanceof Error) || depth > 5) return undefined;
  const { code } = cause as NodeJS.ErrnoException;
  if (typeof code === 'string' && CONNECTION.test(code))
    return cause.message.includes(code) ? cause.message : [code, cause.message].filter(Boolean).join(' ');
  return connectionErrorIn(cause.cause, depth + 1);
}

function hintFor(source: Source, cause: unknown, words: string): string {
  if (cause instanceof DeadlineError) return hangs[source.kind];
  if (CONNECTION.test(words) && isRemote(source)) return unreachable;
  if (/not authorized|AccessDenied/i.test(words)) return denied;
  if (/MultiFactor|one.time pass ?code/i.test(words))
    return 'Wait for the next code of the device, and start again.';
  if (/expired/i.test(words) && source.kind === 'assume-role')
    return 'Renew the credentials of its source profile.';
  return hints(source);
}

const isRemote = ({ kind }: Source) => ['sso', 'login', 'assume-role', 'web-identity'].includes(kind);

const unreachable =
  'Check the region and whether this machine can reach AWS (DNS, VPN, HTTPS_PROXY), then start again.';
const denied = "Check the role's trust policy, and that its source may call sts:AssumeRole.";
const SLOW = 'Start again; `credentialTimeoutMs` sets how long to wait.';

const hangs: Readonly<Record<Source['kind'], string>> = {
  environment: SLOW,
  keys: SLOW,
  process: `Run the profile's credential_process by itself: it may wait for input. ${SLOW}`,
  sso: `Check whether this machine can reach AWS (DNS, VPN, HTTPS_PROXY). ${SLOW}`,
  login: `Check whether this machine can reach AWS (DNS, VPN, HTTPS_PROXY). ${SLOW}`,
  'web-identity': `Check whether this machine can reach STS (DNS, VPN, HTTPS_PROXY). ${SLOW}`,
  'assume-role': `Check whether this machine can reach STS (DNS, VPN, HTTPS_PROXY). ${SLOW}`,
  container: `Check AWS_CONTAINER_CREDENTIALS_FULL_URI. ${SLOW}`,
  instance: `Name a profile with \`profile\` if this machine has no role. ${SLOW}`,
};

function hints(source: Source): string {
  const profile = 'profile' in source && source.profile !== undefined ? printable(source.profile) : '';
  switch (source.kind) {
    case 'sso':
      return `Run "aws sso login --profile ${profile}", then start again.`;
    case 'login':
      return `Run "aws login --profile ${profile}", then start again.`;
    case 'process':
      return `The profile's credential_process says why; run it by itself, then start again.`;
    case 'assume-role':
      return `Check the profile: "aws sts get-caller-identity --profile ${profile}".`;
    case 'web-identity':
      return 'Check the token file and the role that it is for (AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN).';
    case 'container':
      return 'Check the role of the task or pod, and AWS_CONTAINER_CREDENTIALS_FULL_URI or _RELATIVE_URI.';
    case 'instance':
      return 'No profile and no keys were named. Name a profile with `profile` or AWS_PROFILE (if it uses SSO, run "aws sso login" first), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.';
    default:
      return 'Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.';
  }
}
