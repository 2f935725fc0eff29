/** What is to be done with each row, once the network has been read. */
import type { NamedCommand, Problem, ReadyRow, Row, Turn } from '../model.js';
import type { Fates, Looked } from './fates.js';
import type { GroupNames } from './groups.js';

/** Does not change: it is made before the first write. */
export interface Plan {
  /** The row as it can be sent, or why it cannot. The same for each pass over the rows. */
  apply(row: Row): ReadyRow;
  /** How many rows the plan makes invalid. */
  readonly problems: number;
  /**
   * The result of every lookup, in the order of the rows. A resumed run has to be given them as `known`, the empty ones
   * too: by then other users may have the usernames.
   */
  readonly looked: Iterable<Looked>;
  /** How many requests the planning took. */
  readonly requests: number;
  /** Whether it has listed all users. */
  readonly swept: boolean;
}

/** What has been decided, by row number where it is about rows. */
export interface Decisions {
  readonly fates: Fates;
  /** What is wrong with rows that have no fate of their own. */
  readonly strays: ReadonlyMap<number, readonly Problem[]>;
  readonly faults: ReadonlyMap<number, string>;
  readonly turns: ReadonlyMap<number, Turn>;
  readonly groups: GroupNames;
  readonly isExcluded: (command: NamedCommand) => boolean;
  readonly hasEnded: (row: number) => boolean;
  readonly requests: number;
  readonly swept: boolean;
}

/** The plan of decisions. */
export class DecidedPlan implements Plan {
  readonly problems: number;
  readonly requests: number;
  readonly swept: boolean;
  readonly #made: Decisions;

  constructor(made: Decisions) {
    this.#made = made;
    this.requests = made.requests;
    this.swept = made.swept;
    this.problems = made.strays.size + made.faults.size + made.fates.problems.size;
  }

  get looked(): Iterable<Looked> {
    return this.#made.fates.looked();
  }

  apply(row: Row): ReadyRow {
    if ('problems' in row || 'skipped' in row) return row;
    const fate = this.#made.fates.of(row.row);
    const asked: NamedCommand = 'command' in row ? row.command : row.named;
    const userId = fate?.userId ?? asked.userId;
    if (this.#made.hasEnded(row.row))
      return 'command' in row ? row : { ...placed(row), userId, skipped: ended };
    if (fate?.excluded || this.#made.isExcluded({ ...asked, userId })) {
      return { ...placed(row), userId, skipped: excluded };
    }
    const problems = this.#problemsOf(row);
    if (problems) return { ...placed(row), userId: asked.userId || userId, problems };
    return this.#ready(row, asked, userId);
  }

  #problemsOf({ row, line }: Row): readonly Problem[] | undefined {
    const reason = this.#made.faults.get(row);
    if (reason !== undefined) return [{ line, column: 'username', reason }];
    return this.#made.fates.problems.get(row) ?? this.#made.strays.get(row);
  }

  #ready(row: Row, { networkId, details, securityGroupNames }: NamedCommand, userId: string): ReadyRow {
    const turn = this.#made.turns.get(row.row);
    if ('command' in row) return turn ? { ...row, turn } : row;
    const found = securityGroupNames && this.#made.groups.find(securityGroupNames);
    const groups = found && 'ids' in found ? { securityGroupIds: [...found.ids] } : {};
    const command = { networkId, userId, details: { ...details, ...groups } };
    return { ...placed(row), command, ...(turn && { turn }) };
  }
}

const placed = ({ row, line, start, end, warnings }: Row) => ({
  ...{ row, line, start, end },
  ...(warnings && { warnings }),
});

const excluded = 'its user is excluded';
const ended = 'it has its outcome already';
