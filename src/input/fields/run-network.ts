/** The one network that a run is for. */

import { networkIdFault } from './ids.js';
import type { RowBuilder } from './row-builder.js';

/** Set by the option, or else by the first row that names a network; all other rows have to agree. */
export class RunNetwork {
  #id: string | undefined;
  /** The line that set it; 0 if the option did. */
  #line = 0;

  constructor(option?: string) {
    this.#id = option;
  }

  /** Undefined as long as neither the option nor a row has named a network. */
  get id(): string | undefined {
    return this.#id;
  }

  /** For a row that names its network. */
  take(row: RowBuilder, value: string): void {
    const fault = networkIdFault(value);
    if (fault !== undefined) {
      row.reject('networkId', fault);
      return;
    }
    if (this.#id === undefined) {
      this.#id = value;
      this.#line = row.line;
    }
    if (this.#id === value) {
      row.networkId = value;
      return;
    }
    const other = this.#line === 0 ? `the run is for ${this.#id}` : `line ${this.#line} has ${this.#id}`;
    row.reject('networkId', `is ${value}, but ${other}: one run is for one network`);
  }

  /** For a row that names none: the option stands in, if it is given. */
  useDefault(row: RowBuilder): void {
    if (this.#id !== undefined && this.#line === 0) row.networkId = this.#id;
    else
      row.reject(
        'networkId',
        'is missing: fill it in, or give it for the whole file with the option `networkId`',
      );
  }
}
