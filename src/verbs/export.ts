/** The network's users as an input for `update`. */
import { InterruptedError } from '../errors.js';
import type { Format } from '../input/source/format.js';
import type { Member } from '../model.js';
import type { NetworkReads } from '../plan/lookup/network-reads.js';
import { isFormula } from '../report/line.js';
import { parseExportOptions } from '../run/options/parse-options.js';
import type { ParsedExport } from '../run/options/parsed-options.js';
import type { ExportOptions, Output } from '../run/options/run-options.js';
import { networkReads } from '../run/service/paced-reads.js';
import { openSession } from '../run/service/session.js';
import { stopReasonOf } from '../run/service/stop-switch.js';
import { CredentialGate } from '../wickr/credential-gate.js';
import { defaultCredentials } from '../wickr/credentials.js';
import { knownOf, memberHeading, memberLine } from './export-line.js';
import { groupOf } from './find-group.js';
import { formatOfOutput, writeOutput } from './output-file.js';

/** What an export holds, and what it does not. */
export interface Exported {
  readonly networkId: string;
  readonly format: Format;
  /** Lines that were written: one for each user. */
  readonly users: number;
  /** Bots that were left out. */
  readonly bots: number;
  /** Users who were left out because the service says nothing of them but the ID: no row can be made of that. */
  readonly nameless: number;
  /** Values that a spreadsheet would run as formulas; in JSONL too they are counted. */
  readonly formulas: number;
}

/**
 * Writes the network's users, in the order of their usernames, those who are active first, as rows that `runUpdate`
 * takes and that change nothing as long as nobody edits them. Only reads are sent, one page of users at a time is held.
 *
 * @throws UsageError for options that cannot be used, a group that is not there or a file that is; InterruptedError
 *   once the signal is aborted; CredentialsError, ReadError or RunFolderError where service or disk do not go along;
 *   what `out` throws where that is a function
 */
export async function exportUsers(options: ExportOptions & { out: Output }): Promise<Exported> {
  const parsed = parseExportOptions(options);
  const { out, signal } = options;
  const format = formatOfOutput(out, parsed.format);
  const tally = { users: 0, bots: 0, nameless: 0, formulas: 0 };
  try {
    await withReads(parsed, signal, (reads) =>
      writeOutput(out, async (take) => {
        // With the first page: where there is none, nothing of an export stands on standard output.
        let lines = memberHeading(format);
        for await (const members of select(reads, parsed, tally)) {
          lines += linesOf(members, parsed.networkId, format, tally);
          if (lines !== '') await take(lines);
          lines = '';
          options.onUsers?.(tally.users);
        }
      }),
    );
  } catch (error) {
    if (!signal?.aborted) throw error;
    throw new InterruptedError(stopReasonOf(signal), { message: UNFINISHED, cause: error });
  }
  return { networkId: parsed.networkId, format, ...tally };
}

const UNFINISHED = 'the export was stopped before its end';

type Tally = { -readonly [Key in 'users' | 'bots' | 'nameless' | 'formulas']: number };

/** Opens the service for what is to be read, and closes it at once where the caller stops: there is nothing to lose. */
async function withReads(
  parsed: ParsedExport,
  signal: AbortSignal | undefined,
  task: (reads: NetworkReads) => Promise<void>,
): Promise<void> {
  const { service, networkId, control } = parsed;
  const gate = new CredentialGate(service.credentials ?? defaultCredentials(service.profile));
  const session = await openSession(
    { ...parsed, control: { ...control, signal, abandon: signal } },
    networkId,
    gate,
  );
  try {
    await task(networkReads(networkId, session.service));
  } finally {
    await session.close();
  }
}

/** The users that are asked for, page by page. */
async function* select(
  reads: NetworkReads,
  { selection: { securityGroup, status, includeBots } }: ParsedExport,
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

function linesOf(members: readonly Member[], networkId: string, format: Format, tally: Tally): string {
  let lines = '';
  for (const member of members) {
    const known = knownOf(member);
    if (!known) {
      tally.nameless += 1;
      continue;
    }
    lines += memberLine(networkId, member.userId, known, format);
    tally.users += 1;
    tally.formulas += [known.firstName, known.lastName, known.username, known.securityGroupIds?.[0]].filter(
      (value) => value !== undefined && isFormula(value),
    ).length;
  }
  return lines;
}
