/**
 * Rows for a page's table, packed: most of them say the same as many others, and their numbers differ little from those
 * of the row before. 50,000 rows take some 1.6 MB of JSON.
 */

/** What many rows have in common. */
export interface RowKind {
  readonly status: string;
  readonly httpStatus: number;
  readonly code: string;
  readonly fields: string;
  readonly message: string;
}

/** A row of the table. Times are epoch ms; 0 if it was not sent. */
export interface PageRow {
  readonly row: number;
  /** 0 if it is not known. */
  readonly line: number;
  readonly userId: string;
  readonly kind: RowKind;
  readonly attempts: number;
  readonly throttled: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly requestId: string;
}

/** Numbers: row, line, index of its kind, attempts, throttled, start and duration; row, line and start as differences. */
const WIDTH = 7;

export interface RowChunk {
  /** Those that no chunk before had. */
  readonly kinds: readonly RowKind[];
  readonly numbers: readonly number[];
  readonly userIds: readonly string[];
  readonly requestIds: readonly string[];
}

/** Packs rows. Chunks have to be read in the order in which they were made. */
export class RowPacker {
  readonly #kinds = new Map<string, number>();
  #fresh: RowKind[] = [];
  #numbers: number[] = [];
  #userIds: string[] = [];
  #requestIds: string[] = [];
  #last = { row: 0, line: 0, startedAt: 0 };

  /** Rows that the next chunk will have. */
  get waiting(): number {
    return this.#userIds.length;
  }

  add({ row, line, userId, kind, attempts, throttled, startedAt, finishedAt, requestId }: PageRow): void {
    const last = this.#last;
    this.#numbers.push(row - last.row, line - last.line, this.#indexOf(kind), attempts, throttled);
    // What was not sent keeps the time of the row before, so that the next difference is small.
    const start = startedAt === 0 ? last.startedAt : startedAt;
    this.#numbers.push(start - last.startedAt, startedAt === 0 ? -1 : Math.max(0, finishedAt - startedAt));
    this.#userIds.push(userId);
    this.#requestIds.push(requestId);
    this.#last = { row, line, startedAt: start };
  }

  take(): RowChunk {
    const chunk = {
      kinds: this.#fresh,
      numbers: this.#numbers,
      userIds: this.#userIds,
      requestIds: this.#requestIds.some(Boolean) ? this.#requestIds : [],
    };
    this.#fresh = [];
    this.#numbers = [];
    this.#userIds = [];
    this.#requestIds = [];
    return chunk;
  }

  #indexOf(kind: RowKind): number {
    const key = JSON.stringify(kind);
    const known = this.#kinds.get(key);
    if (known !== undefined) return known;
    const index = this.#kinds.size;
    this.#kinds.set(key, index);
    this.#fresh.push(kind);
    return index;
  }
}

/** Reads chunks back. */
export class RowUnpacker {
  readonly #kinds: RowKind[] = [];
  #last = { row: 0, line: 0, startedAt: 0 };

  rowsOf({ kinds, numbers, userIds, requestIds }: RowChunk): PageRow[] {
    for (const kind of kinds) this.#kinds.push(kind);
    return userIds.map((userId, index) => {
      const [row = 0, line = 0, kind = 0, attempts = 0, throttled = 0, start = 0, took = 0] = numbers.slice(
        index * WIDTH,
        index * WIDTH + WIDTH,
      );
      const { row: lastRow, line: lastLine, startedAt: lastStart } = this.#last;
      this.#last = { row: lastRow + row, line: lastLine + line, startedAt: lastStart + start };
      const wasSent = took >= 0;
      return {
        row: this.#last.row,
        line: this.#last.line,
        userId,
        kind: this.#kinds[kind] ?? UNKNOWN,
        attempts,
        throttled,
        startedAt: wasSent ? this.#last.startedAt : 0,
        finishedAt: wasSent ? this.#last.startedAt + took : 0,
        requestId: requestIds[index] ?? '',
      };
    });
  }
}

const UNKNOWN: RowKind = { status: '', httpStatus: 0, code: '', fields: '', message: '' };
