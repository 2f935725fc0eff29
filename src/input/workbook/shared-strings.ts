/** The texts that cells share, by their number. */
import type { Archive } from './archive.js';
import { unescaped } from './cell-text.js';
import { tooLargePart } from './workbook-errors.js';
import { readXml } from './xml.js';

/** Bytes of the part. A million users with five texts each take some 200 MiB. */
const MOST = 512 * 1024 ** 2;
const MOST_STRINGS = 10_000_000;

/** Kept as bytes: as strings of V8 they would take twice the memory and more. */
export class SharedStrings {
  #bytes: Buffer = Buffer.allocUnsafe(64 * 1024);
  #length = 0;
  readonly #ends: number[] = [];

  /** @throws InputError if the part cannot be read or is too large */
  static async read(archive: Archive, path: string | undefined): Promise<SharedStrings> {
    const strings = new SharedStrings();
    if (path === undefined || !archive.has(path)) return strings;
    const text = new RichText();
    await readXml(archive.part(path, MOST), {
      open: (name) => {
        if (name === 'si') text.clear();
        else text.open(name);
      },
      text: (piece) => text.add(piece),
      close: (name) => {
        if (name === 'si') strings.#add(unescaped(text.value));
        else text.close(name);
      },
    });
    return strings;
  }

  /** Undefined if there is none of this number. */
  at(index: number): string | undefined {
    const end = this.#ends[index];
    return end === undefined
      ? undefined
      : this.#bytes.toString('utf8', index === 0 ? 0 : this.#ends[index - 1], end);
  }

  #add(text: string): void {
    if (this.#ends.length >= MOST_STRINGS) throw tooLargePart('more than 10 million texts');
    const most = this.#length + 3 * text.length;
    if (most > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(2 * most);
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    this.#length += this.#bytes.write(text, this.#length);
    this.#ends.push(this.#length);
  }
}

/** A text in runs of different looks; what says how it is read out (Japanese furigana) is no part of it. */
export class RichText {
  value = '';
  #inText = false;
  #phonetic = 0;

  clear(): void {
    this.value = '';
  }

  open(name: string): void {
    if (name === 'rPh') this.#phonetic += 1;
    this.#inText = name === 't' && this.#phonetic === 0;
  }

  add(text: string): void {
    if (this.#inText) this.value += text;
  }

  close(name: string): void {
    if (name === 'rPh') this.#phonetic -= 1;
    this.#inText = false;
  }
}
