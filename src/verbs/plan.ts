/** What an update would do, without doing it. */
import { refuseExisting } from '../disk.js';
import type { Changes } from '../plan/diff/change-counts.js';
import { changeOf, type PlannedChange, withNames } from '../plan/user-change.js';
import { controlledBy, type JobControl, startJob } from '../run/job.js';
import type { JobHandle } from '../run/job-handle.js';
import { parseOptions, refuseUnknown } from '../run/options/parse-options.js';
import type { ParsedOptions } from '../run/options/parsed-options.js';
import type { PlanOptions } from '../run/options/run-options.js';
import { timeFor } from '../run/outlook.js';
import { groupNamesOf } from '../run/prepare/group-names.js';
import { type PlannedInput, planHeadOf, planInput } from '../run/prepare/plan-input.js';
import { type Prepared, prepareInput } from '../run/prepare/prepare-input.js';
import { Access } from '../run/service/access.js';
import { networkReads } from '../run/service/paced-reads.js';
import { openSession, type Session } from '../run/service/session.js';
import { errorOf, stopReasonOf } from '../run/service/stop-switch.js';
import { writePlan } from '../run/state/plan-file.js';
import { accountOf } from '../wickr/credentials.js';

/** What a plan comes to. */
export interface PlanSummary extends Omit<Changes, 'leavers'> {
  readonly networkId: string;
  /** Users of the network whom no row names; absent unless all users were listed for the plan, and all rows read. */
  readonly unlisted?: number;
  /** Things that are odd about the input and no reason to refuse it. */
  readonly warnings: number;
  /** Requests that the planning took. */
  readonly requests: number;
  /**
   * Seconds that the updates would take at the rate that is given, or was last found; absent if neither is known. A user
   * who is updated later than a minute after the run's start costs a read as well (`maxAgeMs`).
   */
  readonly seconds?: number;
  /** The plan's file, if it is kept in one, and its SHA-256 in hex. */
  readonly plan?: { readonly path: string; readonly sha256: string };
}

/** A plan that is being made: a job that gives out the change of each user who would change, in the input's order. */
export type PlanHandle = JobHandle<PlannedChange, PlanSummary>;

/**
 * Checks the input as `updateUsers` does, reads the users that it is about and tells what would change. Only reads are
 * sent. The plan's file is written once the loop has taken every change; to leave the loop early is to have no file.
 *
 * @returns the plan, which starts by itself. Its `summary` is rejected like that of `updateUsers`, with a UsageError if
 *   the plan's file exists, an InterruptedError after `stop()`, and the signal's reason once `signal` is aborted
 */
export const planUpdate = (options: PlanOptions): PlanHandle =>
  startJob((control) => run(options, control), { signal: options.signal, mostAhead: MOST_AHEAD });

/** Changes that may wait for the loop. */
const MOST_AHEAD = 64;

async function run(options: PlanOptions, control: JobControl<PlannedChange>): Promise<PlanSummary> {
  refuseUnknown(options, 'plan');
  const { signal } = control;
  // Nothing is in flight that could be lost.
  const parsed = controlledBy({ signal, abandon: signal }, parseOptions(options));
  const access = new Access(parsed);
  if (options.planFile !== undefined) await refuseExisting(options.planFile);
  const prepared = await prepareInput(parsed.reading, { signal });
  try {
    const { networkId, rows } = prepared.validation;
    const { account, accountByKey } = await access.identify();
    const session = await openSession(parsed, networkId, access, rows);
    try {
      const owner = account ?? accountByKey ?? accountOf(await access.credentials());
      return await plan(options.planFile, parsed, prepared, session, owner, control);
    } finally {
      await session.close();
    }
  } finally {
    await prepared.source.close();
  }
}

async function plan(
  path: string | undefined,
  parsed: ParsedOptions,
  prepared: Prepared,
  session: Session,
  account: string,
  control: JobControl<PlannedChange>,
): Promise<PlanSummary> {
  const { planning, reading } = parsed;
  const unlisted = reading.limit === undefined ? ('if-listed' as const) : undefined;
  const planned = await planInput(prepared, { reading, planning: { ...planning, unlisted } }, session);
  const { compared } = planned;
  if (!compared) throw new Error('a plan compares');
  const { leavers: _, ...changes } = compared.changes;
  const { networkId } = planned.validation;
  let { requests } = compared.plan;
  const isRead = control.items.isRead();
  const named = changes.groups > 0 && (isRead || path !== undefined);
  const groups = named ? await networkReads(networkId, session.service).groups() : [];
  requests += named ? 1 : 0;
  if (isRead) {
    await giveChanges(planned, Object.fromEntries(groups.map(({ id, name }) => [id, name])), control);
  }
  const groupNames = path === undefined ? undefined : await groupNamesOf(planned, session, groups);
  const head = planHeadOf(parsed, planned, compared.plan.readAt, account, groupNames);
  const sha256 = path === undefined ? undefined : await writePlan(path, head, planned.rows);
  return {
    networkId,
    ...changes,
    ...(planned.unlisted && { unlisted: planned.unlisted.count }),
    warnings: planned.validation.warnings.total,
    requests,
    ...(session.knownRate && { seconds: timeFor(compared, session.knownRate, parsed.batch.maxAgeMs) }),
    ...(path !== undefined && sha256 !== undefined && { plan: { path, sha256 } }),
  };
}

/** @throws InterruptedError once the plan is to stop */
async function giveChanges(
  { rows, compared }: PlannedInput,
  groupNames: Readonly<Record<string, string>>,
  { items, signal }: JobControl<PlannedChange>,
): Promise<void> {
  const shown = withNames(groupNames);
  for await (const batch of rows()) {
    for (const row of batch) {
      if (!('command' in row)) continue;
      const room = items.announce();
      items.give([changeOf(row, compared?.plan.userOf(row.command.userId)?.username, shown)]);
      await room;
      if (signal.aborted) throw errorOf(stopReasonOf(signal));
    }
  }
  // Not before: whoever leaves the loop early wants no file.
  await items.whenRead();
  if (signal.aborted) throw errorOf(stopReasonOf(signal));
}
