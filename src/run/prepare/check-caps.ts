/** The caps of a reconciliation, held against what it would do. */
import { CapError } from '../../errors.js';
import { drainedGroups, type ExceededCap, exceededCaps, rowsOf } from '../../plan/caps.js';
import type { Changes } from '../../plan/diff/change-counts.js';
import { printable } from '../../text/printable.js';
import type { CapsStage, ParsedOptions } from '../options/parsed-options.js';
import { networkReads } from '../service/paced-reads.js';
import type { Session } from '../service/session.js';
import { openInputMemory } from '../state/remembered.js';
import type { Compared, PlannedInput } from './plan-input.js';
import type { Prepared } from './prepare-input.js';

/** The caps that are exceeded. If there is none, the input's length is kept for the next run. */
export async function tripCaps(
  { caps: stage, reading, service: { endpoint } }: Pick<ParsedOptions, 'caps' | 'reading' | 'service'>,
  { source, validation }: PlannedInput,
  { changes }: Compared,
  { service }: Session,
): Promise<ExceededCap[]> {
  const { caps } = stage;
  if (!caps) return [];
  // The first rows of a file say nothing about its length.
  const inputMemory = reading.limit === undefined ? stage.inputMemory : undefined;
  const { networkId, rows } = validation;
  const credentials = await service.gate.provider();
  const memory = openInputMemory(inputMemory, endpoint, networkId, credentials, source.name);
  const members = new Map<string, number | undefined>();
  if (drainedGroups(changes).length > 0) {
    for (const group of await networkReads(networkId, service).groups()) members.set(group.id, group.members);
  }
  const tripped = exceededCaps(caps, changes, {
    lastRows: await memory.recall(),
    membersOf: (groupId) => members.get(groupId),
  });
  if (tripped.length === 0) await memory.remember(rows);
  return tripped;
}

export function beyondCaps(tripped: readonly ExceededCap[], plan: string): CapError {
  const flags = [...new Set(tripped.map(({ option }) => `\`${option}\``))].join(' and ');
  return new CapError(
    `${tripped.map(({ option, message }) => `${message} (\`${option}\`)`).join('; ')}; nothing was sent`,
    `Look at the plan: ${printable(plan)}. If it is meant, \`applyPlan\` carries it out; or give another ${flags}.`,
  );
}

/** @param compared what the rows would change, if that is known; else each row that can be sent counts */
export function checkChanges(
  { maxChanges }: CapsStage,
  { validation: { rows, invalid, skipped } }: Pick<Prepared, 'validation'>,
  compared?: Changes,
): void {
  if (maxChanges === undefined) return;
  const most = rowsOf(maxChanges, rows);
  const changes = compared?.changed ?? rows - invalid - skipped;
  if (changes <= most) return;
  throw new CapError(
    `${changes} users would be changed, and \`maxChanges\` allows ${most}; nothing was sent`,
    'If so many changes are meant, raise `maxChanges`; `limit` sends only the first rows.',
  );
}
