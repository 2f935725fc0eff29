/** The rows that a page has: all of a run that is not too large, else those that did not succeed, as far as there is room. */
import type { Outcome } from '../model.js';
import { succeeded } from '../row-status.js';
import { printable } from '../text/printable.js';
import { scriptJson } from './view/element.js';
import { type PageRow, type RowChunk, RowPacker } from './view/row-chunk.js';

/** With more rows than this, a page has only those that did not succeed. */
export const MOST_ROWS = 50_000;
/** Bytes of rows in a page, which stays below 3 MB so. */
const MOST_BYTES = 2_400_000;
/** Rows of a chunk. */
const CHUNK = 500;
/** Characters of a message; a longer one is cut off. */
const LONGEST = 600;

/** An outcome as a row of the table. */
export function pageRow(outcome: Outcome): PageRow {
  const { row, line = 0, userId = '', status, httpStatus = 0, attempts, throttled } = outcome;
  const message = printable(outcome.message ?? '');
  return {
    row,
    line,
    userId: printable(userId),
    kind: {
      status,
      httpStatus,
      code: printable(outcome.errorCode ?? ''),
      fields: printable(outcome.errorFields?.join(', ') ?? ''),
      message: message.length > LONGEST ? `${message.slice(0, LONGEST)}…` : message,
    },
    attempts,
    throttled,
    startedAt: outcome.startedAt ?? 0,
    finishedAt: outcome.finishedAt ?? 0,
    // AWS's support asks for it, but only of what went wrong.
    requestId: succeeded(outcome) ? '' : printable(outcome.requestId ?? ''),
  };
}

/** Rows as texts of JSON, up to a number of rows and of bytes. */
export class RowTexts {
  readonly texts: string[] = [];
  /** Rows that have no room. */
  leftOut = 0;
  #rows = 0;
  #bytes = 0;
  readonly #packer = new RowPacker();
  readonly #mostBytes: number;

  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  get isFull(): boolean {
    return this.#rows >= MOST_ROWS || this.#bytes >= this.#mostBytes;
  }

  add(row: PageRow): void {
    if (this.isFull) {
      this.leftOut += 1;
      return;
    }
    this.#rows += 1;
    this.#packer.add(row);
    if (this.#packer.waiting >= CHUNK) this.flush();
  }

  /** Has all rows among the texts. */
  flush(): void {
    if (this.#packer.waiting === 0) return;
    const text = scriptJson(this.#packer.take() satisfies RowChunk);
    this.#bytes += Buffer.byteLength(text);
    this.texts.push(text);
  }
}

export class PageRows {
  /** Undefined once they are too many. */
  #all: RowTexts | undefined = new RowTexts();
  readonly #failed = new RowTexts();

  add(outcome: Outcome): void {
    const isFailed = !succeeded(outcome);
    if (!isFailed && !this.#all) return;
    if (!this.#all && this.#failed.isFull) {
      this.#failed.leftOut += 1;
      return;
    }
    const row = pageRow(outcome);
    if (isFailed) this.#failed.add(row);
    this.#all?.add(row);
    if (this.#all && this.#all.leftOut > 0) this.#all = undefined;
  }

  get kind(): 'all' | 'failed' {
    return this.#all ? 'all' : 'failed';
  }

  get leftOut(): number {
    return this.#all ? 0 : this.#failed.leftOut;
  }

  /** In chunks of JSON for elements `script`. */
  get texts(): readonly string[] {
    const rows = this.#all ?? this.#failed;
    rows.flush();
    return rows.texts;
  }
}
