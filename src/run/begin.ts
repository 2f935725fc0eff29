/** A new run. */
import { CapError, printable } from '../errors.js';
import type { Summary } from '../model.js';
import { version } from '../version.js';
import { CredentialGate, defaultCredentials } from '../wickr/credentials.js';
import { rowsOf } from './breaker.js';
import { RunFolder } from './folder.js';
import { lockNetwork, takeLock } from './lock.js';
import { writeLookups } from './lookups.js';
import type { ParsedOptions, UpdateOptions } from './options.js';
import { parseOptions } from './parse-options.js';
import { noPast } from './past.js';
import { planInput } from './plan-input.js';
import { type Prepared, prepareInput } from './prepare.js';
import { type RunRecord, recordedOptions } from './record.js';
import { orderOf, Run } from './run.js';
import { openSession, type Session } from './session.js';

/**
 * Makes the changes that an input asks for and reports of each row what became of it.
 *
 * @returns the summary that `summary.json` holds; its `exitCode` is the one that the command would exit with
 * @throws WickrBulkError before anything is sent: for options, an input or credentials that cannot be used, a cap
 *   that the input goes beyond, a network that another run holds. What goes wrong after that is in the summary, save
 *   where the run's folder itself can no longer be written
 */
export async function runUpdate(options: UpdateOptions): Promise<Summary> {
  const parsed = parseOptions(options);
  const gate = new CredentialGate(parsed.service.credentials ?? defaultCredentials(parsed.service.profile));
  const prepared = await prepareInput(parsed.reading, { ...parsed, run: { out: parsed.out } });
  const { networkId } = prepared.validation;
  const locks: { release(): Promise<void> }[] = [];
  let session: Session | undefined;
  let begun = false;
  try {
    checkChanges(parsed, prepared);
    await gate.provider();
    locks.push(await lockNetwork(parsed.locks, parsed.service.endpoint, networkId));
    session = await openSession(parsed, networkId, gate, prepared.validation.rows);
    const planned = await planInput(prepared, parsed, session);
    const startedAt = new Date();
    const folder = prepared.folder ?? (await RunFolder.create(parsed.out, prepared.source.name, startedAt));
    locks.push(await takeLock(folder.lock, `the run ${printable(folder.path)}`));
    // Before the record, which makes the folder a run's: there is no run whose lookups are lost.
    if (planned.looked) await writeLookups(folder.lookups, planned.looked);
    await folder.writeRecord(recordOf(options, parsed, prepared, startedAt));
    begun = true;
    const order = orderOf(parsed);
    const past = noPast();
    return await new Run({ parsed, prepared: planned, folder, session, startedAt, past, order }).toItsEnd();
  } catch (error) {
    if (!begun) await prepared.discard();
    throw error;
  } finally {
    await session?.close();
    for (const lock of locks.reverse()) await lock.release();
    await prepared.source.close();
  }
}

function checkChanges(
  { maxChanges }: ParsedOptions,
  { validation: { rows, invalid, skipped } }: Prepared,
): void {
  if (maxChanges === undefined) return;
  const most = rowsOf(maxChanges, rows);
  const changes = rows - invalid - skipped;
  if (changes <= most) return;
  throw new CapError(
    `${changes} users would be changed, and --max-changes allows ${most}; nothing was sent`,
    'If so many changes are meant, raise --max-changes; --limit sends only the first rows.',
  );
}

function recordOf(
  options: UpdateOptions,
  { reading, service }: ParsedOptions,
  { source, validation, reading: loaded }: Prepared,
  startedAt: Date,
): RunRecord {
  return {
    version,
    command: 'update',
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
