/**
 * Sessions of roles that ask for a second factor, kept as the AWS CLI keeps them, so that one code does for both: a file
 * below `~/.aws/cli/cache` whose name is a hash of what the role was asked for (botocore's `AssumeRoleCredentialFetcher`
 * and `JSONFileCache`).
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { replaceFile } from '../../disk.js';
import type { Credentials } from '../credentials.js';
import type { Environment } from './shared-files.js';
import type { Role } from './source.js';

/** A session with less time left than that is asked for anew, ms. The AWS CLI's own value. */
const LEAST_LEFT = 15 * 60_000;

/** The AWS CLI looks for it in the home folder, whatever AWS_CONFIG_FILE says. */
export function sessionPath(role: Role, env: Environment): string {
  const home = env.HOME || env.USERPROFILE || homedir();
  return join(home, '.aws', 'cli', 'cache', `${cacheKey(role)}.json`);
}

/** SHA-1 of the request as Python's `json.dumps(…, sort_keys=True)` writes it, without a generated session name. */
export function cacheKey({ arn, sessionName, externalId, duration, mfaSerial }: Role): string {
  const members: [string, string | number | undefined][] = [
    ['DurationSeconds', duration],
    ['ExternalId', externalId],
    ['RoleArn', arn],
    ['RoleSessionName', sessionName],
    ['SerialNumber', mfaSerial],
  ];
  const text = members
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `"${name}": ${asciiJson(value)}`)
    .join(', ');
  return createHash('sha1').update(`{${text}}`).digest('hex');
}

/** Python escapes what is not ASCII. */
const asciiJson = (value: string | number | undefined): string =>
  JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** The session that is kept, if it lasts for a while yet. */
export async function keptSession(path: string, now: number): Promise<Credentials | undefined> {
  try {
    const { Credentials: kept } = JSON.parse(await readFile(path, 'utf8')) as {
      Credentials: Record<string, string | undefined>;
    };
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration = '', AccountId } = kept;
    // The AWS CLI writes "UTC" or an offset behind the time.
    const expiration = new Date(Expiration.replace(/UTC$/, 'Z'));
    if (!AccessKeyId || !SecretAccessKey || !SessionToken) return undefined;
    if (!(expiration.getTime() - now >= LEAST_LEFT)) return undefined;
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration,
      ...(AccountId && { accountId: AccountId }),
    };
  } catch {
    return undefined;
  }
}

/** Keeps a session, for its owner alone. A disk that does not take it costs another code next time, and no more. */
export async function keepSession(path: string, credentials: Credentials): Promise<void> {
  const { accessKeyId, secretAccessKey, sessionToken, expiration, accountId } = credentials;
  const text = JSON.stringify({
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiration?.toISOString().replace(/\.\d+Z$/, 'UTC'),
      ...(accountId !== undefined && { AccountId: accountId }),
    },
  });
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await replaceFile(path, (file) => file.writeFile(text));
  } catch {
    // Nothing is lost.
  }
}
