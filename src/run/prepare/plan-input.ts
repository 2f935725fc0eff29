/** The input in the network's own terms: names looked up, renames put in order, all before anything is sent. */

import { InvalidInputError } from '../../errors.js';
import { parseAccept } from '../../input/options/accept-option.js';
import type { Exclusions } from '../../input/options/exclusions.js';
import type { PresentRules } from '../../input/rules/present-value.js';
import { parseReplace } from '../../input/rules/replace-option.js';
import type { Outcome, OwnChange, Problem, ReadyRow, Row } from '../../model.js';
import type { Plan } from '../../plan/decided-plan.js';
import { type Changes, ChangeTally } from '../../plan/diff/change-counts.js';
import type { CompareOptions, RecordedChange } from '../../plan/diff/compare.js';
import type { ResolvedLookup } from '../../plan/lookup/lookup-table.js';
import type { UnlistedUsers } from '../../plan/lookup/unlisted-users.js';
import { type PlanOptions, planRows } from '../../plan/make-plan.js';
import { printable } from '../../text/printable.js';
import { version } from '../../version.js';
import type { LoadedReading } from '../options/load-option-files.js';
import type { ParsedOptions, PlanningStage, ReadingStage } from '../options/parsed-options.js';
import { modes } from '../options/run-kind.js';
import { readsWithFormerNames } from '../service/former-names.js';
import type { MeantGroups } from '../service/group-watch.js';
import { OwnChanges } from '../service/own-changes.js';
import { networkReads } from '../service/paced-reads.js';
import type { Session } from '../service/session.js';
import type { TemporaryName } from '../state/journal.js';
import type { PlanHead } from '../state/plan-file.js';
import { checkExclusions } from './check-exclusions.js';
import { meantGroups, otherGroupsOf } from './group-names.js';
import type { Prepared } from './prepare-input.js';
import { leadingProblem, tellEach } from './tell-problems.js';

/** What is known of rows from before. */
export interface Earlier {
  /** The user that the row's username was found to be. */
  userOf(row: number): string | undefined;
  hasEnded(row: number): boolean;
  /** The IDs of the users whom the list of excluded users meant when it was first used: by now its usernames may be others'. */
  readonly excluded?: ReadonlySet<string> | undefined;
  /** Whether the row may have been sent, and has no outcome from then. */
  inDoubt(row: number): boolean;
  /** Whether the run goes on: rows that cannot be sent any more are reported then, and keep nobody else from it. */
  readonly goesOn: boolean;
  /** The names that security groups had, by ID, as far as that is known. */
  readonly groupNames?: Readonly<Record<string, string>> | undefined;
  /** What the run has kept of its rows, if it does. */
  readonly kept: ReadonlyMap<number, RecordedChange> | undefined;
  /** Usernames that the run itself gave for a moment. */
  readonly temporaryNames: readonly TemporaryName[];
  /** By row, what the run has updated a moment ago. */
  readonly updated?: ReadonlyMap<number, UpdatedUser>;
}

/** Whom an outcome was about, and when it came. */
export type UpdatedUser = Pick<Outcome, 'userId' | 'finishedAt'>;

/** An input of which every row is ready. */
export interface PlannedInput extends Omit<Prepared, 'rows'> {
  rows(): AsyncIterable<readonly ReadyRow[]>;
  /** The users that the rows were found to mean; undefined if nobody was looked up. */
  readonly looked: Iterable<ResolvedLookup> | undefined;
  /** The IDs of the users who are never changed; undefined if there is no list of them. */
  readonly excluded: ReadonlySet<string> | undefined;
  /** What the rows mean by security groups; undefined if they name none. */
  readonly meantGroups: MeantGroups | undefined;
  /** Rows that are left out because their users are not in the network. */
  readonly missing: number;
  /** The users whom no row names; undefined if they were not asked for, or not all users were listed. */
  readonly unlisted: UnlistedUsers | undefined;
  /** What comparing the rows with the network has come to; undefined if they are sent as they are. */
  readonly compared: Compared | undefined;
}

export interface Compared {
  readonly changes: Changes;
  readonly plan: Pick<Plan, 'readAt' | 'seenAt' | 'requests' | 'userOf' | 'pages' | 'pageOf'>;
}

/**
 * Reads what the rows have to know of the network, if there is anything.
 *
 * @param earlier of a run that goes on: its rows that cannot be sent any more are reported, and the others sent
 * @throws InputError if nobody has a username of the list of excluded users; InvalidInputError if rows cannot be sent,
 *   unless those are to be skipped, after `onProblem` was told of each; WickrBulkError if the network cannot be read
 */
export async function planInput(
  prepared: Prepared,
  { planning, reading }: Pick<ParsedOptions, 'planning' | 'reading'>,
  session: Session,
  earlier?: Earlier,
): Promise<PlannedInput> {
  const { validation } = prepared;
  const { lookups } = validation.network;
  const exclusions = exclusionsOf(prepared, earlier);
  const checkRenames = !planning.skipRenameCheck;
  const readAt = performance.now();
  const { givesBack } = modes[planning.command];
  const warn = (column: string, reason: string) =>
    reading.onWarning?.({ line: 1, column, reason }, prepared.source.name);
  const otherGroups = await otherGroupsOf(earlier?.groupNames, validation.networkId, session, {
    givesBack,
    onRenamed: (id) => warn('securityGroupIds', renamedGroup(id)),
  });
  const comparing = planning.compares ? comparingFor(planning, earlier, otherGroups) : undefined;
  const skipsMissing = planning.missing === 'skip';
  const hasToRead = planning.readsAll || namesAny(prepared, checkRenames);
  if (!comparing && !hasToRead && !hasToCheck(exclusions, earlier, reading))
    return unread(prepared, exclusions, earlier, reading);
  const network = networkReads(validation.networkId, session.service);
  const own = await ownChangesOf(prepared, planning, earlier);
  const reads = own.over(readsWithFormerNames(network, earlier?.temporaryNames ?? []));
  const plan = await planRows(prepared.rows, reads, {
    ...planning,
    checkRenames,
    // Whom a file names by username has to be read: then it shows as well whether the others are there.
    readsAll: planning.readsAll || lookups,
    allowDuplicates: reading.allowDuplicates,
    ...(exclusions && { exclusions }),
    checkExcludedIds: reading.excludeMissing !== 'allow' && !earlier?.excluded,
    ...comparingWith(comparing, prepared.reading),
    ...knownOf(earlier, planning),
  });
  if (exclusions && !earlier?.excluded) checkExclusions(exclusions, plan.exclusionFaults, reading);
  const rows = () => applied(prepared.rows(), plan, own);
  const warnings = toldWarnings(plan, prepared, reading);
  const invalid = validation.invalid + plan.problems;
  const missing = skipsMissing ? plan.missing : 0;
  if (plan.problems > 0 && !reading.skipInvalid && !earlier?.goesOn) {
    const kinds = await tellEach(problemsIn(rows()), prepared.source.name, reading);
    const hint = await tableHint(problemsIn(rows()), prepared.reading);
    const absent = plan.missing - missing;
    throw new InvalidInputError(validation.rows, invalid, undefined, hint, absent, leadingProblem(kinds));
  }
  if (missing > 0 && lookups && plan.hasNameless) warn('lookupUsername', nameless);
  const tally = comparing && (await tallyOf(rows(), earlier));
  return {
    ...prepared,
    validation: { ...validation, invalid, warnings, skipped: validation.skipped + missing },
    rows,
    looked: lookups ? plan.lookups : undefined,
    missing,
    unlisted: plan.unlisted,
    excluded: exclusions && plan.excluded,
    meantGroups: meantGroups(plan.groupIds, only(earlier?.groupNames, tally?.joined), readAt, { givesBack }),
    compared: tally && { plan, changes: tally.changes },
  };
}

/** The warnings so far and those of the plan, which are told. */
function toldWarnings(
  { warnings }: Plan,
  { source, validation }: Prepared,
  { onWarning }: Pick<ReadingStage, 'onWarning'>,
): Prepared['validation']['warnings'] {
  for (const warning of warnings) onWarning?.(warning, source.name);
  return { ...validation.warnings, total: validation.warnings.total + warnings.length };
}

/** How rows are compared, and how values that users have are changed. */
function comparingWith(
  comparing: CompareOptions | undefined,
  { replace, strict = false, accept }: LoadedReading,
): { readonly comparing?: CompareOptions; readonly present?: PresentRules } {
  if (!comparing) return {};
  if (!replace) return { comparing };
  const present = { replacements: parseReplace(replace), strict, accepted: parseAccept(accept) };
  return { comparing, present };
}

/** The names of these groups. */
const only = (names: Earlier['groupNames'], ids: ReadonlySet<string> | undefined): Earlier['groupNames'] =>
  names && Object.fromEntries(Object.entries(names).filter(([id]) => ids?.has(id)));

/** What a plan takes from before. */
const knownOf = (
  earlier: Earlier | undefined,
  { unlisted }: Pick<PlanningStage, 'unlisted'>,
): Pick<PlanOptions, 'known' | 'hasEnded' | 'unlisted'> => ({
  known: (row) => earlier?.userOf(row),
  hasEnded: (row) => earlier?.hasEnded(row) ?? false,
  // A run that goes on has told of them when it was started.
  unlisted: earlier?.goesOn ? undefined : unlisted,
});

/** Whether rows name something that only the network knows. */
const namesAny = ({ validation: { network } }: Prepared, checkRenames: boolean): boolean =>
  network.lookups || network.groups || (network.renames && checkRenames);

/** An input for which nothing has to be read. */
function unread(
  prepared: Prepared,
  exclusions: ReturnType<typeof exclusionsOf>,
  earlier: Earlier | undefined,
  reading: ReadingStage,
): PlannedInput {
  if (exclusions && !earlier?.excluded)
    checkExclusions(exclusions, { names: [], userIds: [], mixed: [] }, reading);
  return {
    ...{ ...prepared, rows: offline(prepared), looked: undefined, compared: undefined },
    excluded: exclusions && new Set(exclusions.userIds.keys()),
    ...{ meantGroups: undefined, missing: 0, unlisted: undefined },
  };
}

const nameless =
  'the service does not tell the usernames of all users: a row that is left out may name one of those';

const renamedGroup = (id: string) =>
  `the security group ${printable(id)} has another name than before the run; it is the same group, so users who were in it get it back`;

/** The list of excluded users. Once it was used, it means the users whom it meant then. */
function exclusionsOf(
  { reading: { exclusions } }: Prepared,
  earlier: Earlier | undefined,
): Pick<Exclusions, 'userIds' | 'usernames' | 'named' | 'name'> | undefined {
  const userIds = earlier?.excluded;
  return exclusions && userIds
    ? {
        name: exclusions.name,
        userIds: new Map([...userIds].map((id) => [id, 0])),
        usernames: new Set(),
        named: [],
      }
    : exclusions;
}

/** Whether only the network can tell whom the list means, or whether it has a typing error. */
const hasToCheck = (
  exclusions: ReturnType<typeof exclusionsOf>,
  earlier: Earlier | undefined,
  { excludeMissing }: Pick<ReadingStage, 'excludeMissing'>,
): boolean =>
  exclusions !== undefined &&
  (earlier?.excluded !== undefined || exclusions.named.length > 0 || excludeMissing !== 'allow');

function comparingFor(
  { command }: Pick<PlanningStage, 'command'>,
  earlier: Earlier | undefined,
  otherGroups: ReadonlySet<string> | undefined,
): CompareOptions {
  const { planned, partly } = modes[command];
  const kept = earlier?.kept;
  return {
    planned,
    partly,
    ...(otherGroups && { otherGroups }),
    ...(earlier && kept && { recorded: (row) => recordedIn(earlier, kept.get(row), row) }),
  };
}

const recordedIn = (earlier: Earlier, change: RecordedChange | undefined, row: number) =>
  change && earlier.inDoubt(row) ? { ...change, inDoubt: true as const } : change;

/** What the rows come to, and the IDs of the groups that they put users into. */
async function tallyOf(
  rows: AsyncIterable<readonly ReadyRow[]>,
  earlier: Earlier | undefined,
): Promise<{ readonly changes: Changes; readonly joined: ReadonlySet<string> }> {
  const tally = new ChangeTally();
  const joined = new Set<string>();
  for await (const batch of rows) {
    for (const row of batch) {
      if (earlier?.hasEnded(row.row)) continue;
      tally.add(row);
      if ('command' in row) for (const id of row.command.details.securityGroupIds ?? []) joined.add(id);
    }
  }
  return { changes: tally, joined };
}

/** Rows of which the validation has shown that none names anything. */
const offline = (prepared: Prepared) => prepared.rows as () => AsyncIterable<readonly ReadyRow[]>;

async function* applied(
  rows: AsyncIterable<readonly Row[]>,
  plan: Plan,
  own: OwnChanges,
): AsyncGenerator<readonly ReadyRow[]> {
  for await (const batch of rows) {
    const ready = batch.map((row) => plan.apply(row));
    yield own.size === 0 ? ready : ready.map((row) => withDoubt(row, plan, own));
  }
}

/** The row, with a note if its user was not seen as this program has left them. */
function withDoubt(row: ReadyRow, { readAt }: Plan, changes: OwnChanges): ReadyRow {
  if (!('command' in row) || row.own === undefined) return row;
  // Whatever the clock says now, the change was made before the users were read.
  const own: OwnChange = { ...row.own, at: Math.min(row.own.at, readAt) };
  return { ...row, own, ...(changes.isUnseen(row.command.userId) && { unseen: true as const }) };
}

/** What this program has set of the rows' users, in another run or before it was resumed. */
async function ownChangesOf(
  prepared: Prepared,
  { command }: Pick<PlanningStage, 'command'>,
  earlier: Earlier | undefined,
): Promise<OwnChanges> {
  const own = new OwnChanges();
  const updated = earlier?.updated;
  if (command !== 'undo' && !updated?.size) return own;
  for await (const batch of prepared.rows()) {
    for (const row of batch) {
      const done = updated?.get(row.row);
      if (done) addUpdated(own, row, done, earlier);
      else if ('command' in row && row.own && row.before && !earlier?.hasEnded(row.row))
        own.add(row.command.userId, { ...row.own, set: row.before });
    }
  }
  return own;
}

/** A user whom the run itself has updated: who waits for the former username must not take it for in use. */
function addUpdated(own: OwnChanges, row: Row, done: UpdatedUser, earlier: Earlier | undefined): void {
  const { userId, finishedAt: at } = done;
  if (userId === undefined || at === undefined || !('command' in row || 'named' in row)) return;
  const kept = earlier?.kept?.get(row.row);
  const { details } = kept?.command ?? ('command' in row ? row.command : row.named);
  own.add(userId, { at, set: details, ...(kept?.before && { was: kept.before }) });
}

/** Where to correct a value that a table has given; undefined if no problem is about one. */
async function tableHint(
  batches: AsyncIterable<readonly Problem[]>,
  { translations = [] }: LoadedReading,
): Promise<string | undefined> {
  for await (const batch of batches) {
    const table = translations.find(({ field }) => batch.some(({ column }) => column === field));
    if (table)
      return `The values of ${table.field} come from ${printable(table.name ?? 'the table')}: correct them there, or the network, and start again.`;
  }
  return undefined;
}

async function* problemsIn(rows: AsyncIterable<readonly ReadyRow[]>): AsyncGenerator<readonly Problem[]> {
  for await (const batch of rows) yield batch.flatMap((row) => ('problems' in row ? row.problems : []));
}

/** What a plan of this input is of. @param readAt epoch ms */
export const planHeadOf = (
  { service, planning, reading }: Pick<ParsedOptions, 'service' | 'planning' | 'reading'>,
  { source, validation }: Pick<Prepared, 'source' | 'validation'>,
  readAt: number,
  account: string,
  groupNames: PlanHead['groupNames'],
): PlanHead => ({
  version,
  readAt: new Date(readAt).toISOString(),
  networkId: validation.networkId,
  region: service.region,
  endpoint: service.endpoint.href,
  account,
  input: { path: typeof reading.input === 'string' ? source.path : '-', sha256: validation.sha256 },
  allowTemporaryNames: planning.allowTemporaryNames,
  ...(groupNames && { groupNames }),
});
