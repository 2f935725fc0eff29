/** Rows by their number, in one bit each. */
export class RowSet {
  private readonly bits: Uint8Array;
  /** How many rows are in it. */
  size = 0;

  /** @param rows the highest row number that it may be asked for */
  constructor(rows: number) {
    this.bits = new Uint8Array((rows >>> 3) + 1);
  }

  has(row: number): boolean {
    return ((this.bits[row >>> 3] ?? 0) & (1 << (row & 7))) !== 0;
  }

  add(row: number): void {
    if (this.has(row)) return;
    this.bits[row >>> 3] = (this.bits[row >>> 3] ?? 0) | (1 << (row & 7));
    this.size += 1;
  }
}
