/** Rows by their number, in one bit each. */
export class RowSet {
  private readonly bits: Uint8Array;
  /** How many rows are in it. */
  size = 0;

  /** @param rows the highest row number that it may be asked for */
  constructor(rows: number) {
    this.bits = new Uint8Array((rows >>> 3) + 1);
  }

  /** @param ranges the first and the last row of each */
  static of(rows: number, ranges: Iterable<readonly [from: number, to: number]>): RowSet {
    const set = new RowSet(rows);
    for (const [from, to] of ranges) for (let row = from; row <= Math.min(to, rows); row += 1) set.add(row);
    return set;
  }

  has(row: number): boolean {
    return ((this.bits[row >>> 3] ?? 0) & (1 << (row & 7))) !== 0;
  }

  add(row: number): void {
    if (this.has(row)) return;
    this.bits[row >>> 3] = (this.bits[row >>> 3] ?? 0) | (1 << (row & 7));
    this.size += 1;
  }

  /** The first and the last of rows that follow each other, in their order. */
  ranges(): [from: number, to: number][] {
    const ranges: [number, number][] = [];
    for (let row = 0; row < this.bits.length * 8; row += 1) {
      if (!this.has(row)) continue;
      const last = ranges.at(-1);
      if (last?.[1] === row - 1) last[1] = row;
      else ranges.push([row, row]);
    }
    return ranges;
  }
}
