/** AWS's shared config files, as they are now: they are read at each call. */
import { readFile } from 'node:fs/promises';
import { devNull, homedir } from 'node:os';
import { join } from 'node:path';
import { loadSharedConfigFiles } from '@smithy/core/config';
import { CredentialsError } from '../../errors.js';
import { printable } from '../../text/printable.js';

/** AWS's variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Sections by name; one of `config` that is no profile is called `sso-session.NAME`. */
export type Sections = Readonly<Record<string, Readonly<Record<string, string | undefined>> | undefined>>;

/** What the two files say. A file that is not there says nothing. */
export interface SharedFiles {
  readonly config: Sections;
  readonly credentials: Sections;
}

/** Where the files are: as the AWS CLI looks for them. */
export function sharedFilePaths(env: Environment): { configFilepath: string; filepath: string } {
  const home = env.HOME || env.USERPROFILE || systemHome() || devNull;
  const inHome = (path: string) => (path.startsWith('~/') ? join(home, path.slice(2)) : path);
  return {
    configFilepath: inHome(env.AWS_CONFIG_FILE || join(home, '.aws', 'config')),
    filepath: inHome(env.AWS_SHARED_CREDENTIALS_FILE || join(home, '.aws', 'credentials')),
  };
}

/** A user whom the system does not know has none, and so no files. */
function systemHome(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

/** @throws CredentialsError if a file is there and cannot be read: nobody knows which source it names */
export async function readSharedFiles(env: Environment): Promise<SharedFiles> {
  const named = env.AWS_CONFIG_FILE || env.AWS_SHARED_CREDENTIALS_FILE;
  // The parser asks for a home in any case.
  if (!(env.HOME || env.USERPROFILE || systemHome())) {
    if (named) throw noHome();
    return { config: {}, credentials: {} };
  }
  const paths = sharedFilePaths(env);
  // The parser takes a file that it cannot read for an empty one.
  await Promise.all(Object.values(paths).map(refuseUnreadable));
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ...paths, ignoreCache: true });
  return { config: configFile, credentials: credentialsFile };
}

const noHome = () =>
  new CredentialsError(
    "AWS's shared files cannot be read: HOME is not set, and the system knows no home folder for this user",
    'Set HOME.',
  );

const ABSENT = new Set(['ENOENT', 'ENOTDIR']);

async function refuseUnreadable(path: string): Promise<void> {
  try {
    await readFile(path);
  } catch (cause) {
    const { code = 'unknown reason' } = cause as NodeJS.ErrnoException;
    if (ABSENT.has(code)) return;
    throw new CredentialsError(
      `${printable(path)} is there and cannot be read (${code}), so it is not known which credentials it names`,
      'Check its owner and its mode.',
      { cause },
    );
  }
}
