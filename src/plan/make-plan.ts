/**
 * Turns rows as they were read into rows that can be sent. Each step takes what the one before it has given: requests →
 * network → resolved rows → checked rows → order of the renames → plan. Only the first two and the order read anything.
 */
import type { ExclusionFaults } from '../input/options/exclusions.js';
import type { PresentRules } from '../input/rules/present-value.js';
import type { Problem, Row } from '../model.js';
import type { UserDetails } from '../wire-types.js';
import { type CheckedRows, type CheckOptions, checkedGroups, checkRows } from './check-rows.js';
import { DecidedPlan, type Plan } from './decided-plan.js';
import { UserFetcher } from './lookup/fetch-users.js';
import { GroupIndex } from './lookup/group-names.js';
import { type GroupList, isExcluded, LookupRequests } from './lookup/lookup-requests.js';
import { isInvalid } from './lookup/lookup-result.js';
import { LookupTable } from './lookup/lookup-table.js';
import type { NetworkReads } from './lookup/network-reads.js';
import { MOST_DOUBTED, SingleQuestions } from './lookup/single-questions.js';
import { UnlistedUsers } from './lookup/unlisted-users.js';
import { UserIndex } from './lookup/user-index.js';
import { isIncomplete, PresentValues } from './present-values.js';
import { orderRenames, type RenameOrder } from './renames/rename-order.js';
import { type NetworkIndex, resolveRows } from './resolve-rows.js';

export interface PlanOptions extends CheckOptions {
  /** Whether users who want each other's usernames may have a temporary one for a moment. */
  readonly allowTemporaryNames: boolean;
  /** Whether the users are told whom no row names: if all are listed anyway, or for that. Default: not. */
  readonly unlisted?: 'if-listed' | 'needed' | undefined;
  /** Told after each page of a list of users how many have been listed. */
  readonly onUsers?: ((users: number) => void) | undefined;
  /** How values that users have are changed. Only where rows are compared. */
  readonly present?: PresentRules;
}

type Rows = () => AsyncIterable<readonly Row[]>;

/**
 * Reads from the network what the rows need, which may be nothing, and decides what happens to each of them.
 *
 * @param rows gives the same rows each time; read once, twice if the network has to say whom some rows mean, and three
 *   times if they are compared
 * @throws whatever the reads reject with
 */
export async function planRows(rows: Rows, reads: NetworkReads, options: PlanOptions): Promise<Plan> {
  const unlisted = options.unlisted && new UnlistedUsers(options.exclusions);
  const collected = await collectRequests(rows, unlisted, options);
  const network = await readNetwork(collected, reads, unlisted, options);
  const present = presentValues(network, options);
  const completed = present ? () => completedBy(present, rows()) : rows;
  const warnings = present ? await readWanted(rows, present, network, options) : [];
  const requests = options.comparing ? await addRequests(collected, completed, network) : collected;
  await askForExcluded(requests, network, options);
  await askForUnseen(requests, network, options);
  const resolved = resolveRows(requests, network, options);
  const checked = await checkRows(rows, resolved, network, {
    ...options,
    ...(present && { completing: present }),
  });
  const { turns, faults } = await orderUsernames(checked, network, options);
  const { users, groups, fetcher, questions, groupRequests } = network;
  return new DecidedPlan({
    lookups: new LookupTable(checked.results),
    otherProblems: checked.otherProblems,
    missing: checked.missing,
    skipsMissing: options.missing === 'skip',
    unlisted: fetcher.listedAll ? unlisted : undefined,
    hasNameless: users.hasNameless,
    renameFaults: faults,
    turns,
    groups,
    groupIds: groups.idsOf(namesIn(requests.groupLists)),
    isExcluded: checked.isExcluded,
    excluded: checked.excluded,
    hasEnded: options.hasEnded,
    comparing: options.comparing,
    present,
    warnings,
    userOf: options.comparing ? userOf(users) : () => undefined,
    pages: fetcher.pages,
    exclusionFaults: exclusionFaults(options.exclusions, requests.excludedIds, users),
    requests: fetcher.requests + questions.requests + groupRequests,
    listedAll: fetcher.listedAll,
    readAt: fetcher.startedAt,
    seenAt: fetcher.seenAt,
  });
}

const namesIn = (lists: readonly GroupList[]): string[] =>
  lists.flatMap(({ column, groups }) => (column === 'securityGroupNames' ? groups : []));

async function collectRequests(
  rows: Rows,
  unlisted: UnlistedUsers | undefined,
  options: PlanOptions,
): Promise<LookupRequests> {
  const { comparing } = options;
  const requests = new LookupRequests({
    ...options,
    ...checkedGroups(comparing),
    compares: comparing !== undefined,
  });
  for await (const batch of rows()) {
    for (const row of batch) {
      requests.collect(row);
      unlisted?.takeRow(row);
    }
  }
  requests.collectExclusions();
  return requests;
}

/** The users and groups that have been read, and the means to read more. */
interface Network extends NetworkIndex {
  readonly fetcher: UserFetcher;
  readonly questions: SingleQuestions;
  readonly groupRequests: number;
}

async function readNetwork(
  requests: LookupRequests,
  reads: NetworkReads,
  unlisted: UnlistedUsers | undefined,
  { comparing, allowTemporaryNames, onUsers, unlisted: wanted }: PlanOptions,
): Promise<Network> {
  const kept = {
    temporaryNames: allowTemporaryNames,
    values: comparing !== undefined,
    allNames: requests.presentUsernames > 0,
  };
  const users = new UserIndex(requests, kept);
  const fetcher = new UserFetcher(reads, users, { onUsers, unlisted, listsAll: wanted === 'needed' });
  const groups = await readGroups(requests, reads);
  await fetcher.fetch(requests);
  const questions = new SingleQuestions(reads, users);
  return { users, groups, fetcher, questions, groupRequests: requests.groupLists.length > 0 ? 1 : 0 };
}

function presentValues(
  { users }: Network,
  { present, known, comparing }: PlanOptions,
): PresentValues | undefined {
  return present && new PresentValues(users, present, { known, recorded: comparing?.recorded });
}

async function* completedBy(
  present: PresentValues,
  batches: ReturnType<Rows>,
): AsyncGenerator<readonly Row[]> {
  for await (const batch of batches) yield batch.map((row) => present.complete(row));
}

/** Reads who has the usernames that are made of others, and gives what is odd about values that are. */
async function readWanted(
  rows: Rows,
  present: PresentValues,
  { users, fetcher }: Network,
  { checkRenames, hasEnded, exclusions }: PlanOptions,
): Promise<readonly Problem[]> {
  const wanted: string[] = [];
  const warnings: Problem[] = [];
  for await (const batch of rows()) {
    for (const row of batch) {
      if (!isIncomplete(row) || hasEnded(row.row) || isExcluded(row.named, exclusions)) continue;
      const completed = present.complete(row);
      const { username } = 'named' in completed ? completed.named.details : commandOf(completed);
      const isNew = username !== undefined && row.named.fromPresent.includes('username');
      if (isNew && checkRenames && users.holders(username).length === 0) wanted.push(username);
      warnings.push(...present.warningsOf(row));
    }
  }
  await fetcher.fetchHolders(wanted);
  return warnings;
}

const commandOf = (row: Row): UserDetails => ('command' in row ? row.command.details : {});

/** Names have to be found; IDs are only held against what the caller may see. */
async function readGroups({ groupLists }: LookupRequests, reads: NetworkReads): Promise<GroupIndex> {
  if (groupLists.length === 0) return new GroupIndex([]);
  if (groupLists.some(({ column }) => column === 'securityGroupNames'))
    return new GroupIndex(await reads.groups());
  return new GroupIndex(await reads.groupsIfTold());
}

/**
 * Excluded users who were not seen are asked for, so that the list protects them. Are there too many for that, all users
 * are listed once more: who is in neither list has gone.
 */
async function askForExcluded(
  { excludedIds }: LookupRequests,
  { users, fetcher, questions }: Network,
  { exclusions }: PlanOptions,
): Promise<void> {
  const unseenNames = () =>
    (exclusions?.named ?? []).flatMap(({ username }) =>
      users.holders(username).length === 0 ? [username] : [],
    );
  const unseenIds = () => [...excludedIds].filter((userId) => users.user(userId) === undefined);
  // Otherwise each of them was asked for singly already.
  const areTooMany = () => unseenNames().length + unseenIds().length > MOST_DOUBTED;
  if (fetcher.listedAll && areTooMany()) await fetcher.listAgain();
  if (fetcher.listedAll && !areTooMany()) {
    await questions.byUsername(unseenNames());
    await questions.byId(unseenIds());
  }
  // Digits alone may be a username as well.
  const digits = unseenIds().filter((userId) => exclusions?.usernames.has(userId));
  if (digits.length > MOST_DOUBTED) return;
  for (const username of digits) users.watch(username);
  await questions.byUsername(digits);
}

/**
 * Who was not seen in a list is asked for before anybody says that they are not there. Are there too many for that, and
 * their rows are to be left out, all users are listed once more, as for the excluded ones.
 */
async function askForUnseen(
  requests: LookupRequests,
  { users, fetcher, questions }: Network,
  { missing }: Pick<PlanOptions, 'missing'>,
): Promise<void> {
  const skips = missing === 'skip';
  const unseenNames = () => [
    ...new Set(
      requests.rows.flatMap(({ lookupUsername: name, isKnown, hasEnded }) =>
        name === undefined || isKnown || hasEnded || users.find(name) !== 'none' ? [] : [name],
      ),
    ),
  ];
  const unseenIds = () => [...users.unreadIds()].filter((userId) => !requests.excludedIds.has(userId));
  // Otherwise each of them was asked for singly already.
  if (!fetcher.listedAll) {
    if (skips && unseenIds().length > 0) await fetcher.confirmNetwork();
    return;
  }
  const areTooMany = () => unseenNames().length + unseenIds().length > MOST_DOUBTED;
  if (skips && areTooMany()) {
    await fetcher.listAgain();
    // Who is in neither list is not there. To ask for each of so many could take hours.
    if (areTooMany()) return;
  }
  const doubted = unseenNames().slice(0, MOST_DOUBTED);
  await questions.byUsername(doubted);
  await questions.byId(unseenIds().slice(0, MOST_DOUBTED - doubted.length));
}

/** @param userIds those of the list that were looked for */
function exclusionFaults(
  exclusions: PlanOptions['exclusions'],
  userIds: ReadonlySet<string>,
  users: UserIndex,
): ExclusionFaults {
  const faults = { names: [] as number[], userIds: [] as number[], mixed: [] as number[] };
  for (const { username, userId, line } of exclusions?.named ?? []) {
    const holders = users.holders(username);
    // A user who was renamed is protected by the user ID.
    if (holders.length === 0 && userId === undefined) faults.names.push(line);
    const isMixed = holders.length > 0 && !holders.some((user) => user.userId === userId);
    if (isMixed && userId !== undefined) faults.mixed.push(line);
  }
  for (const userId of userIds) {
    const isSomebody = users.user(userId) !== undefined || users.holders(userId).length > 0;
    if (!isSomebody) faults.userIds.push(exclusions?.userIds.get(userId) ?? 1);
  }
  return faults;
}

/** Of rows that are compared, it is known only now which of them change a username. */
async function addRequests(
  requests: LookupRequests,
  rows: Rows,
  { users }: Network,
): Promise<LookupRequests> {
  for await (const batch of rows()) for (const row of batch) requests.addRequest(row, userOf(users));
  return requests;
}

/** Decides the order of the renames. Temporary usernames are known only then, so their holders may have to be read. */
async function orderUsernames(
  checked: CheckedRows,
  { users, fetcher }: Network,
  options: PlanOptions,
): Promise<RenameOrder> {
  let order = orderOf(checked, users, options);
  let unread = unreadNames(order, users);
  while (!fetcher.listedAll && unread.length > 0) {
    await fetcher.fetchHolders(unread);
    order = orderOf(checked, users, options);
    unread = unreadNames(order, users);
  }
  return order;
}

/** Temporary usernames whose holders nobody has asked for. */
const unreadNames = ({ turns }: RenameOrder, users: UserIndex): string[] =>
  [...turns.values()].flatMap(({ via }) => (via === undefined || users.isWatched(via) ? [] : [via]));

function orderOf(
  { results, keepUsername }: CheckedRows,
  users: UserIndex,
  { checkRenames, allowTemporaryNames }: PlanOptions,
): RenameOrder {
  if (!checkRenames) return { turns: new Map(), faults: new Map() };
  const renames = results.flatMap((result) => {
    const { request, user, userId, refused, excluded, skipped } = result;
    const { row, line, newUsername: wanted, hasEnded } = request;
    if (wanted === undefined || excluded || skipped) return [];
    const sendable = !hasEnded && !isInvalid(result) && !keepUsername.has(row);
    return [{ row, line, wanted, sendable, current: user?.username, userId: refused ? '' : userId }];
  });
  return orderRenames(renames, {
    holdersOf: (username) => users.holders(username),
    allowTemporaryNames,
    isTaken: (username) => users.hasTemporary(username),
  });
}

const userOf = (users: UserIndex) => (userId: string) => users.user(userId);
