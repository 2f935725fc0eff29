/** The files that AWS's tools share. */

/** By the names of profiles; other sections have the kind in front, as in `services.local`. */
export type Sections = Readonly<Record<string, Readonly<Record<string, string | undefined>> | undefined>>;

export interface SharedFiles {
  readonly configFile: Sections;
  readonly credentialsFile: Sections;
}

/** What they hold. @throws CredentialsError if one is there and cannot be read */
export async function readSharedFiles(env: NodeJS.ProcessEnv): Promise<SharedFiles> {
  // Loaded only now: a command that sends nothing never needs it.
  const files = await import('../../wickr/sources/shared-files.js');
  const { config, credentials } = await files.readSharedFiles(env);
  return { configFile: config, credentialsFile: credentials };
}
