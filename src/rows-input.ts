/** Forms in which a program can give the rows of an input. Types only. */

/**
 * What one row asks for: a change to one user. Whatever is missing or undefined stays as it is. The meaning of each
 * member, and what is valid, is that of the column of the same name in a file.
 */
export interface UserUpdate {
  /** Eight digits, the same in every row. May be left out if the `networkId` option is given. */
  readonly networkId?: string | undefined;
  /** Up to ten digits; a leading zero counts. */
  readonly userId?: string | undefined;
  /** The username that the user has now, beside `userId` or in its place; it is looked up before anything is sent. */
  readonly lookupUsername?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly username?: string | undefined;
  /** The IDs of all groups that the user is to be in. */
  readonly securityGroupIds?: readonly string[] | undefined;
  /** In the place of `securityGroupIds`: the groups' names, which are looked up. */
  readonly securityGroupNames?: readonly string[] | undefined;
  /** For preview networks only, as are the two that follow. */
  readonly inviteCode?: string | undefined;
  /** Days. */
  readonly inviteCodeTtl?: number | undefined;
  readonly codeValidation?: boolean | undefined;
}

/** The part of a Web `ReadableStream` of bytes that is used, whoever declares its type. */
export interface ByteStream {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
    cancel(reason?: unknown): Promise<unknown>;
  };
}

/**
 * The rows of an input: the path of a file, a stream of a file's bytes (a Node.js `Readable`, a Web `ReadableStream` or
 * anything else that iterates over bytes), or rows as objects.
 *
 * What is no file is copied first, since an input is read more than once: into the run's folder, so that the run can
 * be resumed, or without a run to a temporary file. Objects are copied as JSONL; the object with the index `n` is row and
 * line `n + 1` in reports and problems.
 */
export type RowsInput =
  | string
  | AsyncIterable<Uint8Array>
  | ByteStream
  | Iterable<UserUpdate>
  | AsyncIterable<UserUpdate>;
