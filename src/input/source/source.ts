/** The bytes of an input, to be read as often as needed. */
import type { FileFormat, Format, FormatOptions } from './format.js';
import type { LineMap } from './line-map.js';

/** A regular file that stays open until `close`: every pass reads the same file, even if another one gets its name. */
export interface Source {
  /** The file's name without its folder, or `stdin`. */
  readonly name: string;
  /** Absolute. For standard input, the path of the copy. */
  readonly path: string;
  /** Of the rows. */
  readonly format: Format;
  /** Of the file. */
  readonly fileFormat: FileFormat;
  /** The delimiter that the name tells: a tab for `.tsv`. */
  readonly delimiter?: string;
  /** Bytes of the file when it was opened. */
  readonly size: number;
  /** Of the file, such as `utf-8` or `windows-1252`. */
  readonly encoding: string;
  /** Whether `chunks` are those of a copy, made of the file. */
  readonly isCopy: boolean;
  /** The line of the file that each line of the copy starts on, if it is another. */
  readonly lines?: LineMap;
  /** Length of the byte order mark in UTF-8, 0 without one. */
  readonly bomLength: number;
  /**
   * All of it in UTF-8, with the byte order mark; can be called again.
   *
   * @throws InputError if the file has become shorter
   */
  chunks(): AsyncIterable<Buffer>;
  /** The bytes of `chunks` from offset `start` to just before `end`. @throws ChangedInputError as `originals` does */
  slice(start: number, end: number): Promise<Buffer>;
  /**
   * The same part, byte for byte as the file has it, in pieces; of a file that is compressed, a list in JSON or a workbook,
   * as the copy has it. The part must not cut a character.
   *
   * @throws ChangedInputError if it is no longer there, or is another than when it was first read
   */
  originals(start: number, end: number): AsyncIterable<Buffer>;
  /** SHA-256 of the file's own bytes, in hex; reads all of them. @throws InputError if the file has become shorter */
  sha256(): Promise<string>;
  /** Whether the file at `path` still has the size, the times and the inode that it was opened with. */
  unchanged(): Promise<boolean>;
  close(): Promise<void>;
}

/** How an input is to be opened. */
export interface SourceOptions extends FormatOptions {
  /** As InputOptions has it. */
  readonly encoding?: string | undefined;
  /** Of a workbook: the name of the sheet. Default: the first one that is not hidden. */
  readonly sheet?: string | undefined;
  /** As InputOptions has it. */
  readonly skipRows?: number | undefined;
  /** Aborts the making of a copy, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}
