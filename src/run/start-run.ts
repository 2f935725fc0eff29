/** A new run. */
import { PlanError } from '../errors.js';
import type { Summary } from '../model.js';
import { printable } from '../text/printable.js';
import { version } from '../version.js';
import { CredentialGate } from '../wickr/credential-gate.js';
import { accountOf, defaultCredentials } from '../wickr/credentials.js';
import { parseOptions } from './options/parse-options.js';
import type { ParsedOptions } from './options/parsed-options.js';
import type { RunCommand } from './options/run-kind.js';
import type { RunOptions } from './options/run-options.js';
import { beyondCaps, checkChanges, tripCaps } from './prepare/check-caps.js';
import { planHeadOf, planInput } from './prepare/plan-input.js';
import { type Prepared, prepareInput } from './prepare/prepare-input.js';
import { askCaller, orderOf, Run } from './run.js';
import { openSession, type Session } from './service/session.js';
import { lockNetwork, takeLock } from './state/lock.js';
import { writeLookups } from './state/lookups-file.js';
import { writePlan } from './state/plan-file.js';
import { noPast } from './state/report-so-far.js';
import { RunFolder } from './state/run-folder.js';
import { type RunRecord, recordedOptions } from './state/run-record.js';

/** What a run of a plan has to meet. */
export interface Demands {
  /** Of the input, byte for byte. */
  readonly same?: { readonly size: number; readonly sha256: string };
  /** Of the credentials. */
  readonly account?: string;
  /** Whom the input's rows mean that name their users, as an earlier run has found out. */
  readonly known?: (row: number) => string | undefined;
}

/** Begins a run of whichever kind; see `runUpdate`. */
export async function beginRun(
  options: RunOptions,
  command: RunCommand,
  { same, account, known }: Demands = {},
): Promise<Summary> {
  const parsed = parseOptions(options, command);
  const gate = new CredentialGate(parsed.service.credentials ?? defaultCredentials(parsed.service.profile));
  const preparing = { ...parsed, run: { out: parsed.out }, ...(same && { same }) };
  const prepared = await prepareInput(parsed.reading, preparing);
  const { networkId } = prepared.validation;
  const locks: { release(): Promise<void> }[] = [];
  let session: Session | undefined;
  let begun = false;
  try {
    if (!parsed.compares) checkChanges(parsed, prepared);
    const credentials = await gate.provider();
    if (account !== undefined && account !== accountOf(credentials)) throw otherAccount;
    locks.push(await lockNetwork(parsed.locks, parsed.service.endpoint, networkId));
    session = await openSession(parsed, networkId, gate, prepared.validation.rows);
    const earlier = known && { userOf: known, hasEnded: () => false, kept: undefined, goesOn: false };
    const planned = await planInput(prepared, parsed, session, earlier);
    const { compared } = planned;
    if (compared && parsed.caps === undefined) checkChanges(parsed, planned, compared.changes);
    const head = compared && planHeadOf(parsed, planned, compared.plan.readAt, accountOf(credentials));
    const tripped = compared && parsed.caps ? await tripCaps(parsed, planned, compared, session) : [];
    const startedAt = new Date();
    const folder = prepared.folder ?? (await RunFolder.create(parsed.out, prepared.source.name, startedAt));
    locks.push(await takeLock(folder.lock, `the run ${printable(folder.path)}`));
    if (head && tripped.length > 0) {
      await writePlan(folder.plan, head, planned.rows);
      await folder.dropSpool(prepared.source.format);
      begun = true;
      throw beyondCaps(tripped, folder.plan);
    }
    // Before the record, which makes the folder a run's: there is no run whose lookups are lost, or whose befores.
    if (planned.looked) await writeLookups(folder.lookups, planned.looked);
    if (head && parsed.keepBefore) await writePlan(folder.before, head, planned.rows);
    const record = recordOf(options, parsed, prepared, startedAt);
    await folder.writeRecord(record);
    begun = true;
    const [order, past, caller] = [orderOf(parsed), noPast(), askCaller(parsed, gate)];
    return await new Run({
      parsed,
      prepared: planned,
      folder,
      session,
      record,
      caller,
      past,
      order,
    }).toItsEnd();
  } catch (error) {
    if (!begun) await prepared.discard();
    throw error;
  } finally {
    await session?.close();
    for (const lock of locks.reverse()) await lock.release();
    await prepared.source.close();
  }
}

const otherAccount = new PlanError(
  'the plan was made with credentials of another AWS account; nothing was sent',
  'Use credentials of the account that it was made with, or make the plan anew with these.',
);

function recordOf(
  options: RunOptions,
  { reading, service, command }: ParsedOptions,
  { source, validation, reading: loaded }: Prepared,
  startedAt: Date,
): RunRecord {
  return {
    version,
    command,
    startedAt: startedAt.toISOString(),
    input: {
      path: typeof reading.input === 'string' ? source.path : '-',
      format: source.format,
      size: source.size,
      sha256: validation.sha256,
      rows: validation.rows,
    },
    networkId: validation.networkId,
    region: service.region,
    endpoint: service.endpoint.href,
    options: recordedOptions(options, loaded),
  };
}
