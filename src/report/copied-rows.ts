/** Rows copied from the input: those to run again, and those whose users are not in the network. */
import { replaceFile } from '../disk.js';
import type { Place } from '../model.js';

/** What the rows' bytes are copied from. */
export interface ByteSource {
  /** The bytes of the file that the rows between these offsets were read from, in pieces. */
  originals(start: number, end: number): AsyncIterable<Buffer>;
}

/** Rows, kept as byte ranges of the input: neighbours share one. */
export class CopiedRows {
  /** [start, end) of each range, flat. */
  private ranges: number[] = [];
  private compactAt = 65_536;

  get empty(): boolean {
    return this.ranges.length === 0;
  }

  add({ start, end }: Pick<Place, 'start' | 'end'>): void {
    const last = this.ranges.length - 1;
    if (this.ranges[last] === start) {
      this.ranges[last] = end;
      return;
    }
    this.ranges.push(start, end);
    if (this.ranges.length < this.compactAt) return;
    this.compact();
    this.compactAt = Math.max(65_536, 2 * this.ranges.length);
  }

  /** Writes `heading` and the rows in the input's order, byte for byte: the file is valid input again. */
  async write(path: string, heading: Buffer, input: ByteSource): Promise<void> {
    this.compact();
    await replaceFile(path, async (file) => {
      await file.appendFile(heading);
      for (let i = 0; i + 1 < this.ranges.length; i += 2) {
        const pieces = input.originals(this.ranges[i] ?? 0, this.ranges[i + 1] ?? 0);
        for await (const bytes of pieces) await file.appendFile(bytes);
      }
    });
  }

  private compact(): void {
    const pairs: [number, number][] = [];
    for (let i = 0; i + 1 < this.ranges.length; i += 2) {
      pairs.push([this.ranges[i] ?? 0, this.ranges[i + 1] ?? 0]);
    }
    pairs.sort(([a], [b]) => a - b);
    this.ranges = [];
    for (const [start, end] of pairs) {
      const last = this.ranges.length - 1;
      if (this.ranges[last] === start) this.ranges[last] = end;
      else this.ranges.push(start, end);
    }
  }
}
