/** The option `exclude`: users that are never changed. Types only. */

/** The users of a list. */
export interface Exclusions {
  readonly userIds: ReadonlySet<string>;
  /** Without case, as `folded` makes them. */
  readonly usernames: ReadonlySet<string>;
  /** Whether the list has the user ID of everybody in it. */
  readonly complete: boolean;
  /** The file's name without its folder, safe to be shown. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Of all bytes of the file, in hex. */
  readonly sha256: string;
}
