/** The network's users, one by one. */
import { InterruptedError } from '../errors.js';
import type { Member } from '../model.js';
import type { NetworkReads } from '../plan/lookup/network-reads.js';
import { controlledBy, type JobControl, startJob } from '../run/job.js';
import type { JobHandle } from '../run/job-handle.js';
import { parseExportOptions, refuseUnknown } from '../run/options/parse-options.js';
import type { ParsedExport } from '../run/options/parsed-options.js';
import type { ExportOptions } from '../run/options/run-options.js';
import { Access } from '../run/service/access.js';
import { networkReads } from '../run/service/paced-reads.js';
import { openSession } from '../run/service/session.js';
import { stopReasonOf } from '../run/service/stop-switch.js';
import { type ExportedUser, exportedUser } from './exported-user.js';
import { groupOf } from './find-group.js';

/** What an export holds, and what it does not. */
export interface ExportSummary {
  readonly networkId: string;
  /** Users that it holds. */
  readonly users: number;
  /** Bots that were left out. */
  readonly bots: number;
  /** Users that were left out because the service tells nothing but their IDs: no row can be made of that. */
  readonly nameless: number;
}

/** An export that was started: a job that gives out users. */
export type ExportHandle = JobHandle<ExportedUser, ExportSummary>;

/**
 * Reads the network's users in the order of their usernames, active users first. Only reads are sent, and one page of
 * users at a time is held: the next one is read once the loop has taken all of the last one.
 *
 * @returns the export, which starts by itself. Its `summary` is rejected with a UsageError for options that cannot be
 *   used or a group that does not exist, a CredentialsError or ReadError if the network cannot be read, an
 *   InterruptedError after `stop()`, and the signal's reason once `signal` is aborted
 */
export const exportUsers = (options: ExportOptions): ExportHandle =>
  startJob((control) => run(options, control), {
    signal: options.signal,
    // A page, as each waits for the loop to take it.
    mostAhead: Number.POSITIVE_INFINITY,
  });

type Tally = { -readonly [Key in 'users' | 'bots' | 'nameless']: number };

async function run(options: ExportOptions, control: JobControl<ExportedUser>): Promise<ExportSummary> {
  refuseUnknown(options, 'export');
  const { signal } = control;
  // Nothing is in flight that could be lost.
  const parsed = controlledBy({ signal, abandon: signal }, parseExportOptions(options));
  const { networkId } = parsed;
  const tally: Tally = { users: 0, bots: 0, nameless: 0 };
  try {
    await withReads(parsed, async (reads) => {
      for await (const members of select(reads, parsed.selection, tally)) {
        const users = members.flatMap((member) => exportedUser(networkId, member) ?? []);
        tally.users += users.length;
        tally.nameless += members.length - users.length;
        options.onUsers?.(tally.users);
        await give(users, control);
      }
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new InterruptedError(stopReasonOf(signal), {
      message: 'the export was stopped before its end',
      cause: error,
    });
  }
  return { networkId, ...tally };
}

/** Gives a page, and waits until it is read if somebody reads. */
async function give(users: readonly ExportedUser[], { items }: JobControl<ExportedUser>): Promise<void> {
  for (const _ of users) void items.announce();
  items.give(users);
  await items.whenRead();
}

/** Opens the service for as long as something is read. */
async function withReads(parsed: ParsedExport, task: (reads: NetworkReads) => Promise<void>): Promise<void> {
  const { networkId } = parsed;
  const session = await openSession(parsed, networkId, new Access(parsed));
  try {
    await task(networkReads(networkId, session.service));
  } finally {
    await session.close();
  }
}

/** The users that are asked for, page by page. */
async function* select(
  reads: NetworkReads,
  { securityGroup, status, includeBots }: ParsedExport['selection'],
  tally: Tally,
): AsyncGenerator<readonly Member[]> {
  const group =
    securityGroup === undefined ? {} : { groupId: groupOf(await reads.groups(), securityGroup).id };
  // Suspended users may be found among both.
  const pending = status === undefined || status === 'suspended' ? {} : { pending: status === 'pending' };
  for await (const page of reads.users({ ...group, ...pending })) {
    const wanted = page.filter(
      ({ suspended }) => status === undefined || suspended === (status === 'suspended'),
    );
    const kept = includeBots ? wanted : wanted.filter(({ bot }) => !bot);
    tally.bots += wanted.length - kept.length;
    yield kept;
  }
}
