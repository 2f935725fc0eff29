/** A zip archive whose parts are read one by one. What it says of itself is not believed: sizes and checksums are looked at. */
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import { WickrBulkError } from '../../errors.js';
import { damagedWorkbook, encryptedPart, tooLargePart } from './workbook-errors.js';

/** Bytes of which any part can be read. */
export interface Bytes {
  /** How many. */
  readonly size: number;
  originals(start: number, end: number): AsyncIterable<Buffer>;
}

class Reader extends yauzl.RandomAccessReader {
  readonly #bytes: Bytes;

  constructor(bytes: Bytes) {
    super();
    this.#bytes = bytes;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    // Where a part stands is the archive's own word.
    const isThere = start >= 0 && start <= end && end <= this.#bytes.size;
    return Readable.from(isThere ? this.#bytes.originals(start, end) : nowhere(), { objectMode: false });
  }
}

// biome-ignore lint/correctness/useYield: there is nothing to give
async function* nowhere(): AsyncGenerator<Buffer> {
  throw damagedWorkbook('it is cut off');
}

/** A workbook has some twenty parts, and a few for each sheet. */
const MOST_PARTS = 10_000;

export class Archive {
  readonly #zip: yauzl.ZipFile;
  /** By name in lower case: names of parts differ in more than case. */
  readonly #entries: ReadonlyMap<string, yauzl.Entry>;

  private constructor(zip: yauzl.ZipFile, entries: ReadonlyMap<string, yauzl.Entry>) {
    this.#zip = zip;
    this.#entries = entries;
  }

  /** @throws InputError if the archive's list of parts cannot be read */
  static async open(bytes: Bytes): Promise<Archive> {
    try {
      const options = { lazyEntries: true, autoClose: false };
      const zip = await yauzl.fromRandomAccessReaderPromise(new Reader(bytes), bytes.size, options);
      const entries = new Map<string, yauzl.Entry>();
      for await (const entry of zip.eachEntry()) {
        const name = entry.fileName.toLowerCase();
        // Which of the two is meant, each program may take otherwise.
        if (entries.has(name)) throw damagedWorkbook('it has two parts of the same name');
        if (entries.size >= MOST_PARTS) throw tooLargePart(`more than ${MOST_PARTS} parts`);
        entries.set(name, entry);
      }
      return new Archive(zip, entries);
    } catch (cause) {
      throw asDamage(cause);
    }
  }

  get names(): Iterable<string> {
    return this.#entries.keys();
  }

  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase());
  }

  /**
   * The part's bytes, unpacked.
   *
   * @param most bytes that it may have
   * @throws InputError if there is no such part, it has more bytes, is encrypted or damaged
   */
  async *part(name: string, most: number): AsyncGenerator<Buffer, void, undefined> {
    const entry = this.#entries.get(name.toLowerCase());
    if (entry === undefined) throw damagedWorkbook('a part of it is missing');
    if (entry.isEncrypted()) throw encryptedPart();
    if (entry.uncompressedSize > most) throw tooLarge(most);
    try {
      const stream = await this.#zip.openReadStreamPromise(entry);
      let length = 0;
      let sum = 0;
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        length += chunk.length;
        // Packed a thousand to one, a few MB fill a disk. The archive's own word on a size may be a lie.
        if (length > most) throw tooLarge(most);
        sum = crc32(chunk, sum);
        yield chunk;
      }
      if (sum !== entry.crc32) throw damagedWorkbook('the checksum of a part is wrong');
    } catch (cause) {
      throw asDamage(cause);
    }
  }
}

const tooLarge = (most: number) => tooLargePart(`a part of more than ${most / 1024 ** 2} MiB`);

/** What is no error of this program's own, nor one of the disk, is the archive's. */
function asDamage(cause: unknown): unknown {
  const code: unknown = (cause as NodeJS.ErrnoException).code;
  const isDisk = code !== undefined && !String(code).startsWith('Z_');
  if (cause instanceof WickrBulkError || isDisk) return cause;
  return damagedWorkbook('it is cut off, or no sound zip archive', cause);
}
