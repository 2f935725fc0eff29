/** A run that was stopped or killed goes on. */
import { RunFolderError } from '../errors.js';
import type { Summary } from '../model.js';
import type { Kept } from '../plan/diff/compare.js';
import { printable } from '../text/printable.js';
import { CredentialGate } from '../wickr/credential-gate.js';
import { defaultCredentials } from '../wickr/credentials.js';
import { parseOptions } from './options/parse-options.js';
import type { AgainOptions } from './options/run-options.js';
import { planInput } from './prepare/plan-input.js';
import { prepareInput } from './prepare/prepare-input.js';
import { askCaller, orderOf, Run } from './run.js';
import { openSession } from './service/session.js';
import { lockNetwork } from './state/lock.js';
import { readLookups } from './state/lookups-file.js';
import { checkPlan, readChanges } from './state/plan-file.js';
import { readPast } from './state/report-so-far.js';
import type { RunFolder } from './state/run-folder.js';
import { optionsOf, type RunRecord } from './state/run-record.js';

export async function goOn(folder: RunFolder, record: RunRecord, again: AgainOptions): Promise<Summary> {
  const { path, format, rows } = record.input;
  const isStream = path === '-';
  const input = isStream ? folder.spool(format) : path;
  const parsed = parseOptions({ ...optionsOf(record, again), format, input }, record.command);
  const { service, locks, reportFormat } = parsed;
  const preparing = { ...parsed, same: record.input, ...(isStream ? { folder } : {}) };
  const prepared = await prepareInput(parsed.reading, preparing);
  try {
    const { networkId } = record;
    const network = await lockNetwork(locks, service.endpoint, networkId);
    try {
      const order = orderOf(parsed);
      const report = folder.report(reportFormat);
      const past = await readPast(report, reportFormat, rows, (userId) => order?.markFailed(userId));
      const gate = new CredentialGate(service.credentials ?? defaultCredentials(service.profile));
      const session = await openSession(parsed, networkId, gate, rows - past.ended.size);
      try {
        const known = await readLookups(folder.lookups);
        if (prepared.validation.network.lookups && !known) throw lookupsLost(folder.lookups);
        const kept = parsed.keepBefore ? await readKept(folder.before) : undefined;
        const planned = await planInput(prepared, parsed, session, {
          userOf: (row) => known?.userOf(row),
          hasEnded: (row) => past.ended.has(row),
          kept,
          goesOn: true,
        });
        await folder.dropSummary();
        const caller = askCaller(parsed, gate);
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
      } finally {
        await session.close();
      }
    } finally {
      await network.release();
    }
  } finally {
    await prepared.source.close();
  }
}

/** What the run wanted of its users, by row. */
async function readKept(path: string): Promise<ReadonlyMap<number, Kept>> {
  const kept = new Map<number, Kept>();
  await checkPlan(path).catch((cause: unknown) => Promise.reject(beforeLost(path, cause)));
  for await (const { row, networkId, userId, userDetails, before } of readChanges(path))
    kept.set(row, { command: { networkId, userId, details: userDetails }, before });
  return kept;
}

const beforeLost = (path: string, cause: unknown) =>
  new RunFolderError(
    `${printable(path)} is missing or is not as the run wrote it: it says what the users were before`,
    'Put the file back. Without it, run the rows that the report does not have as a new run.',
    { cause },
  );

const lookupsLost = (path: string) =>
  new RunFolderError(
    `${printable(path)} is missing: it says whom the rows mean that name their users`,
    'Put the file back. Without it, run the rows that the report does not have as a new run.',
  );
