/** A new run. */
import type { Identity, Outcome, Summary } from '../model.js';
import { type ExceededCap, limitOf } from '../plan/caps.js';
import { CopiedRows } from '../report/copied-rows.js';
import { createReport } from '../report/writer.js';
import { steadyNow } from '../steady-clock.js';
import { printable } from '../text/printable.js';
import { version } from '../version.js';
import { accountOf } from '../wickr/credentials.js';
import type { WantedIdentity } from '../wickr/sources/identity.js';
import { checkEndpoint } from './check-endpoint.js';
import { controlledBy, type JobControl } from './job.js';
import { Fence, tellTakenOver } from './lock/fence.js';
import { lockNetwork, takeLock } from './lock/lock.js';
import { askNetworkName } from './network-name.js';
import { obeyOrders } from './obey-orders.js';
import { parseOptions } from './options/parse-options.js';
import type { LockTerms, ParsedOptions } from './options/parsed-options.js';
import type { RunCommand } from './options/run-kind.js';
import type { RunOptions } from './options/run-options.js';
import { startOf } from './outlook.js';
import { beyondCaps, checkChanges, checkMissing, tripCaps, tripShared } from './prepare/check-caps.js';
import { groupNamesOf } from './prepare/group-names.js';
import { type PlannedInput, planHeadOf, planInput } from './prepare/plan-input.js';
import { type Prepared, prepareInput } from './prepare/prepare-input.js';
import { orWithoutUndo } from './prepare/refused-reads.js';
import { orderOf, Run } from './run.js';
import { type RunResources, withResources } from './run-resources.js';
import { Access } from './service/access.js';
import { openSession, type Session } from './service/session.js';
import { writeExcluded } from './state/excluded-file.js';
import { Journal } from './state/journal.js';
import { writeLookups } from './state/lookups-file.js';
import { type PlanHead, writePlan } from './state/plan-file.js';
import { noPast } from './state/report-so-far.js';
import { RowSet } from './state/row-set.js';
import { RunFolder } from './state/run-folder.js';
import { type RunRecord, recordedOptions, recordedRules } from './state/run-record.js';
import type { SharedCaps } from './state/shared-caps.js';
import { writeUnlisted } from './state/unlisted-file.js';
import { writeUntranslated } from './state/untranslated-file.js';

/** What has to hold for a run of what an earlier one has left. */
export interface RunConstraints {
  /** What the input has to be, byte for byte. */
  readonly same?: { readonly size: number; readonly sha256: string };
  /** Whose credentials they have to be. */
  readonly identity?: WantedIdentity;
  /** Where the service has to be. */
  readonly endpoint?: string;
  /** The names that security groups had, by ID: no user is put into one that has another name by now. */
  readonly groupNames?: Readonly<Record<string, string>>;
  /** The user that a row which names its user means, as an earlier run has found out. */
  readonly known?: (row: number) => string | undefined;
  /** The IDs of the users whom an earlier run's list of excluded users meant. */
  readonly excluded?: ReadonlySet<string>;
  /** The caps of an earlier run that this one shares. */
  readonly shared?: SharedCaps | undefined;
  /** The earlier run, as `run.json` names it. */
  readonly origin?: Pick<RunRecord, 'retryOf' | 'undoOf'>;
}

/** Starts a run of whichever kind, and gives its summary; see `updateUsers`. */
export const startRun = (
  options: RunOptions & { readonly folder: string },
  command: RunCommand,
  job: JobControl<Outcome>,
  constraints: RunConstraints = {},
): Promise<Summary> =>
  withResources(async (resources) => {
    const parsed = controlledBy(job, parseOptions(options, command), options.folder);
    const { service, control } = parsed;
    const beganAt = steadyNow();
    const fence = new Fence();
    if (constraints.endpoint !== undefined) checkEndpoint(constraints.endpoint, service, command);
    const { same } = constraints;
    const prepared = await prepareInput(parsed.reading, {
      signal: control.signal,
      run: { folder: options.folder },
      ...(same && { same }),
    });
    resources.defer(() => prepared.source.close());
    const kept = new KeptFolder(prepared);
    resources.defer(() => kept.discardUnlessStarted());
    // Nobody waits for the reads of a run that cannot have its folder.
    if (!prepared.folder) await RunFolder.refuseExisting(options.folder);
    const held = { resources, fence };
    const { session, identity, account } = await openFor(parsed, prepared, constraints, held);
    const networkName = nameWanted(parsed, prepared, session);
    const planned = await planFor(parsed, prepared, session, constraints);
    const { compared } = planned;
    const isKept = parsed.report.keepBefore || parsed.caps.caps !== undefined;
    const groupNames = isKept ? await couldDoWithout(groupNamesOf(planned, session), parsed) : undefined;
    const head = compared && planHeadOf(parsed, planned, compared.plan.readAt, account, groupNames);
    const { shared, origin } = constraints;
    const tripped = compared ? await exceeded(parsed, planned, compared, session, shared) : [];
    const startedAt = new Date(steadyNow());
    const folder = prepared.folder ?? (await RunFolder.create(options.folder));
    const lock = await takeLock(folder.lock, `the run ${printable(folder.path)}`, termsOf(parsed), fence);
    resources.defer(() => lock.release());
    folder.writtenBehind(fence);
    const orders = resources.use(obeyOrders(folder, fence, session, control.logger));
    if (head && tripped.length > 0) {
      await writePlan(folder.plan, head, planned.rows);
      const people = await writePeople(folder, planned, tripped);
      await folder.dropSpool(prepared.source.fileFormat);
      kept.started = true;
      throw beyondCaps(tripped, { plan: folder.plan, people });
    }
    await shared?.join(folder.path);
    const record = recordOf(options, parsed, planned, { identity, startedAt, shared, origin });
    const journal = await Journal.open(folder.journal, { fence });
    resources.defer(async () => journal.close());
    const past = noPast(parsed.report.reportFormat, parsed.report.reportStyle);
    const order = orderOf(parsed);
    const name = await networkName();
    const parts = {
      parsed,
      prepared: planned,
      folder,
      session,
      orders,
      fence,
      record,
      beganAt,
      identity,
      past,
      order,
      journal,
      networkName: name,
      groupNames,
    };
    const run = new Run({ ...parts, temporaryNames: [], inDoubt: new RowSet(0), outcomes: job.items });
    await run.begin();
    await writeBeginning(folder, parsed, planned, head, record);
    kept.started = true;
    parsed.batch.onStart?.(startOf(parsed, planned, session, name));
    return run.toItsEnd();
  });

/** What the network is called, if anybody is there to read it. */
const nameWanted = (
  { batch: { onStart, confirm } }: ParsedOptions,
  { validation: { networkId, rows } }: Prepared,
  { service }: Session,
): (() => Promise<string | undefined>) =>
  rows > 0 && (onStart || confirm) ? askNetworkName(networkId, service) : async () => undefined;

const exceeded = (
  parsed: ParsedOptions,
  planned: PlannedInput,
  compared: NonNullable<PlannedInput['compared']>,
  session: Session,
  shared: SharedCaps | undefined,
) => (shared ? tripShared(shared, planned, compared, session) : tripCaps(parsed, planned, compared, session));

/** A folder that standard input was copied to before it was known whether there is a run. */
class KeptFolder {
  started = false;
  readonly #prepared: Prepared;

  constructor(prepared: Prepared) {
    this.#prepared = prepared;
  }

  async discardUnlessStarted(): Promise<void> {
    if (!this.started) await this.#prepared.discard();
  }
}

const termsOf = ({ locking, control: { signal } }: ParsedOptions): LockTerms => ({ ...locking, signal });

/** Holds the network and opens the service, unless the rows or the credentials are not what they have to be. */
async function openFor(
  parsed: ParsedOptions,
  prepared: Prepared,
  { identity: wanted }: RunConstraints,
  { resources, fence }: { readonly resources: RunResources; readonly fence: Fence },
): Promise<{ session: Session; identity: Identity; account: string }> {
  const { compares, missing } = parsed.planning;
  // Otherwise only the network tells how many rows can be sent.
  if (!compares && missing === 'error') checkChanges(parsed.caps, prepared);
  const access = new Access(parsed);
  const identity = await access.identify(wanted);
  const account = identity.account ?? identity.accountByKey ?? accountOf(await access.credentials());
  const { networkId, rows } = prepared.validation;
  const { report, service, pace } = parsed;
  const terms = termsOf(parsed);
  const network = await lockNetwork(report.locks, service.endpoint, networkId, terms, fence, pace.redis);
  resources.defer(() => network.release());
  tellTakenOver(fence, parsed.control.logger);
  const session = resources.use(await openSession(parsed, networkId, access, rows, fence));
  return { session, identity, account };
}

async function planFor(
  parsed: ParsedOptions,
  prepared: Prepared,
  session: Session,
  { known, groupNames, excluded }: RunConstraints,
): Promise<PlannedInput> {
  const earlier = { ...nothingDone, userOf: known ?? (() => undefined), groupNames, excluded };
  const planned = await couldDoWithout(planInput(prepared, parsed, session, earlier), parsed);
  // A reconciliation holds all its caps at once, and leaves a plan.
  if (!parsed.caps.caps) checkMissing(parsed.caps, planned);
  if (planned.compared) checkChanges(parsed.caps, planned, planned.compared.changes);
  else if (parsed.planning.missing === 'skip') checkChanges(parsed.caps, planned);
  return planned;
}

/** What is read for a run, which an update that keeps nothing has no need of. */
const couldDoWithout = <T>(reading: Promise<T>, { report }: ParsedOptions): Promise<T> =>
  report.command === 'update' && report.keepBefore ? orWithoutUndo(reading) : reading;

/** Writes who is missing or unlisted, if they are too many, and gives the paths. */
async function writePeople(
  folder: RunFolder,
  planned: PlannedInput,
  tripped: readonly ExceededCap[],
): Promise<string[]> {
  const written: string[] = [];
  if (tripped.some(({ option }) => option === 'maxMissing')) {
    const missing = new CopiedRows();
    for await (const batch of planned.rows()) for (const row of batch) if ('missing' in row) missing.add(row);
    const path = folder.missing(planned.source.fileFormat);
    await missing.write(path, await planned.heading(), planned.source);
    written.push(path);
  }
  if (planned.unlisted && tripped.some(({ option }) => option === 'maxUnlisted')) {
    await writeUnlisted(folder.unlisted, planned.unlisted);
    written.push(folder.unlisted);
  }
  return written;
}

/**
 * Writes what has to be on the disk before the first row is sent. The record comes last, as it makes the folder a run's:
 * there is no run without a report and a journal, or whose lookups or excluded users are lost, or what its users were.
 */
async function writeBeginning(
  folder: RunFolder,
  { report }: ParsedOptions,
  planned: PlannedInput,
  head: PlanHead | undefined,
  record: RunRecord,
): Promise<void> {
  if (planned.excluded) await writeExcluded(folder.excluded, planned.excluded);
  const { untranslated } = planned.validation;
  if (untranslated.length > 0) await writeUntranslated(folder.untranslated, untranslated);
  if (planned.looked) await writeLookups(folder.lookups, planned.looked);
  if (planned.unlisted) await writeUnlisted(folder.unlisted, planned.unlisted);
  if (head && report.keepBefore) await writePlan(folder.before, head, planned.rows);
  await createReport(folder.report(report.reportFormat), report.reportFormat, report.reportStyle);
  await folder.writeRecord(record);
}

const nothingDone = {
  hasEnded: () => false,
  inDoubt: () => false,
  kept: undefined,
  temporaryNames: [],
  goesOn: false,
};

/** What a run begins with, beside what was asked of it. */
interface Circumstances {
  readonly identity: Identity;
  readonly startedAt: Date;
  readonly shared: SharedCaps | undefined;
  readonly origin: RunConstraints['origin'];
}

function recordOf(
  options: RunOptions,
  { reading, service, pace, report, caps: { caps } }: ParsedOptions,
  { source, validation, reading: loaded, unlisted }: PlannedInput,
  { identity, startedAt, shared, origin }: Circumstances,
): RunRecord {
  const { rows } = validation;
  const own = caps && {
    changes: limitOf(caps.changes, rows),
    renames: limitOf(caps.renames, rows),
    missing: limitOf(caps.missing, rows),
    groupDrain: caps.groupDrain,
  };
  const limits = shared?.caps ?? own;
  return {
    version,
    command: report.command,
    startedAt: startedAt.toISOString(),
    input: {
      path: typeof reading.input === 'string' ? source.path : '-',
      format: source.fileFormat,
      size: source.size,
      sha256: validation.sha256,
      rows: validation.rows,
    },
    networkId: validation.networkId,
    region: service.region,
    endpoint: service.endpoint.href,
    identity,
    // A profile that a variable names is the run's as well: the variable may be gone when the run goes on.
    options: {
      ...recordedOptions(options, loaded),
      ...(report.command === 'update' && { keepBefore: report.keepBefore }),
      ...(identity.by && { profile: identity.profile }),
    },
    rules: recordedRules(options, loaded),
    ...(pace.redis && { redis: true }),
    ...(limits && { caps: limits }),
    ...(unlisted && { unlisted: unlisted.count }),
    ...origin,
  };
}
