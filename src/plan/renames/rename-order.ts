/** The order in which usernames are changed: a username is free only once its holder has another one. */

import type { Turn } from '../../model.js';
import { composed, folded } from '../../text/username.js';
import { circular, held, heldByMany, secondRename, waitsInVain, wantedAlso } from './rename-faults.js';
import { temporaryNames } from './temporary-name.js';

/** A row that changes a username. */
export interface Rename {
  readonly row: number;
  readonly line: number;
  /** Empty if the user is not known. */
  readonly userId: string;
  /** The user's username now; undefined if the service does not tell. */
  readonly current: string | undefined;
  /** The new one, as given. */
  readonly wanted: string;
  /** Whether the row can be sent, as far as has been checked. If it cannot, it still counts as wanting its username. */
  readonly sendable: boolean;
}

export interface RenameOptions {
  /** The users who have the username now, whatever its case. */
  readonly holdersOf: (username: string) => readonly { readonly userId: string }[];
  readonly allowTemporaryNames: boolean;
  /** Whether a user of the network is known to have this username. Usernames that the input gives need not be told. */
  readonly isTaken: (username: string) => boolean;
}

/**
 * By row number. Each sendable rename is either in `faults` or can be sent: after the rows that its turn names, or at
 * any time if it has no turn.
 */
export interface RenameOrder {
  readonly turns: ReadonlyMap<number, Turn>;
  /** What is wrong with the row's username, as the end of a sentence about it. */
  readonly faults: ReadonlyMap<number, string>;
}

/**
 * Decides in which order usernames are changed. Usernames are compared in NFC and without case, because it is not known
 * whether the service tells them apart by more than that.
 *
 * @param renames in the input's order
 */
export function orderRenames(renames: readonly Rename[], options: RenameOptions): RenameOrder {
  const graph = new RenameGraph(renames, options);
  graph.refuseClashes();
  graph.linkHolders();
  graph.refuseSuccessors();
  graph.resolveCycles();
  return { turns: graph.turns(), faults: graph.faults };
}

const NONE = -1;

/**
 * The renames as a graph, by their index. A row has at most one predecessor, which has to free the username first, and
 * at most one successor, so the graph consists of chains and cycles.
 */
class RenameGraph {
  readonly faults = new Map<number, string>();
  readonly #renames: readonly Rename[];
  readonly #options: RenameOptions;
  readonly #byUser = new Map<string, number>();
  /** Who wants a username, by the username without case. */
  readonly #byWanted = new Map<string, number>();
  readonly #predecessor: Int32Array;
  readonly #successor: Int32Array;
  readonly #detours = new Map<number, Required<Pick<Turn, 'via' | 'from'>>>();
  /** Refused renames whose successors have not been refused yet. */
  readonly #refused: number[] = [];

  constructor(renames: readonly Rename[], options: RenameOptions) {
    this.#renames = renames;
    this.#options = options;
    this.#predecessor = new Int32Array(renames.length).fill(NONE);
    this.#successor = new Int32Array(renames.length).fill(NONE);
  }

  /** A user gets one username, and a username goes to one user; a user who has it already keeps it. */
  refuseClashes(): void {
    for (const [index, { userId, wanted, line }] of this.#renames.entries()) {
      const other = this.#byUser.get(userId);
      if (other !== undefined) {
        this.#refuse(index, secondRename(this.#at(other).line));
        continue;
      }
      if (userId !== '') this.#byUser.set(userId, index);
      const name = folded(wanted);
      const rival = this.#byWanted.get(name);
      if (rival === undefined) this.#byWanted.set(name, index);
      else {
        if (!keepsUsername(this.#at(index))) this.#refuse(index, wantedAlso(this.#at(rival).line));
        if (!keepsUsername(this.#at(rival))) this.#refuse(rival, wantedAlso(line));
      }
    }
  }

  /** Finds for each row the one that has to be sent first. */
  linkHolders(): void {
    for (const [index, rename] of this.#renames.entries()) {
      if (!this.#isOpen(index) || keepsUsername(rename)) continue;
      const others = this.#options.holdersOf(rename.wanted).filter(({ userId }) => userId !== rename.userId);
      const [holder] = others;
      if (holder === undefined) continue;
      const first = this.#byUser.get(holder.userId);
      if (others.length > 1) this.#refuse(index, heldByMany);
      else if (first === undefined || !freesName(this.#at(first), rename.wanted)) this.#refuse(index, held);
      else if (!this.#at(first).sendable) this.#refuse(index, waitsInVain(this.#at(first).line));
      else {
        this.#predecessor[index] = first;
        this.#successor[first] = index;
      }
    }
  }

  /** A row cannot be sent if the row that has to free its username is not sent. */
  refuseSuccessors(): void {
    for (let index = this.#refused.pop(); index !== undefined; index = this.#refused.pop()) {
      const successor = this.#successor[index] as number;
      if (successor !== NONE) this.#refuse(successor, waitsInVain(this.#at(index).line));
    }
  }

  /** A rename that is on no chain is on a cycle: one of its users needs a temporary username, or it is refused. */
  resolveCycles(): void {
    const visited = new Uint8Array(this.#renames.length);
    const follow = (start: number, end: number): number[] => {
      const path: number[] = [];
      let index = start;
      do {
        visited[index] = 1;
        path.push(index);
        index = this.#successor[index] as number;
      } while (index !== end && index !== NONE);
      return path;
    };
    for (const [index, first] of this.#predecessor.entries()) if (first === NONE) follow(index, NONE);
    for (const index of this.#predecessor.keys()) {
      if (visited[index] === 1 || !this.#isOpen(index)) continue;
      const cycle = follow(index, index);
      if (this.#options.allowTemporaryNames) this.#assignTemporaryName(index);
      else this.#refuseCycle(cycle);
    }
  }

  turns(): Map<number, Turn> {
    const turns = new Map<number, Turn>();
    for (const [index, { row }] of this.#renames.entries()) {
      const [first, next] = [this.#predecessor[index] as number, this.#successor[index] as number];
      if (!this.#isOpen(index) || (first === NONE && next === NONE)) continue;
      const after = first === NONE ? [] : [this.#at(first).row];
      turns.set(row, { after, ...this.#detours.get(index) });
    }
    return turns;
  }

  #at(index: number): Rename {
    return this.#renames[index] as Rename;
  }

  #isOpen(index: number): boolean {
    const { sendable, row } = this.#at(index);
    return sendable && !this.faults.has(row);
  }

  #refuse(index: number, reason: string): void {
    if (!this.#isOpen(index)) return;
    this.faults.set(this.#at(index).row, reason);
    this.#refused.push(index);
  }

  #refuseCycle(cycle: readonly number[]): void {
    const lines = cycle.map((index) => this.#at(index).line).sort((a, b) => a - b);
    const reason = circular(lines);
    for (const index of cycle) this.#refuse(index, reason);
  }

  #assignTemporaryName(index: number): void {
    const { current, userId } = this.#at(index);
    // On a cycle each user frees a username, so that theirs is known.
    const from = current as string;
    for (const via of temporaryNames(from, userId)) {
      const key = folded(via);
      if (this.#byWanted.has(key) || this.#options.isTaken(via)) continue;
      // So that no other cycle takes it too.
      this.#byWanted.set(key, index);
      this.#detours.set(index, { via, from });
      return;
    }
  }
}

const keepsUsername = ({ current, wanted }: Rename): boolean =>
  current !== undefined && composed(current) === composed(wanted);

/**
 * Whether this username is free once the row has been sent. A user who keeps it, or changes only its case, wants it too:
 * `refuseClashes` has found that already.
 */
const freesName = ({ current }: Rename, name: string): boolean =>
  current !== undefined && folded(current) === folded(name);
