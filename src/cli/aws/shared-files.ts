/** The files that AWS's tools share. */

/** By the names of profiles; other sections have the kind in front, as in `services.local`. */
export type Sections = Readonly<Record<string, Readonly<Record<string, string | undefined>> | undefined>>;

export interface SharedFiles {
  readonly configFile: Sections;
  readonly credentialsFile: Sections;
}

/** What they hold; one that cannot be read holds nothing. */
export async function readSharedFiles(): Promise<SharedFiles> {
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  return loadSharedConfigFiles();
}
