/** Rows that are sent in the order of the list of all users, which is read once more right before them. */
import type { CommandRow, ReadyRow } from '../model.js';
import { goesByList, inListOrder } from './batch/list-order.js';
import type { RunParts } from './run-parts.js';
import { ListWalk } from './service/list-walk.js';
import { lookAtPages, type Sight } from './service/paced-reads.js';

type Plan = NonNullable<RunParts['prepared']['compared']>['plan'];

/** For a run that changes most of the users whom it has listed. */
export class ByList {
  readonly #parts: RunParts;
  readonly #plan: Plan;
  readonly #walk: ListWalk;

  private constructor(parts: RunParts, plan: Plan) {
    this.#parts = parts;
    this.#plan = plan;
    const { prepared, session, parsed } = parts;
    this.#walk = new ListWalk({
      pages: lookAtPages(prepared.validation.networkId, session.service),
      seenAt: plan.seenAt,
      maxAge: parsed.batch.maxAgeMs,
    });
  }

  /** Undefined if the rows go out as they stand in the input. */
  static of(parts: RunParts): ByList | undefined {
    const { compared } = parts.prepared;
    if (!compared || !goesByList(compared.changes.changed, compared.plan.pages)) return undefined;
    return new ByList(parts, compared.plan);
  }

  rows(): AsyncIterable<readonly ReadyRow[]> {
    const { prepared, past } = this.#parts;
    const list = { pages: this.#plan.pages, pageOf: this.#pageOf };
    return inListOrder(
      () => prepared.rows(),
      list,
      ({ row }) => past.ended.has(row),
    );
  }

  /** What the list shows of the row's user; undefined if they have to be read by themselves. */
  async look(row: CommandRow): Promise<Sight | undefined> {
    const page = this.#pageOf(row);
    // Whom this program has changed is asked for until a read shows it.
    return page === undefined || row.own ? undefined : this.#walk.look(row.command.userId, page);
  }

  /** The row has its outcome. */
  passed(row: CommandRow): void {
    const page = this.#pageOf(row);
    if (page !== undefined) this.#walk.passed(page);
  }

  readonly #pageOf = ({ command }: CommandRow): number | undefined => this.#plan.pageOf(command.userId);
}
