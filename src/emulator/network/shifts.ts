/** Changes that others make to the network while a list of its users is read. */
import type { EmulatedUser, Network } from './network.js';
import { EmulatorOptionError } from './option-error.js';
import { Random } from './seeded-random.js';

/** Somebody deletes or renames a user between two pages of a list, so that those behind them move. */
export interface PageShift {
  readonly kind: 'remove' | 'rename';
  /** Happens after this many pages of ListUsers that have a next page, counted over all lists. */
  readonly page?: number;
  /** Instead of `page`: after this share of such pages, above 0 and at most 1, chosen by the seed. */
  readonly share?: number;
  /** Ends after this many changes. Default: 1 with `page`, no end with `share`. */
  readonly times?: number;
  /** Default: somebody whom the page has just shown, chosen by the seed. */
  readonly userId?: string;
  /** Users who are never chosen. */
  readonly spare?: readonly string[];
}

/** @throws EmulatorOptionError if the shift makes no sense */
export function checkShift({ kind, page, share, times = 1 }: PageShift): void {
  const wrong = (name: string, must: string) => {
    throw new EmulatorOptionError(`the shift's ${name} cannot be used`, `It must be ${must}.`);
  };
  if (kind !== 'remove' && kind !== 'rename') wrong('kind', 'remove or rename');
  if ((page === undefined) === (share === undefined)) wrong('page', 'given, or a share instead');
  if (page !== undefined && !(Number.isSafeInteger(page) && page > 0))
    wrong('page', 'a whole number above 0');
  if (share !== undefined && !(share > 0 && share <= 1)) wrong('share', 'above 0 and at most 1');
  if (!(Number.isSafeInteger(times) && times > 0)) wrong('times', 'a whole number above 0');
}

export class Shifts {
  readonly #network: Network;
  readonly #random: Random;
  readonly #shifts: readonly { readonly shift: PageShift; done: number }[];
  #pages = 0;

  constructor(network: Network, seed: number, shifts: readonly PageShift[]) {
    for (const shift of shifts) checkShift(shift);
    this.#network = network;
    this.#random = new Random(seed, 'shifts');
    this.#shifts = shifts.map((shift) => ({ shift, done: 0 }));
  }

  /** A page with a next page has been listed. @param at epoch ms */
  pageListed(shown: readonly string[], at: number): void {
    this.#pages += 1;
    for (const each of this.#shifts) {
      if (!this.#isDue(each)) continue;
      const user = this.#choose(each.shift, shown);
      if (!user) continue;
      each.done += 1;
      if (each.shift.kind === 'remove') this.#network.remove(user);
      else this.#network.change(user, { username: this.#freshName() }, at);
    }
  }

  #isDue({ shift, done }: { readonly shift: PageShift; readonly done: number }): boolean {
    const { page, share = 0, times = page === undefined ? Number.POSITIVE_INFINITY : 1 } = shift;
    if (done >= times) return false;
    return page === undefined ? this.#random.share() < share : this.#pages >= page;
  }

  #choose({ userId, spare = [] }: PageShift, shown: readonly string[]): EmulatedUser | undefined {
    if (userId !== undefined) return this.#network.users.get(userId);
    const candidates = shown.filter((id) => this.#network.users.has(id) && !spare.includes(id));
    if (candidates.length === 0) return undefined;
    return this.#network.users.get(this.#random.pick(candidates));
  }

  #freshName(): string {
    return `renamed.${this.#random.text(10, 'abcdefghijklmnopqrstuvwxyz')}@example.com`;
  }
}
