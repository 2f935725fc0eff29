/** Which rows may be sent and which have to wait, where a username is free only once another row has gone through: pure. */

/** What became of a row for those who wait for it: it made room, it never will, or the run stopped before it. */
export type Verdict = 'go' | 'never' | 'stopped';

interface Waiting<Item> {
  readonly item: Item;
  /** Rows that have not made room yet. */
  left: number;
  decided: boolean;
}

/** Items wait here for rows, which may be settled before anybody asks for them. */
export class Turns<Item> {
  private readonly settled = new Map<number, Verdict>();
  private readonly waiting = new Map<number, Waiting<Item>[]>();

  /** Whether the item may go; undefined where it waits now, and `settle` will give it out. */
  ask(after: readonly number[], item: Item): Verdict | undefined {
    const verdicts = after.map((row) => this.settled.get(row));
    const against = verdicts.find((verdict) => verdict === 'never' || verdict === 'stopped');
    if (against) return against;
    const open = after.filter((_, index) => verdicts[index] === undefined);
    if (open.length === 0) return 'go';
    const waiting = { item, left: open.length, decided: false };
    for (const row of open) this.waiting.set(row, [...(this.waiting.get(row) ?? []), waiting]);
    return undefined;
  }

  /** Says what became of a row, once. Gives the items that are decided by it. */
  settle(row: number, verdict: Verdict): { readonly item: Item; readonly verdict: Verdict }[] {
    this.settled.set(row, verdict);
    const decided: { item: Item; verdict: Verdict }[] = [];
    for (const waiting of this.waiting.get(row) ?? []) {
      if (waiting.decided) continue;
      waiting.left -= 1;
      if (verdict === 'go' && waiting.left > 0) continue;
      waiting.decided = true;
      decided.push({ item: waiting.item, verdict });
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
