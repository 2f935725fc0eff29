/** The caps of a reconciliation, held against what it would do. */
import { CapError } from '../../errors.js';
import {
  ALWAYS_ALLOWED,
  drainedGroups,
  type ExceededCap,
  exceededCaps,
  limitOf,
  rowsOf,
} from '../../plan/caps.js';
import type { Changes } from '../../plan/diff/change-counts.js';
import { count } from '../../text/count.js';
import { printable } from '../../text/printable.js';
import type { CapsStage, ParsedOptions } from '../options/parsed-options.js';
import { networkReads } from '../service/paced-reads.js';
import type { Session } from '../service/session.js';
import { errorOf } from '../service/stop-switch.js';
import { openInputMemory } from '../state/remembered.js';
import type { SharedCaps } from '../state/shared-caps.js';
import type { Compared, PlannedInput } from './plan-input.js';
import type { Prepared } from './prepare-input.js';

/** The caps that are exceeded. If there is none, the input's length is kept for the next run. */
export async function tripCaps(
  { caps: stage, reading, service: { endpoint } }: Pick<ParsedOptions, 'caps' | 'reading' | 'service'>,
  { source, validation, unlisted }: PlannedInput,
  { changes }: Compared,
  { service, stop }: Session,
): Promise<ExceededCap[]> {
  const { caps } = stage;
  if (!caps) return [];
  // The first rows of a file say nothing about its length.
  const inputMemory = reading.limit === undefined ? stage.inputMemory : undefined;
  const { networkId, rows } = validation;
  const credentials = await service.gate.provider().catch((error: unknown) => {
    // What a stop cuts short says nothing about the credentials.
    throw stop.reason ? errorOf(stop.reason) : error;
  });
  const memory = openInputMemory(inputMemory, endpoint, networkId, credentials, source.name);
  if (await memory.knowsOthersOnly()) reading.onWarning?.({ line: 1, reason: newName }, source.name);
  const members = new Map<string, number | undefined>();
  if (drainedGroups(changes).length > 0) {
    for (const group of await networkReads(networkId, service).groups()) members.set(group.id, group.members);
  }
  const tripped = exceededCaps(caps, changes, {
    lastRows: await memory.recall(),
    membersOf: (groupId) => members.get(groupId),
    unlisted,
  });
  if (tripped.length === 0) await memory.remember(rows, caps.shrink);
  return tripped;
}

const newName =
  'no input of this name is remembered, only others of this network, so nobody notices if the input is cut off: give it the name of the last one, or check its number of rows (`maxShrink`)';

/** The caps that a run exceeds together with those that it shares them with. */
export async function tripShared(
  { caps, spent }: SharedCaps,
  { validation: { networkId } }: Pick<PlannedInput, 'validation'>,
  { changes }: Compared,
  { service }: Session,
): Promise<ExceededCap[]> {
  const before = (group: string) => spent.leavers.get(group) ?? 0;
  const leavers = new Map([...changes.leavers].map(([group, users]) => [group, users + before(group)]));
  const together = {
    ...changes,
    leavers,
    rows: changes.rows + spent.changed,
    changed: changes.changed + spent.changed,
    unknownGroups: changes.unknownGroups + spent.unknownGroups,
    renames: changes.renames + spent.renames,
    missing: changes.missing + spent.missing,
  };
  const members = new Map<string, number | undefined>();
  if (drainedGroups(together).length > 0) {
    for (const group of await networkReads(networkId, service).groups()) members.set(group.id, group.members);
  }
  const { groupDrain } = caps;
  const limits = {
    changes: { rows: caps.changes },
    renames: { rows: caps.renames },
    missing: { rows: caps.missing ?? Number.POSITIVE_INFINITY },
    groupDrain,
  };
  const unlimited = { unlisted: undefined, minRows: 1, minSelected: 0, shrink: 100 };
  return exceededCaps({ ...limits, ...unlimited }, together, {
    lastRows: undefined,
    membersOf: (group) => {
      const now = members.get(group);
      return now === undefined ? undefined : now + before(group);
    },
  }).map(({ option, message }) => ({
    option,
    message: `together with the first run, ${message}`,
  }));
}

/** What is left for somebody to look at. */
export interface LeftToLookAt {
  readonly plan: string;
  /** Files of the people who are missing or unlisted, if they are too many. */
  readonly people: readonly string[];
}

export function beyondCaps(tripped: readonly ExceededCap[], { plan, people }: LeftToLookAt): CapError {
  return new CapError(
    `${tripped.map(({ option, message }) => `${message} (\`${option}\`)`).join('; ')}; nothing was sent`,
    `Look at the plan: ${printable(plan)}${people.map((path) => `, and at ${printable(path)}`).join('')}. If it is meant, \`applyPlan\` carries it out.`,
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
    `${count(changes)} users would be changed, and \`maxChanges\` allows ${count(most)}; nothing was sent`,
    'If so many changes are meant, raise `maxChanges`.',
  );
}

/**
 * The cap on rows whose users are not in the network, of runs that hold no others or go on.
 *
 * @param left rows that were left out for that before the run was resumed
 * @throws CapError
 */
export function checkMissing(
  { maxMissing, caps }: CapsStage,
  { missing: found, validation: { rows, skipped } }: Pick<PlannedInput, 'missing' | 'validation'>,
  left = 0,
): void {
  const missing = found + left;
  if (found === 0) return;
  const nothing = left > 0 ? 'nothing more was sent' : 'nothing was sent';
  const isNobodyThere = missing >= rows - (skipped - found) && missing > ALWAYS_ALLOWED;
  if (!caps && !maxMissing) {
    if (isNobodyThere)
      throw new CapError(
        `none of the ${count(missing)} users whom the rows name is in the network; ${nothing}`,
        wrongOne,
      );
    return;
  }
  const most = caps ? limitOf(caps.missing, rows) : maxMissing ? rowsOf(maxMissing, rows) : rows;
  if (missing <= most) return;
  throw new CapError(
    `${count(missing)} of ${count(rows)} rows name users who are not in the network, and \`maxMissing\` allows ${count(most)}; ${nothing}`,
    manyMissing,
  );
}

const wrongOne =
  'Is it the right network, and the right file? Check `networkId`, `region` and the account. If it is meant, give `maxMissing` 100%.';
const manyMissing =
  'Is it the right network, and the right file? Without `missing` skip each of these rows is named. If so many are meant, raise `maxMissing`.';
