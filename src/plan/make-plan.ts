/** Makes of rows as they were read rows that can be sent: names looked up, renames in an order that works. */
import type { CommandRow, NamedCommand, Problem, Row } from '../model.js';
import { DecidedPlan, type Plan } from './decided-plan.js';
import { type Comparing, compare } from './diff/compare.js';
import { Survey } from './lookup/fetch-users.js';
import { GroupNames } from './lookup/group-names.js';
import { isExcluded, Needs, type NeedsOptions } from './lookup/lookup-requests.js';
import { type Finding, isInvalid, reject } from './lookup/lookup-result.js';
import { Fates } from './lookup/lookup-table.js';
import type { NetworkReads } from './lookup/network-reads.js';
import { excludedIds, noSuchUser, type ResolveOptions, resolve } from './lookup/resolve-user.js';
import { UserLines } from './lookup/resolved-duplicates.js';
import { refuseSuspects } from './lookup/stale-lookups.js';
import { Directory } from './lookup/user-index.js';
import { orderRenames, type RenameOrder } from './renames/rename-order.js';

export interface PlanOptions extends Omit<NeedsOptions, 'compares'>, ResolveOptions {
  /** How rows are compared with the network; undefined where they are sent as they are. */
  readonly comparing?: Comparing;
  /** Whether users who want each other's usernames may bear another one for a moment. */
  readonly allowTemporaryNames: boolean;
  /** Told after each page of a list of users how many have been listed. */
  readonly onUsers?: ((users: number) => void) | undefined;
  /** Whether a user may stand in the input more than once. He is renamed once all the same. */
  readonly allowDuplicates: boolean;
}

/**
 * Reads from the network what the rows need, which may be nothing, and decides about each of them.
 *
 * @param rows gives the same rows each time; read once, twice where the network says who is meant by some, three
 *   times where they are compared
 * @param needs those of all these rows, with the same options, where they have been gathered already; used up by it
 * @throws whatever the reads reject with
 */
export async function planRows(
  rows: () => AsyncIterable<readonly Row[]>,
  reads: NetworkReads,
  options: PlanOptions,
  needs?: Needs,
): Promise<Plan> {
  const gathered = needs ?? (await gather(rows, needsOptions(options)));
  const directory = directoryFor(gathered, options);
  const survey = new Survey(reads, directory, options.onUsers);
  const named = gathered.groupLists.length > 0;
  const groups = new GroupNames(named ? await reads.groups() : []);
  await survey.read(gathered);
  if (options.comparing) {
    const userOf = (userId: string) => directory.user(userId);
    for await (const batch of rows()) for (const row of batch) gathered.ask(row, userOf);
  }
  const planning = new Planning(gathered, directory, groups, options, survey.begunAt);
  if (planning.needsSecondLook) {
    for await (const batch of rows()) for (const row of batch) planning.lookAgain(row);
  }
  planning.judge();
  let order = planning.order();
  // A temporary username is known only now, and whether it is free may have to be asked.
  for (let unsure = temporaryNamesIn(order, directory); !survey.swept && unsure.length > 0; ) {
    await survey.whoHas(unsure);
    order = planning.order();
    unsure = temporaryNamesIn(order, directory);
  }
  return planning.plan(order, survey.requests + (named ? 1 : 0), survey.swept);
}

/** What has to be known to gather the needs of a plan. */
export const needsOptions = (options: PlanOptions): NeedsOptions => ({
  ...options,
  compares: options.comparing !== undefined,
});

async function gather(rows: () => AsyncIterable<readonly Row[]>, options: NeedsOptions): Promise<Needs> {
  const needs = new Needs(options);
  for await (const batch of rows()) for (const row of batch) needs.add(row);
  return needs;
}

function directoryFor(needs: Needs, options: PlanOptions): Directory {
  const keeping = { temporaryNames: options.allowTemporaryNames, values: options.comparing !== undefined };
  return new Directory(needs, keeping);
}

/** Those that nobody has asked the network about. */
const temporaryNamesIn = ({ turns }: RenameOrder, directory: Directory): string[] =>
  [...turns.values()].flatMap(({ via }) => (via === undefined || directory.asksFor(via) ? [] : [via]));

/** The decisions, one after the other; no reads. */
class Planning {
  readonly #findings: readonly Finding[];
  readonly #strays = new Map<number, Problem[]>();
  readonly #lines: UserLines;
  readonly #isExcluded: (command: NamedCommand) => boolean;
  /** By index of `groupLists`. */
  readonly #groupFaults: readonly (string | undefined)[];
  readonly #directory: Directory;
  readonly #groups: GroupNames;
  readonly #options: PlanOptions;
  readonly #readAt: number;
  /** Index of the finding that the next row to be looked at again may have. */
  #next = 0;
  /** Renames of users whom somebody else has changed. */
  readonly #conflicts = new Set<number>();

  constructor(needs: Needs, directory: Directory, groups: GroupNames, options: PlanOptions, readAt: number) {
    this.#directory = directory;
    this.#readAt = readAt;
    this.#groups = groups;
    this.#options = options;
    this.#groupFaults = needs.groupLists.map((names) => faultIn(groups, names));
    const excluded = excludedIds(options.exclusions, directory);
    const isOut = (userId: string) => excluded.has(userId);
    this.#isExcluded = excludes(excluded, options.exclusions);
    this.#findings = needs.asking.map((asking) => resolve(asking, directory, isOut, options));
    refuseSuspects(this.#findings);
    this.#lines = new UserLines(this.#findings);
  }

  /** Whether rows that ask for nothing may turn out to be invalid all the same. */
  get needsSecondLook(): boolean {
    const mayRepeat = !this.#options.allowDuplicates && this.#lines.size > 0;
    return (
      this.#options.comparing !== undefined ||
      mayRepeat ||
      this.#groupFaults.some((fault) => fault !== undefined)
    );
  }

  /** Looks at a row that may be another one of a user who was looked up, or whose groups may be none. */
  lookAgain(row: Row): void {
    if (!('command' in row || 'named' in row)) return;
    const { comparing, hasEnded } = this.#options;
    const command: NamedCommand = 'command' in row ? row.command : row.named;
    if (comparing && 'command' in row && command.details.username !== undefined && !hasEnded(row.row))
      this.#compareRename(row, comparing);
    if (this.#isFound(row) || this.#isExcluded(command)) return;
    const { userId, securityGroupNames } = command;
    this.#lines.meet(userId, row);
    if (hasEnded(row.row)) return;
    const problems: Problem[] = [];
    const refuse = (column: string, reason: string) => problems.push({ line: row.line, column, reason });
    const fault = securityGroupNames && faultIn(this.#groups, securityGroupNames);
    if (fault !== undefined) refuse('securityGroupNames', fault);
    if (comparing && !this.#directory.user(userId)) refuse('userId', noSuchUser);
    if (!this.#options.allowDuplicates) {
      const repeated = this.#lines.fault(userId, row);
      if (repeated !== undefined) refuse('userId', repeated);
    }
    if (problems.length > 0) this.#strays.set(row.row, problems);
  }

  /** Whether there is a finding about the row; asked for rows in their order. */
  #isFound({ row }: Row): boolean {
    const isFound = this.#findings[this.#next]?.asking.row === row;
    if (isFound) this.#next += 1;
    return isFound;
  }

  /** A rename that is not made leaves the username where it is, for those who wait for it. */
  #compareRename(row: CommandRow, { partly }: Comparing): void {
    const compared = compare(row, this.#directory.user(row.command.userId), partly);
    const keepsName = 'conflicts' in compared && compared.conflicts?.includes('username');
    if ('conflict' in compared || keepsName) this.#conflicts.add(row.row);
  }

  /** Says what is wrong with rows beside their users. */
  judge(): void {
    for (const finding of this.#findings) {
      const { asking, userId, excluded, refused } = finding;
      if (asking.ended || excluded) continue;
      const fault = this.#groupFaults[asking.groups];
      if (fault !== undefined) reject(finding, 'securityGroupNames', fault);
      if (this.#options.allowDuplicates || refused) continue;
      const repeated = this.#lines.fault(userId, asking);
      if (repeated !== undefined)
        reject(finding, asking.lookup === undefined ? 'userId' : 'lookupUsername', repeated);
    }
  }

  order(): RenameOrder {
    if (!this.#options.checkRenames) return { turns: new Map(), faults: new Map() };
    const renames = this.#findings.flatMap((finding) => {
      const { asking, person, userId, refused, excluded } = finding;
      const { row, line, wanted, ended } = asking;
      if (wanted === undefined || excluded) return [];
      const stands = !ended && !isInvalid(finding) && !this.#conflicts.has(row);
      return [{ row, line, wanted, stands, current: person?.username, userId: refused ? '' : userId }];
    });
    return orderRenames(renames, {
      holdersOf: (username) => this.#directory.holders(username),
      allowTemporaryNames: this.#options.allowTemporaryNames,
      isTaken: (username) => this.#directory.hasTemporary(username),
    });
  }

  plan({ turns, faults }: RenameOrder, requests: number, swept: boolean): Plan {
    return new DecidedPlan({
      fates: new Fates(this.#findings),
      strays: this.#strays,
      groups: this.#groups,
      isExcluded: this.#isExcluded,
      hasEnded: this.#options.hasEnded,
      comparing: this.#options.comparing,
      userOf: this.#options.comparing ? userOf(this.#directory) : () => undefined,
      readAt: this.#readAt,
      ...{ turns, faults, requests, swept },
    });
  }
}

const userOf = (directory: Directory) => (userId: string) => directory.user(userId);

/** A function of its own, so that a plan that keeps it does not keep all that was read. */
const excludes =
  (userIds: ReadonlySet<string>, exclusions: PlanOptions['exclusions']) =>
  (command: NamedCommand): boolean =>
    userIds.has(command.userId) || isExcluded(command, exclusions);

function faultIn(groups: GroupNames, names: readonly string[]): string | undefined {
  const found = groups.find(names);
  return 'fault' in found ? found.fault : undefined;
}
