/** Which users stand in an input twice, at 8 bytes a row: the whole file cannot be held, and a Set of texts neither. */
import type { UserWatch } from './draft.js';

/** The user ID as a number, `007` apart from `7`: a 1 is put before its digits. */
function asNumber(userId: string): number {
  let number = 1;
  for (let at = 0; at < userId.length; at++) number = number * 10 + (userId.charCodeAt(at) - ZERO);
  return number;
}

const ZERO = 48;
const BUCKETS = 251;
const CHUNK = 512;

/** One share of the IDs: full chunks and the one that is being filled. */
interface Bucket {
  readonly chunks: Float64Array[];
  used: number;
}

/** The first look: collects every user. */
export class SeenUsers implements UserWatch {
  readonly #buckets: Bucket[] = Array.from({ length: BUCKETS }, () => ({ chunks: [], used: CHUNK }));

  see(userId: string): undefined {
    const number = asNumber(userId);
    const bucket = this.#buckets[number % BUCKETS] as Bucket;
    if (bucket.used === CHUNK) {
      bucket.chunks.push(new Float64Array(CHUNK));
      bucket.used = 0;
    }
    (bucket.chunks.at(-1) as Float64Array)[bucket.used++] = number;
  }

  /** The users that were seen more than once, ready for the second look. Forgets everything else. */
  repeated(): RepeatedUsers {
    const repeated: number[] = [];
    const longest = Math.max(...this.#buckets.map(({ chunks }) => chunks.length));
    const scratch = new Float64Array(longest * CHUNK);
    for (const bucket of this.#buckets) {
      const numbers = sorted(bucket, scratch);
      for (let at = 1; at < numbers.length; at++) {
        if (numbers[at] === numbers[at - 1] && numbers[at] !== repeated.at(-1))
          repeated.push(numbers[at] as number);
      }
      bucket.chunks.length = 0;
      bucket.used = CHUNK;
    }
    return new RepeatedUsers(Float64Array.from(repeated).sort());
  }
}

function sorted({ chunks, used }: Bucket, scratch: Float64Array): Float64Array {
  for (const [index, chunk] of chunks.entries()) scratch.set(chunk, index * CHUNK);
  const unused = chunks.length === 0 ? 0 : CHUNK - used;
  return scratch.subarray(0, chunks.length * CHUNK - unused).sort();
}

/** The second look: finds the lines on which the repeated users stand. */
export class RepeatedUsers implements UserWatch {
  readonly #numbers: Float64Array;
  readonly #first: Float64Array;
  readonly #second: Float64Array;

  constructor(sortedNumbers: Float64Array) {
    this.#numbers = sortedNumbers;
    this.#first = new Float64Array(sortedNumbers.length);
    this.#second = new Float64Array(sortedNumbers.length);
  }

  /** How many users stand in the input more than once. */
  get count(): number {
    return this.#numbers.length;
  }

  see(userId: string, line: number): undefined {
    const at = indexIn(this.#numbers, asNumber(userId));
    if (at === -1) return;
    if (this.#first[at] === 0) this.#first[at] = line;
    else if (this.#second[at] === 0) this.#second[at] = line;
  }

  located(): Duplicates {
    return new Duplicates(this.#numbers, this.#first, this.#second);
  }
}

/** Knows the lines of every user that stands in the input more than once; each of these rows names another one. */
export class Duplicates implements UserWatch {
  readonly #numbers: Float64Array;
  readonly #first: Float64Array;
  readonly #second: Float64Array;

  constructor(numbers: Float64Array, first: Float64Array, second: Float64Array) {
    this.#numbers = numbers;
    this.#first = first;
    this.#second = second;
  }

  see(userId: string, line: number): string | undefined {
    if (this.#numbers.length === 0) return undefined;
    const at = indexIn(this.#numbers, asNumber(userId));
    if (at === -1) return undefined;
    const other = this.#first[at] === line ? this.#second[at] : this.#first[at];
    return `is the same user as on line ${other}`;
  }
}

function indexIn(numbers: Float64Array, number: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = numbers[middle] as number;
    if (found === number) return middle;
    if (found < number) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
