/** Finds the numbers that come more than once among many, with 8 bytes for each. */

const BUCKETS = 251;
const CHUNK = 512;

/** A part of the numbers: full chunks, and the one that is being filled. */
interface Bucket {
  readonly chunks: Float64Array[];
  used: number;
}

/** Collects whole numbers, and tells which of them came more than once. */
export class RepeatedNumbers {
  readonly #buckets: Bucket[] = Array.from({ length: BUCKETS }, () => ({ chunks: [], used: CHUNK }));

  add(number: number): void {
    const bucket = this.#buckets[number % BUCKETS] as Bucket;
    if (bucket.used === CHUNK) {
      bucket.chunks.push(new Float64Array(CHUNK));
      bucket.used = 0;
    }
    (bucket.chunks.at(-1) as Float64Array)[bucket.used++] = number;
  }

  /** The repeated numbers, sorted. Forgets all numbers. */
  take(): Float64Array {
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
    return Float64Array.from(repeated).sort();
  }
}

function sorted({ chunks, used }: Bucket, scratch: Float64Array): Float64Array {
  for (const [index, chunk] of chunks.entries()) scratch.set(chunk, index * CHUNK);
  const unused = chunks.length === 0 ? 0 : CHUNK - used;
  return scratch.subarray(0, chunks.length * CHUNK - unused).sort();
}

/** Index of the number in sorted ones; -1 if it is not there. */
export function indexIn(numbers: Float64Array, number: number): number {
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
