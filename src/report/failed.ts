import { replaceFile } from '../disk.js';
import type { Place } from '../model.js';

/** Where the rows' bytes are copied from. */
export interface Bytes {
  /** Of the rows that lie there, the bytes of the file, in pieces. */
  originals(start: number, end: number): AsyncIterable<Buffer>;
}

/** The rows that did not succeed, remembered as stretches of the input: neighbours share one. */
export class FailedRows {
  /** [start, end) of each stretch, flat. */
  private stretches: number[] = [];
  private compactAt = 65_536;

  get empty(): boolean {
    return this.stretches.length === 0;
  }

  add({ start, end }: Pick<Place, 'start' | 'end'>): void {
    const last = this.stretches.length - 1;
    if (this.stretches[last] === start) {
      this.stretches[last] = end;
      return;
    }
    this.stretches.push(start, end);
    if (this.stretches.length < this.compactAt) return;
    this.compact();
    this.compactAt = Math.max(65_536, 2 * this.stretches.length);
  }

  /** Writes the rows in the input's order, byte for byte, behind `heading`: the file is valid input again. */
  async write(path: string, heading: Buffer, input: Bytes): Promise<void> {
    this.compact();
    await replaceFile(path, async (file) => {
      await file.appendFile(heading);
      for (let i = 0; i + 1 < this.stretches.length; i += 2) {
        const pieces = input.originals(this.stretches[i] ?? 0, this.stretches[i + 1] ?? 0);
        for await (const bytes of pieces) await file.appendFile(bytes);
      }
    });
  }

  private compact(): void {
    const pairs: [number, number][] = [];
    for (let i = 0; i + 1 < this.stretches.length; i += 2) {
      pairs.push([this.stretches[i] ?? 0, this.stretches[i + 1] ?? 0]);
    }
    pairs.sort(([a], [b]) => a - b);
    this.stretches = [];
    for (const [start, end] of pairs) {
      const last = this.stretches.length - 1;
      if (this.stretches[last] === start) this.stretches[last] = end;
      else this.stretches.push(start, end);
    }
  }
}
