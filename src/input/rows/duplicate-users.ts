/** Finds users that an input has twice, with 8 bytes a row: neither the file nor a Set of its users fits into memory. */
import { hash } from 'node:crypto';
import { folded } from '../../text/username.js';
import type { DuplicateCheck } from '../fields/row-builder.js';
import { indexIn, RepeatedNumbers } from './repeated-numbers.js';

/** The user ID as a number. A 1 before its digits tells `007` from `7`. */
function asNumber(userId: string): number {
  let number = 1;
  for (let at = 0; at < userId.length; at++) number = number * 10 + (userId.charCodeAt(at) - ZERO);
  return number;
}

const ZERO = 48;

/** 48 bits of a username's digest. Different usernames can have the same ones, so these users are checked again. */
function digestOf(folded: string): number {
  return hash('sha256', folded, 'buffer').readUIntBE(0, 6);
}

/** First pass: collects every user. */
export class SeenUsers implements DuplicateCheck {
  readonly #ids = new RepeatedNumbers();
  readonly #names = new RepeatedNumbers();

  checkUserId(userId: string): undefined {
    this.#ids.add(asNumber(userId));
  }

  checkUsername(username: string): undefined {
    this.#names.add(digestOf(folded(username)));
  }

  /** The users that came more than once, for the second pass. Forgets all others. */
  repeated(): RepeatedUsers {
    return new RepeatedUsers(this.#ids.take(), this.#names.take());
  }
}

/** The first two lines of a user; 0 if there is none. */
interface Lines {
  first: number;
  second: number;
}

/** Second pass: finds the lines of the repeated users. */
export class RepeatedUsers implements DuplicateCheck {
  readonly #numbers: Float64Array;
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  readonly #digests: Float64Array;
  /** By username, for usernames whose digest came more than once. */
  readonly #names = new Map<string, Lines>();

  /**
   * @param numbers repeated user IDs, sorted
   * @param digests repeated digests of usernames, sorted
   */
  constructor(numbers: Float64Array, digests: Float64Array) {
    this.#numbers = numbers;
    this.#first = new Float64Array(numbers.length);
    this.#second = new Float64Array(numbers.length);
    this.#digests = digests;
  }

  /** How many users the input may have more than once: for usernames, only the second pass can tell. */
  get count(): number {
    return this.#numbers.length + this.#digests.length;
  }

  checkUserId(userId: string, line: number): undefined {
    const at = indexIn(this.#numbers, asNumber(userId));
    if (at === -1) return;
    if (this.#first[at] === 0) this.#first[at] = line;
    else if (this.#second[at] === 0) this.#second[at] = line;
  }

  checkUsername(username: string, line: number): undefined {
    if (this.#digests.length === 0) return;
    const key = folded(username);
    if (indexIn(this.#digests, digestOf(key)) === -1) return;
    const lines = this.#names.get(key);
    if (lines === undefined) this.#names.set(key, { first: line, second: 0 });
    else if (lines.second === 0) lines.second = line;
  }

  located(): Duplicates {
    for (const [name, { second }] of this.#names) if (second === 0) this.#names.delete(name);
    return new Duplicates(this.#numbers, this.#first, this.#second, this.#names);
  }
}

/** Third pass: for each row of a repeated user, names the line of another one. */
export class Duplicates implements DuplicateCheck {
  readonly #numbers: Float64Array;
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  readonly #names: ReadonlyMap<string, Lines>;

  constructor(
    numbers: Float64Array,
    first: Float64Array,
    second: Float64Array,
    names: ReadonlyMap<string, Lines>,
  ) {
    this.#numbers = numbers;
    this.#first = first;
    this.#second = second;
    this.#names = names;
  }

  checkUserId(userId: string, line: number): string | undefined {
    if (this.#numbers.length === 0) return undefined;
    const at = indexIn(this.#numbers, asNumber(userId));
    if (at === -1) return undefined;
    return sameAs(this.#first[at] === line ? this.#second[at] : this.#first[at]);
  }

  checkUsername(username: string, line: number): string | undefined {
    if (this.#names.size === 0) return undefined;
    const lines = this.#names.get(folded(username));
    return lines && sameAs(lines.first === line ? lines.second : lines.first);
  }
}

const sameAs = (line: number | undefined): string => `is the same user as on line ${line}`;
