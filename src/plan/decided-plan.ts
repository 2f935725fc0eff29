/** What is to be done with each row, once the network has been read. */
import type { CommandRow, NamedCommand, Problem, ReadyRow, Row, Turn } from '../model.js';
import { type Comparing, compare, conflict, type Values } from './diff/compare.js';
import type { GroupNames } from './lookup/group-names.js';
import { reasonOf } from './lookup/lookup-result.js';
import type { Fates, Looked } from './lookup/lookup-table.js';

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
  /** Epoch ms: what is known of the users is no older. */
  readonly readAt: number;
  /** A user as he was then, where rows are compared with him and find something to change. */
  userOf(userId: string): Values | undefined;
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
  readonly comparing: Comparing | undefined;
  readonly userOf: (userId: string) => Values | 'same' | undefined;
  readonly requests: number;
  readonly swept: boolean;
  readonly readAt: number;
}

/** The plan of decisions. */
export class DecidedPlan implements Plan {
  readonly problems: number;
  readonly requests: number;
  readonly swept: boolean;
  readonly readAt: number;
  readonly #made: Decisions;

  constructor(made: Decisions) {
    this.#made = made;
    this.requests = made.requests;
    this.swept = made.swept;
    this.readAt = made.readAt;
    const { planned = false } = made.comparing ?? {};
    this.problems = planned ? 0 : made.strays.size + made.faults.size + made.fates.problems.size;
  }

  get looked(): Iterable<Looked> {
    return this.#made.fates.looked();
  }

  userOf(userId: string): Values | undefined {
    const user = this.#made.userOf(userId);
    return user === 'same' ? undefined : user;
  }

  apply(row: Row): ReadyRow {
    if (!('command' in row || 'named' in row)) return row;
    const fate = this.#made.fates.of(row.row);
    const asked: NamedCommand = 'command' in row ? row.command : row.named;
    const userId = fate?.userId ?? asked.userId;
    if (this.#made.hasEnded(row.row))
      return 'command' in row ? row : { ...placed(row), userId, skipped: ended };
    if (fate?.excluded || this.#made.isExcluded({ ...asked, userId })) {
      return { ...placed(row), userId, skipped: excluded };
    }
    const problems = this.#problemsOf(row);
    const { comparing } = this.#made;
    if (problems && comparing?.planned && 'command' in row) return conflict(row, [], reasonOf(problems));
    if (problems) return { ...placed(row), userId: asked.userId || userId, problems };
    const ready = this.#ready(row, asked, userId);
    return comparing ? this.#compared(ready, comparing) : ready;
  }

  #compared(row: CommandRow, { partly, kept }: Comparing): ReadyRow {
    const user = this.#made.userOf(row.command.userId);
    if (!kept) return compare(row, user, partly);
    const before = kept(row.row);
    // It was as the row wants it when the run was begun: whatever else it is now, somebody else has made it so.
    if (!before) return compare({ ...row, before: row.command.details }, user, partly);
    const compared = compare({ ...row, ...before }, user, partly);
    if (!('unchanged' in compared)) return compared;
    const { before: _, ...again } = { ...row, ...before };
    return again;
  }

  #problemsOf({ row, line }: Row): readonly Problem[] | undefined {
    const reason = this.#made.faults.get(row);
    if (reason !== undefined) return [{ line, column: 'username', reason }];
    return this.#made.fates.problems.get(row) ?? this.#made.strays.get(row);
  }

  #ready(
    row: AskingRow,
    { networkId, details, securityGroupNames }: NamedCommand,
    userId: string,
  ): CommandRow {
    const turn = this.#made.turns.get(row.row);
    if ('command' in row) return turn ? { ...row, turn } : row;
    const found = securityGroupNames && this.#made.groups.find(securityGroupNames);
    const groups = found && 'ids' in found ? { securityGroupIds: [...found.ids] } : {};
    const command = { networkId, userId, details: { ...details, ...groups } };
    return { ...placed(row), command, ...(turn && { turn }) };
  }
}

/** A row that is about a user. */
type AskingRow = Extract<Row, { command: unknown } | { named: unknown }>;

const placed = ({ row, line, start, end, warnings }: Row) => ({
  ...{ row, line, start, end },
  ...(warnings && { warnings }),
});

const excluded = 'its user is excluded';
const ended = 'it has its outcome already';
