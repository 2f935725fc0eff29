/** A list in JSON, or objects one behind the other, as JSONL: cut at the objects' ends, in one pass over the bytes. */
import { InputError } from '../../errors.js';
import { MAX_RECORD, recordTooLong } from './source-errors.js';

const [LF, CR, SPACE, TAB] = [10, 13, 32, 9];
const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [34, 92, 44, 91, 93, 123, 125];
/** In place of a line end within a string: no JSON has it there, and none has a line end either. */
const NOT_JSON = 1;
/** Bytes given out at once. */
const BLOCK = 64 * 1024;

/**
 * The items of the list, or the objects, each on a line of its own. A piece is overwritten when the next is asked for.
 *
 * @param chunks the file in UTF-8
 * @param onItem told of the line that each item starts on
 * @throws InputError with a line if the list does not end, or has more behind its end
 */
export async function* toJsonLines(
  chunks: AsyncIterable<Buffer>,
  onItem: (line: number) => void,
): AsyncGenerator<Buffer, void, undefined> {
  const cutter = new ItemCutter(onItem);
  for await (const chunk of chunks) {
    cutter.add(chunk);
    if (cutter.size < BLOCK) continue;
    yield cutter.whole;
    cutter.drop();
  }
  cutter.end();
  yield cutter.whole;
}

class ItemCutter {
  readonly #onItem: (line: number) => void;
  #out = Buffer.allocUnsafe(2 * BLOCK);
  #length = 0;
  /** Where the item that is not at its end yet begins in what was written; -1 between two. */
  #start = -1;
  #line = 1;
  #startLine = 1;
  #afterCr = false;
  /** Open brackets within the item. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  #shape: 'unknown' | 'list' | 'objects' | 'ended' = 'unknown';
  /** Whether an item has to come before the next comma or the end of the list. */
  #needsItem = false;
  #isFirst = true;

  constructor(onItem: (line: number) => void) {
    this.#onItem = onItem;
  }

  /** Bytes of whole items. */
  get size(): number {
    return this.#start === -1 ? this.#length : this.#start;
  }

  /** The lines of the whole items. */
  get whole(): Buffer {
    return this.#out.subarray(0, this.size);
  }

  /** Makes room for more: not before the whole items have been taken. */
  drop(): void {
    const { size } = this;
    this.#out.copyWithin(0, size, this.#length);
    this.#length -= size;
    if (this.#start !== -1) this.#start = 0;
  }

  add(chunk: Buffer): void {
    this.#reserve(2 * chunk.length + 2);
    for (const byte of chunk) {
      if (this.#inString) this.#string(byte);
      else this.#outside(byte);
    }
    if (this.#start !== -1 && this.#length - this.#start > MAX_RECORD) throw recordTooLong(this.#startLine);
  }

  end(): void {
    if (this.#shape === 'list')
      throw new InputError('the list that starts here does not end', cutOff, { line: this.#firstLine });
    if (this.#start !== -1) this.#close();
  }

  #firstLine = 1;

  #string(byte: number): void {
    if (byte === LF || byte === CR) {
      this.#countLine(byte);
      this.#write(NOT_JSON);
      return;
    }
    this.#write(byte);
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#inString = false;
  }

  #outside(byte: number): void {
    if (byte === LF || byte === CR) this.#countLine(byte);
    if (byte === LF || byte === CR || byte === SPACE || byte === TAB) {
      if (this.#start === -1) return;
      // Blanks part what they stand between, so one of them stays.
      if (this.#out[this.#length - 1] !== SPACE) this.#write(SPACE);
      if (this.#depth === 0 && this.#shape === 'objects') this.#close();
      return;
    }
    this.#afterCr = false;
    if (this.#isFirst && this.#mark(byte)) return;
    if (this.#start === -1 && this.#between(byte)) return;
    this.#inItem(byte);
  }

  /** Whether the byte is one of a byte order mark. */
  #mark(byte: number): boolean {
    if (byte === 0xef || byte === 0xbb) return true;
    this.#isFirst = false;
    return byte === 0xbf;
  }

  /** Whether the byte stands between two items. */
  #between(byte: number): boolean {
    if (this.#shape === 'unknown') {
      this.#firstLine = this.#line;
      this.#shape = byte === OPEN_LIST ? 'list' : 'objects';
      if (byte === OPEN_LIST) return true;
    }
    if (this.#shape === 'ended') throw this.#fault('something stands behind the end of the list', oneList);
    if (this.#shape === 'objects') {
      if (byte === COMMA) throw this.#fault('a comma parts objects that are in no list', inBrackets);
    } else if (byte === CLOSE_LIST) {
      if (this.#needsItem) throw this.#fault('a comma stands before the end of the list', noComma);
      this.#shape = 'ended';
      return true;
    } else if (byte === COMMA) {
      throw this.#fault('a comma stands where an object should', noComma);
    }
    this.#start = this.#length;
    this.#startLine = this.#line;
    this.#onItem(this.#line);
    return false;
  }

  #inItem(byte: number): void {
    if (this.#depth === 0 && this.#shape === 'list' && (byte === COMMA || byte === CLOSE_LIST)) {
      this.#close();
      this.#needsItem = byte === COMMA;
      if (byte === CLOSE_LIST) this.#shape = 'ended';
      return;
    }
    this.#write(byte);
    if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN || byte === OPEN_LIST) this.#depth += 1;
    else if (byte === CLOSE || byte === CLOSE_LIST) {
      this.#depth -= 1;
      if (this.#depth <= 0 && this.#shape === 'objects') this.#close();
    }
  }

  #close(): void {
    this.#write(LF);
    this.#start = -1;
    this.#depth = 0;
    this.#needsItem = false;
  }

  #countLine(byte: number): void {
    if (byte === CR || !this.#afterCr) this.#line += 1;
    this.#afterCr = byte === CR;
  }

  #write(byte: number): void {
    this.#out[this.#length++] = byte;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#out.length) return;
    const grown = Buffer.allocUnsafe(2 * (this.#length + more));
    this.#out.copy(grown, 0, 0, this.#length);
    this.#out = grown;
  }

  #fault(message: string, hint: string): InputError {
    return new InputError(message, hint, { line: this.#line });
  }
}

const cutOff = 'Was the file cut off? A list begins with [ and ends with ].';
const oneList = 'Give a file with one list of users, or with one object a user.';
const inBrackets = 'Write [ before the first object and ] behind the last one, or take the commas away.';
const noComma = 'Take the comma away, or put the object there that is missing.';
