/** The bytes of an input, to be read as often as needed. */
import type { Format, FormatOptions } from './format.js';

/** A regular file, open until `close`; every pass over it reads the same file, also when its name is given to another. */
export interface Source {
  /** The file's name without its folder, or `stdin`. */
  readonly name: string;
  /** Absolute. For standard input that of the copy. */
  readonly path: string;
  readonly format: Format;
  /** The delimiter that the name tells: a tab for `.tsv`. */
  readonly delimiter?: string;
  /** Bytes of the file, when it was opened. */
  readonly size: number;
  /** Of the file, such as `utf-8` or `windows-1252`. */
  readonly encoding: string;
  /** Length in UTF-8 of the byte order mark, 0 without one. */
  readonly mark: number;
  /**
   * All of it in UTF-8, from the first byte, byte order mark included; can be called again. Throws InputError where
   * the file has become shorter.
   */
  chunks(): AsyncIterable<Buffer>;
  /** Of the bytes of `chunks`, those from offset `start` to just before `end`. Throws InputError where they are not there any more. */
  slice(start: number, end: number): Promise<Buffer>;
  /** The same stretch, which cuts no character, as the file has it, byte for byte; in pieces. Throws like `slice`. */
  originals(start: number, end: number): AsyncIterable<Buffer>;
  /** SHA-256 of the file's own bytes, in hex; reads all of them. Throws InputError where the file has become shorter. */
  sha256(): Promise<string>;
  /** Whether the file at `path` still has the size, modification time and inode that it was opened with. */
  unchanged(): Promise<boolean>;
  close(): Promise<void>;
}

/** How an input is to be opened. */
export interface SourceOptions extends FormatOptions {
  /** As InputOptions has it. */
  readonly encoding?: string | undefined;
  /** Stops the transcoding of a file that is not in UTF-8, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}
