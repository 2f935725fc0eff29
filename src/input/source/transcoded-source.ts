/** A source in another encoding than UTF-8, read from a copy in UTF-8. */
import { StringDecoder } from 'node:string_decoder';
import type { Encoding } from './encoding.js';
import type { FileSource } from './file-source.js';
import type { Format } from './format.js';
import type { Source } from './source.js';

/** Describes the original file; offsets are those of the copy. */
export class TranscodedSource implements Source {
  readonly name: string;
  readonly path: string;
  readonly format: Format;
  declare readonly delimiter?: string;
  readonly size: number;
  readonly encoding: string;
  readonly bomLength: number;
  readonly #original: FileSource;
  readonly #copy: FileSource;
  readonly #encoding: Encoding;

  constructor(original: FileSource, copy: FileSource, encoding: Encoding) {
    this.name = original.name;
    this.path = original.path;
    this.format = original.format;
    if (original.delimiter !== undefined) this.delimiter = original.delimiter;
    this.size = original.size;
    this.encoding = encoding.name;
    this.bomLength = original.bomLength;
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
