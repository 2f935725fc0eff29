/** The one network that a run is for. */

import { networkIdFault } from './ids.js';
import type { Draft } from './row-draft.js';

/** Set by the option or else by the first row that names one; every other row has to agree. */
export class Network {
  #id: string | undefined;
  /** 0 where the option set it. */
  #line = 0;

  constructor(option?: string) {
    this.#id = option;
  }

  /** Undefined as long as neither the option nor a row has named one. */
  get id(): string | undefined {
    return this.#id;
  }

  /** A row names its network. */
  take(draft: Draft, value: string): void {
    const fault = networkIdFault(value);
    if (fault !== undefined) {
      draft.reject('networkId', fault);
      return;
    }
    if (this.#id === undefined) {
      this.#id = value;
      this.#line = draft.line;
    }
    if (this.#id === value) {
      draft.networkId = value;
      return;
    }
    const setter = this.#line === 0 ? `the run is for ${this.#id}` : `line ${this.#line} has ${this.#id}`;
    draft.reject('networkId', `is ${value}, but ${setter}: one run is for one network`);
  }

  /** A row names none. `#line` 0 with an ID means that the option stands in. */
  takeNone(draft: Draft): void {
    if (this.#id !== undefined && this.#line === 0) draft.networkId = this.#id;
    else draft.reject('networkId', 'is missing: fill it in, or give it for the whole file with --network-id');
  }
}
