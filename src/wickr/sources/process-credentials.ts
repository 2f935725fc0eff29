/** The `credential_process` of a profile: a command that prints credentials as JSON. */
import { exec } from 'node:child_process';
import type { Credentials } from '../credentials.js';

/** Characters of output that are read at most. */
const MOST_OUTPUT = 1024 * 1024;

/** What the process came to, if not to credentials. `message` holds the last line of what it said. */
export class ProcessError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/**
 * Runs the command in the system's shell, as the AWS SDKs do. It is killed when the signal is aborted.
 *
 * @throws ProcessError
 */
export async function runCredentialProcess(command: string, signal: AbortSignal): Promise<Credentials> {
  const stdout = await new Promise<string>((resolve, reject) => {
    const options = { signal, killSignal: 'SIGKILL', maxBuffer: MOST_OUTPUT, windowsHide: true } as const;
    const child = exec(command, options, (error, out, err) => {
      if (error) reject(new ProcessError(endOf(error, err), { cause: error }));
      else resolve(out);
    });
    child.stdin?.end();
  });
  return credentialsIn(stdout);
}

function endOf({ code, signal }: { code?: unknown; signal?: unknown }, stderr: string): string {
  const last = stderr.trim().split(/\r?\n/).at(-1) ?? '';
  const how = typeof code === 'number' ? `ended with ${code}` : `ended by ${String(signal ?? code)}`;
  return last === '' ? how : `${how}: ${last}`;
}

/** The form is that of "Sourcing credentials with an external process" in the AWS CLI's user guide. */
function credentialsIn(stdout: string): Credentials {
  const { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration, AccountId } = jsonIn(stdout);
  if (Version !== 1) throw new ProcessError('what it printed has no "Version": 1');
  if (!isText(AccessKeyId) || !isText(SecretAccessKey))
    throw new ProcessError('what it printed has no AccessKeyId or no SecretAccessKey');
  const expiration = isText(Expiration) ? new Date(Expiration) : undefined;
  if (expiration && Number.isNaN(expiration.getTime()))
    throw new ProcessError('what it printed has an Expiration that is no time');
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(isText(SessionToken) && { sessionToken: SessionToken }),
    ...(expiration && { expiration }),
    ...(isText(AccountId) && { accountId: AccountId }),
  };
}

function jsonIn(stdout: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(stdout);
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // The parser's message repeats what it read, which may be a secret.
  }
  throw new ProcessError('what it printed is no JSON object');
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
