/** Which rows may be sent and which have to wait for others to free a username: pure. */

/**
 * Whether a row may be sent. `ready`: every row it waits for has freed its username; `blocked`: one of them never will;
 * `stopped`: the run stopped before one of them. A row that is settled passes its own on to the rows that wait for it.
 */
export type Readiness = 'ready' | 'blocked' | 'stopped';

interface Waiting<Item> {
  readonly item: Item;
  /** Rows that are not settled yet. */
  left: number;
  decided: boolean;
}

/** Items wait here for rows, which may be settled before anyone waits for them. */
export class WaitQueue<Item> {
  private readonly settled = new Map<number, Readiness>();
  private readonly waiting = new Map<number, Waiting<Item>[]>();

  /** Whether the item may be sent; undefined if it waits from now on, until `settle` gives it out. */
  add(after: readonly number[], item: Item): Readiness | undefined {
    const known = after.map((row) => this.settled.get(row));
    const against = known.find((readiness) => readiness === 'blocked' || readiness === 'stopped');
    if (against) return against;
    const open = after.filter((_, index) => known[index] === undefined);
    if (open.length === 0) return 'ready';
    const waiting = { item, left: open.length, decided: false };
    for (const row of open) this.waiting.set(row, [...(this.waiting.get(row) ?? []), waiting]);
    return undefined;
  }

  /** Records, once, what a row means for those that wait for it. Returns the items that this decides. */
  settle(row: number, readiness: Readiness): { readonly item: Item; readonly readiness: Readiness }[] {
    this.settled.set(row, readiness);
    const decided: { item: Item; readiness: Readiness }[] = [];
    for (const waiting of this.waiting.get(row) ?? []) {
      if (waiting.decided) continue;
      waiting.left -= 1;
      if (readiness === 'ready' && waiting.left > 0) continue;
      waiting.decided = true;
      decided.push({ item: waiting.item, readiness });
    }
    this.waiting.delete(row);
    return decided;
  }

  /** Takes out every item that still waits. */
  drain(): Item[] {
    const items = [...new Set([...this.waiting.values()].flat())].filter(({ decided }) => !decided);
    this.waiting.clear();
    return items.map(({ item }) => item);
  }
}
