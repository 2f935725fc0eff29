/** The requests that arrived, and what became of each. */

import { type Operation, operations } from './api/route.js';
import type { FaultKind } from './faults/fault-rule.js';

/** A request that has arrived. While it is in flight, what is not known yet is empty. */
export interface RecordedRequest {
  /** ms on the emulator's own clock, which never goes back. */
  readonly at: number;
  readonly operation: Operation | 'Unknown';
  readonly userId?: string;
  /** 0 if no status line was sent. */
  readonly status: number;
  /** The error's name. */
  readonly code?: string;
  readonly requestId: string;
  /** Whether it changed the network. */
  readonly applied: boolean;
  /** The fault that the request met. */
  readonly fault?: FaultKind;
  /** UpdateUser's body, parsed. */
  readonly body?: unknown;
}

/** A recorded request that the emulator still writes to. */
export type Entry = { -readonly [Key in keyof RecordedRequest]: RecordedRequest[Key] };

interface Awaited {
  readonly operation: Entry['operation'];
  readonly count: number;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

export class Journal {
  readonly requests: Entry[] = [];
  readonly counts = { UpdateUser: 0, Unknown: 0 } as Record<Entry['operation'], number>;
  readonly statuses = new Map<number, number>();
  readonly #keep: boolean;
  #awaited: Awaited[] = [];

  constructor(keep: boolean) {
    this.#keep = keep;
    for (const operation of operations) this.counts[operation] = 0;
  }

  arrive(at: number, operation: Entry['operation'], requestId: string): Entry {
    const entry: Entry = { at, operation, status: 0, requestId, applied: false };
    if (this.#keep) this.requests.push(entry);
    this.counts[operation] += 1;
    if (this.#awaited.length > 0) this.#wake();
    return entry;
  }

  answer(entry: Entry, status: number, code: string | undefined): void {
    entry.status = status;
    if (code !== undefined) entry.code = code;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
  }

  /** Resolves as soon as `count` requests of the operation have arrived. */
  arrival(count: number, operation: Entry['operation']): Promise<void> {
    if (this.counts[operation] >= count) return Promise.resolve();
    return new Promise((resolve, reject) => this.#awaited.push({ operation, count, resolve, reject }));
  }

  /** Nothing more will arrive. */
  close(): void {
    for (const { reject } of this.#awaited) reject(new Error('the emulator was closed before that'));
    this.#awaited = [];
  }

  #wake(): void {
    const isThere = ({ operation, count }: Awaited) => this.counts[operation] >= count;
    for (const { resolve } of this.#awaited.filter(isThere)) resolve();
    this.#awaited = this.#awaited.filter((each) => !isThere(each));
  }
}
