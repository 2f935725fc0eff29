/** The option `exclude`: users that are never changed. Types only. */

/** A username of the list. */
export interface NamedUser {
  readonly username: string;
  readonly line: number;
}

/** What became of a list's usernames in the network. */
export interface FoundExclusions {
  /** The file's name without its folder. */
  readonly list: string;
  /** Users of whom the list has the username alone. */
  readonly names: number;
  /** How many of those names somebody in the network has. */
  readonly found: number;
  /** The lines of the others. */
  readonly missingLines: readonly number[];
}

/** The users of a list. */
export interface Exclusions {
  readonly userIds: ReadonlySet<string>;
  /** Without case, as `folded` makes them. */
  readonly usernames: ReadonlySet<string>;
  /**
   * Those of whom the list has the username alone, so that only the network can tell who they are. Without case → as it
   * is written, and the first line that has it.
   */
  readonly namedOnly: ReadonlyMap<string, NamedUser>;
  /** The file's name without its folder, safe to be shown. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Of all bytes of the file, in hex. */
  readonly sha256: string;
}
