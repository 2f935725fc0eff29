/** The order of renames: a username is free only once its holder has another one. */

import type { Turn } from '../../model.js';
import { composed, folded } from '../../text/username.js';
import { temporaryNames } from './temporary-name.js';

/** A row that changes a username. */
export interface Rename {
  readonly row: number;
  readonly line: number;
  /** Empty where the user is not known. */
  readonly userId: string;
  /** The user's username now; undefined where the service does not tell. */
  readonly current: string | undefined;
  /** The new one, as given. */
  readonly wanted: string;
  /** Whether the row may be sent as far as anybody has looked. One that may not still counts as wanting its name. */
  readonly stands: boolean;
}

export interface RenameOptions {
  /** The users who have the username now, whatever its case. */
  readonly holdersOf: (username: string) => readonly { readonly userId: string }[];
  readonly allowTemporaryNames: boolean;
  /** Whether somebody in the network is known to have this username; of one who wants it the order knows by itself. */
  readonly isTaken: (username: string) => boolean;
}

/** Each rename that stands is in `faults` or can be sent, at any time where it has no turn. By row number. */
export interface RenameOrder {
  readonly turns: ReadonlyMap<number, Turn>;
  /** What is wrong with the row's username, as the end of a sentence about it. */
  readonly faults: ReadonlyMap<number, string>;
}

/**
 * Decides in which order usernames are changed. Usernames are compared in NFC and without case, as it is not known
 * that the service compares more finely.
 *
 * @param renames in the input's order
 */
export function orderRenames(renames: readonly Rename[], options: RenameOptions): RenameOrder {
  const order = new Ordering(renames, options);
  order.refuseClashes();
  order.followHolders();
  order.refuseWaiting();
  order.settleCircles();
  return { turns: order.turns(), faults: order.faults };
}

const NOBODY = -1;

/** The renames as a graph. A row waits for one other at most, and is waited for by one at most: chains and circles. */
class Ordering {
  readonly faults = new Map<number, string>();
  readonly #renames: readonly Rename[];
  readonly #options: RenameOptions;
  readonly #ofUser = new Map<string, number>();
  readonly #wanted = new Map<string, number>();
  /** By index: whose username the row waits for, and who waits for the row's. */
  readonly #giver: Int32Array;
  readonly #waiter: Int32Array;
  readonly #via = new Map<number, string>();
  readonly #faulty: number[] = [];

  constructor(renames: readonly Rename[], options: RenameOptions) {
    this.#renames = renames;
    this.#options = options;
    this.#giver = new Int32Array(renames.length).fill(NOBODY);
    this.#waiter = new Int32Array(renames.length).fill(NOBODY);
  }

  /** A user takes one name, and a name one user; he who has it already may keep it. */
  refuseClashes(): void {
    for (const [index, { userId, wanted, line }] of this.#renames.entries()) {
      const other = this.#ofUser.get(userId);
      if (other !== undefined) {
        this.#refuse(
          index,
          `is a second one for the user of line ${this.#at(other).line}: keep one of the two`,
        );
        continue;
      }
      if (userId !== '') this.#ofUser.set(userId, index);
      const name = folded(wanted);
      const rival = this.#wanted.get(name);
      if (rival === undefined) this.#wanted.set(name, index);
      else {
        if (!isUnchanged(this.#at(index))) this.#refuse(index, wantedAlso(this.#at(rival).line));
        if (!isUnchanged(this.#at(rival))) this.#refuse(rival, wantedAlso(line));
      }
    }
  }

  /** Finds for each row the one that has to go first. */
  followHolders(): void {
    for (const [index, rename] of this.#renames.entries()) {
      if (!this.#isOpen(index) || isUnchanged(rename)) continue;
      const others = this.#options.holdersOf(rename.wanted).filter(({ userId }) => userId !== rename.userId);
      const [holder] = others;
      if (holder === undefined) continue;
      const giver = this.#ofUser.get(holder.userId);
      if (others.length > 1) this.#refuse(index, heldByMany);
      else if (giver === undefined || !givesUp(this.#at(giver), rename.wanted)) this.#refuse(index, held);
      else if (!this.#at(giver).stands) this.#refuse(index, waitsInVain(this.#at(giver).line));
      else {
        this.#giver[index] = giver;
        this.#waiter[giver] = index;
      }
    }
  }

  /** Who waits for a row that is not sent waits in vain. */
  refuseWaiting(): void {
    for (let index = this.#faulty.pop(); index !== undefined; index = this.#faulty.pop()) {
      const waiter = this.#waiter[index] as number;
      if (waiter !== NOBODY) this.#refuse(waiter, waitsInVain(this.#at(index).line));
    }
  }

  /** What is on no chain is on a circle: one of its users has to step aside, or it cannot be done. */
  settleCircles(): void {
    const settled = new Uint8Array(this.#renames.length);
    const follow = (start: number, end: number): number[] => {
      const path: number[] = [];
      let index = start;
      do {
        settled[index] = 1;
        path.push(index);
        index = this.#waiter[index] as number;
      } while (index !== end && index !== NOBODY);
      return path;
    };
    for (const [index, giver] of this.#giver.entries()) if (giver === NOBODY) follow(index, NOBODY);
    for (const index of this.#giver.keys()) {
      if (settled[index] === 1 || !this.#isOpen(index)) continue;
      const circle = follow(index, index);
      if (this.#options.allowTemporaryNames) this.#stepAside(index);
      else this.#refuseCircle(circle);
    }
  }

  turns(): Map<number, Turn> {
    const turns = new Map<number, Turn>();
    for (const [index, { row, current }] of this.#renames.entries()) {
      const [giver, waiter] = [this.#giver[index] as number, this.#waiter[index] as number];
      if (!this.#isOpen(index) || (giver === NOBODY && waiter === NOBODY)) continue;
      const via = this.#via.get(index);
      const after = giver === NOBODY ? [] : [this.#at(giver).row];
      turns.set(row, {
        after,
        ...(via === undefined ? {} : { via, ...(current !== undefined && { from: current }) }),
      });
    }
    return turns;
  }

  #at(index: number): Rename {
    return this.#renames[index] as Rename;
  }

  #isOpen(index: number): boolean {
    const { stands, row } = this.#at(index);
    return stands && !this.faults.has(row);
  }

  #refuse(index: number, reason: string): void {
    if (!this.#isOpen(index)) return;
    this.faults.set(this.#at(index).row, reason);
    this.#faulty.push(index);
  }

  #refuseCircle(circle: readonly number[]): void {
    const lines = circle.map((index) => this.#at(index).line).sort((a, b) => a - b);
    const reason = circular(lines);
    for (const index of circle) this.#refuse(index, reason);
  }

  #stepAside(index: number): void {
    const { current, userId } = this.#at(index);
    for (const name of temporaryNames(current as string, userId)) {
      const key = folded(name);
      if (this.#wanted.has(key) || this.#options.isTaken(name)) continue;
      // So that no other circle takes it too.
      this.#wanted.set(key, index);
      this.#via.set(index, name);
      return;
    }
  }
}

const isUnchanged = ({ current, wanted }: Rename): boolean =>
  current !== undefined && composed(current) === composed(wanted);

/**
 * Whether this name is free once the row is done. He who keeps it, or changes only its case, wants it himself: that is
 * a clash, found before.
 */
const givesUp = ({ current }: Rename, name: string): boolean =>
  current !== undefined && folded(current) === folded(name);

const MOST_LISTED = 10;

function circular(lines: readonly number[]): string {
  const [first, more] = [lines.slice(0, MOST_LISTED), lines.length - MOST_LISTED];
  const listed = `${first.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `is one of a circle of renames (lines ${listed}), in which each waits for the username of another: with --allow-temporary-names one of the users bears another username for a moment`;
}

const wantedAlso = (line: number): string =>
  `is wanted on line ${line} too, and only one user can have it: correct one of the two`;
const held =
  'is in use by another user, who keeps it: choose another one, or rename that user in the same file';
const heldByMany =
  'is in use by several other users, whose usernames differ in case only: choose another one, or rename them first';
const waitsInVain = (line: number): string =>
  `is in use by the user of line ${line}, who cannot be renamed: correct that line first`;
