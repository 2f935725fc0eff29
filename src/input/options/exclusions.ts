/** The option `exclude`: users that are never changed. Types only. */

/** A username of the list. */
export interface NamedUser {
  readonly username: string;
  readonly line: number;
  /** The user ID that the same line gives. */
  readonly userId?: string;
}

/** A list against the network: what is wrong with it. */
export interface ExclusionFaults {
  /** The lines whose usernames nobody has. */
  readonly names: readonly number[];
  /** The lines whose user IDs nobody has. */
  readonly userIds: readonly number[];
  /** The lines with the user ID of one user and the username of another. */
  readonly mixed: readonly number[];
}

/** What became of a list's users in the network. */
export interface FoundExclusions {
  /** The file's name without its folder. */
  readonly list: string;
  /** Users of whom the list has the username alone. */
  readonly names: number;
  /** How many of those names somebody in the network has. */
  readonly found: number;
  /** Users of whom the list has the user ID. */
  readonly userIds: number;
  /** How many of those IDs somebody in the network has; undefined if nobody has looked, as with `excludeMissing` allow. */
  readonly foundIds: number | undefined;
  /** The lines of the others, and of user IDs that nobody has, if these are looked for. */
  readonly missingLines: readonly number[];
}

/** The users of a list. */
export interface Exclusions {
  /** User ID → the first line that has it. */
  readonly userIds: ReadonlyMap<string, number>;
  /** Without case, as `folded` makes them. */
  readonly usernames: ReadonlySet<string>;
  /** The same, as they are written: only the network can tell who they are, and whether that is who the user ID says. */
  readonly named: readonly NamedUser[];
  /** The file's name without its folder, safe to be shown. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Of all bytes of the file, in hex. */
  readonly sha256: string;
}
