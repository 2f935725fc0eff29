/** A source that is read from a copy: the file is in another encoding than UTF-8, compressed, a list in JSON or a workbook. */
import { StringDecoder } from 'node:string_decoder';
import type { Encoding } from './encoding.js';
import type { FileFormat, Format } from './format.js';
import type { LineMap } from './line-map.js';
import type { Source } from './source.js';

/** How the copy came about. */
export interface Derivation {
  /** The encoding of the file, which is that of its rows when they are copied. */
  readonly encoding?: Encoding;
  /** The line of the file that each line of the copy starts on. */
  readonly lines?: LineMap;
  /** The delimiter of the copy. */
  readonly delimiter?: string;
}

/** Describes the original file; offsets are those of the copy. */
export class DerivedSource implements Source {
  readonly name: string;
  readonly path: string;
  readonly format: Format;
  readonly fileFormat: FileFormat;
  declare readonly delimiter?: string;
  readonly size: number;
  readonly encoding: string;
  readonly bomLength: number;
  readonly isCopy = true;
  declare readonly lines?: LineMap;
  readonly #original: Source;
  readonly #copy: Source;
  readonly #encoding: Encoding | undefined;

  constructor(
    original: Source,
    copy: Source,
    { encoding, lines, delimiter = copy.delimiter }: Derivation = {},
  ) {
    this.name = original.name;
    this.path = original.path;
    this.format = copy.format;
    this.fileFormat = original.fileFormat;
    if (delimiter !== undefined) this.delimiter = delimiter;
    this.size = original.size;
    this.encoding = encoding?.name ?? copy.encoding;
    this.bomLength = copy.bomLength;
    const known = lines ?? copy.lines;
    if (known !== undefined) this.lines = known;
    this.#original = original;
    this.#copy = copy;
    this.#encoding = encoding;
  }

  chunks(): AsyncIterable<Buffer> {
    return this.#copy.chunks();
  }

  slice(start: number, end: number): Promise<Buffer> {
    return this.#copy.slice(start, end);
  }

  async *originals(start: number, end: number): AsyncGenerator<Buffer, void, undefined> {
    if (this.#encoding === undefined) {
      yield* this.#copy.originals(start, end);
      return;
    }
    const decoder = new StringDecoder('utf8');
    const encoder = this.#encoding.encoder();
    for await (const piece of this.#copy.originals(start, end)) yield encoder.write(decoder.write(piece));
    const rest = encoder.end();
    if (rest !== undefined) yield rest;
  }

  sha256(): Promise<string> {
    return this.#original.sha256();
  }

  unchanged(): Promise<boolean> {
    return this.#original.unchanged();
  }

  async close(): Promise<void> {
    await this.#original.close();
    await this.#copy.close();
  }
}
