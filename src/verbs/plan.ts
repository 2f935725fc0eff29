/** What an update would do, without doing it. */
import { refuseExisting } from '../disk.js';
import type { CommandRow, Field } from '../model.js';
import type { Changes } from '../plan/diff/change-counts.js';
import { parseOptions } from '../run/options/parse-options.js';
import type { ParsedOptions } from '../run/options/parsed-options.js';
import type { PlanOptions as Options } from '../run/options/run-options.js';
import { type PlannedInput, planHeadOf, planInput } from '../run/prepare/plan-input.js';
import { type Prepared, prepareInput } from '../run/prepare/prepare-input.js';
import { networkReads } from '../run/service/paced-reads.js';
import { openSession, type Session } from '../run/service/session.js';
import { writePlan } from '../run/state/plan-file.js';
import { CredentialGate } from '../wickr/credential-gate.js';
import { accountOf, defaultCredentials } from '../wickr/credentials.js';

/** What `planUpdate` takes. */
export interface PlanOptions extends Options {
  /** Told of every user who would change, in the input's order. */
  onChange?: (change: Change) => void;
}

/** What a plan would do to a user. Holds his values. */
export interface Change {
  /** Of the input. */
  readonly line: number;
  readonly userId: string;
  /** As it is now; undefined where the service does not tell. */
  readonly username: string | undefined;
  /** By field, what it is (null where the service does not tell) and what it would be; groups by their names. */
  readonly fields: Readonly<Record<string, { readonly before: Shown | null; readonly after: Shown }>>;
  /** Whether he would bear a temporary username in between. */
  readonly temporarily: boolean;
}

/** A value of a field. */
export type Shown = string | number | boolean | readonly string[];

/** What a plan comes to. */
export interface Planned extends Omit<Changes, 'leavers'> {
  readonly networkId: string;
  /** Requests that the planning took. */
  readonly requests: number;
  /** Seconds that the updates would take at the rate that is given, or was last found; absent where neither is known. */
  readonly seconds?: number;
  /** The plan's file, if it is kept in one, and its SHA-256 in hex. */
  readonly plan?: { readonly path: string; readonly sha256: string };
}

/**
 * Checks the input as `runUpdate` does, reads the users whom it is about and tells what would change. Only reads are
 * sent.
 *
 * @throws WickrBulkError for options or an input that cannot be used, or where the network cannot be read
 */
export async function planUpdate(options: PlanOptions): Promise<Planned> {
  const parsed = parseOptions({ ...options, skipUnchanged: true });
  const gate = new CredentialGate(parsed.service.credentials ?? defaultCredentials(parsed.service.profile));
  if (options.planFile !== undefined) await refuseExisting(options.planFile);
  const prepared = await prepareInput(parsed.reading, { signal: parsed.control.signal });
  try {
    const { networkId, rows } = prepared.validation;
    const session = await openSession(
      { ...parsed, control: { ...parsed.control, abandon: parsed.control.signal } },
      networkId,
      gate,
      rows,
    );
    try {
      return await tell(options, parsed, prepared, session);
    } finally {
      await session.close();
    }
  } finally {
    await prepared.source.close();
  }
}

async function tell(
  { planFile: out, onChange }: PlanOptions,
  parsed: ParsedOptions,
  prepared: Prepared,
  session: Session,
): Promise<Planned> {
  const planned = await planInput(prepared, parsed, session);
  const { compared } = planned;
  if (!compared) throw new Error('a plan compares');
  const { leavers: _, ...changes } = compared.changes;
  const { networkId } = planned.validation;
  let { requests } = compared.plan;
  if (onChange) {
    const named = changes.groups > 0;
    const groups = named ? await networkReads(networkId, session.service).groups() : [];
    requests += named ? 1 : 0;
    await tellChanges(planned, new Map(groups.map(({ id, name }) => [id, name])), onChange);
  }
  const account = accountOf(await session.service.gate.provider());
  const head = planHeadOf(parsed, planned, compared.plan.readAt, account);
  const sha256 = out === undefined ? undefined : await writePlan(out, head, planned.rows);
  return {
    networkId,
    ...changes,
    requests,
    ...(session.knownRate && { seconds: changes.updates / session.knownRate }),
    ...(out !== undefined && sha256 !== undefined && { plan: { path: out, sha256 } }),
  };
}

async function tellChanges(
  { rows, compared }: PlannedInput,
  groupNames: ReadonlyMap<string, string>,
  onChange: (change: Change) => void,
): Promise<void> {
  const shown = (value: unknown): Shown =>
    Array.isArray(value) ? value.map((id: string) => groupNames.get(id) ?? id) : (value as Shown);
  for await (const batch of rows()) {
    for (const row of batch) {
      if (!('command' in row)) continue;
      onChange(changeOf(row, compared?.plan.userOf(row.command.userId)?.username, shown));
    }
  }
}

function changeOf(
  { line, command, before, turn }: CommandRow,
  username: string | undefined,
  shown: (value: unknown) => Shown,
): Change {
  const fields = (Object.keys(command.details) as Field[]).map((field) => {
    const was = before?.[field] ?? null;
    return [field, { before: was === null ? null : shown(was), after: shown(command.details[field]) }];
  });
  return {
    line,
    userId: command.userId,
    username,
    fields: Object.fromEntries(fields),
    temporarily: turn?.via !== undefined,
  };
}
