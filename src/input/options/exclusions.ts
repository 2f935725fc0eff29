/** `--exclude FILE`: users that are never to be changed. */

/** The users of a list. */
export interface Exclusions {
  readonly userIds: ReadonlySet<string>;
  /** As `folded` makes them. */
  readonly usernames: ReadonlySet<string>;
  /** Whether the list tells the user ID of everybody in it. */
  readonly complete: boolean;
  /** The file's name without its folder, fit to be shown. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Of all bytes of the file, in hex. */
  readonly sha256: string;
}
