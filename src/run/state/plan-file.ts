/**
 * A plan as a file: which users are to be changed, how, and what they were before. What `plan --out` writes for `apply`,
 * and what a run keeps as `before.jsonl` for `undo`. A first line says what the plan is of, then there is a line a user,
 * which an input's reader takes for a row.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { createFile } from '../../disk.js';
import { PlanError } from '../../errors.js';
import { PLAN_HEAD_KEY } from '../../input/fields/plan-line.js';
import type { Before, CommandRow, Field, Person, ReadyRow } from '../../model.js';
import { printable } from '../../text/printable.js';
import type { UserDetails } from '../../wire-types.js';

/** The form of the file; another one is refused. */
const FORM = 1;
/** Characters written at once. */
const BLOCK = 64 * 1024;
/** A first line is not longer. */
const LONGEST_HEAD = 4 * 1024 * 1024;

const count = z.number().int().nonnegative();
const Head = z.object({
  [PLAN_HEAD_KEY]: z.literal(FORM),
  version: z.string(),
  /** ISO 8601 UTC: the network was read no earlier. */
  readAt: z.string(),
  networkId: z.string(),
  region: z.string(),
  endpoint: z.string(),
  /** Whose credentials read the network: an AWS account's number. */
  account: z.string(),
  input: z.object({ path: z.string(), sha256: z.string() }),
  allowTemporaryNames: z.boolean(),
  /** The names of the security groups that are meant, by ID, as far as the service told. Older files have none. */
  groupNames: z.record(z.string(), z.string()).optional(),
  /** Lines below this one. */
  changes: count,
  /**
   * SHA-256 in hex of all that the file says: of `sealed` and the bytes below this line. It shows accidents. It has no
   * secret, so whoever forges a plan can forge it as well.
   */
  sha256: z.string(),
});

/** What a plan is of. */
export type PlanHead = Omit<z.infer<typeof Head>, typeof PLAN_HEAD_KEY | 'changes' | 'sha256'>;

/** A user's line. */
export interface PlannedChange {
  readonly networkId: string;
  readonly userId: string;
  readonly userDetails: UserDetails;
  readonly before: Before;
  /** Who is meant; absent if that is not known. */
  readonly person?: Person;
  /** Of the plan's own input. */
  readonly row: number;
  readonly line: number;
  /** A row's `notRestorable`; the file's name for it stays, so that older runs can be resumed. */
  readonly lost?: readonly Field[];
  /** Fields of the row that somebody else had changed: a resumed run still has to say so. */
  readonly conflicts?: readonly Field[];
  /** Of a change that takes another one back: when that one was made, in epoch ms, if it was a moment ago. */
  readonly setAt?: number;
  /** A temporary username that the other one may have left. */
  readonly via?: string;
}

/** A plan's file that is whole and as it was written. */
export interface PlanFile {
  readonly head: PlanHead;
  readonly changes: number;
  /** Bytes, and SHA-256 of all of them in hex. */
  readonly size: number;
  readonly sha256: string;
}

/**
 * Writes the rows that change their users.
 *
 * @param rows gives the same rows each time; read twice
 * @returns the SHA-256 of the file, in hex
 * @throws UsageError if the file exists, RunFolderError if it cannot be written
 */
export async function writePlan(
  path: string,
  head: PlanHead,
  rows: () => AsyncIterable<readonly ReadyRow[]>,
): Promise<string> {
  const seal = createHash('sha256').update(sealed(head));
  let changes = 0;
  for await (const lines of linesOf(rows())) {
    seal.update(lines.text);
    changes += lines.changes;
  }
  const first = `${JSON.stringify({ [PLAN_HEAD_KEY]: FORM, ...head, changes, sha256: seal.digest('hex') })}\n`;
  const whole = createHash('sha256').update(first);
  await createFile(path, async (file) => {
    await file.appendFile(first);
    for await (const { text } of linesOf(rows())) {
      whole.update(text);
      await file.appendFile(text);
    }
  });
  return whole.digest('hex');
}

/** What a plan is of as one text, whatever the order of its members. */
const sealed = ({
  version,
  readAt,
  networkId,
  region,
  endpoint,
  account,
  input,
  allowTemporaryNames,
  groupNames,
}: PlanHead) =>
  JSON.stringify([
    ...[version, readAt, networkId, region, endpoint, account],
    ...[input.path, input.sha256, allowTemporaryNames],
    ...(groupNames ? [Object.entries(groupNames).toSorted()] : []),
  ]);

async function* linesOf(
  rows: AsyncIterable<readonly ReadyRow[]>,
): AsyncGenerator<{ readonly text: string; readonly changes: number }> {
  let [text, changes] = ['', 0];
  for await (const batch of rows) {
    for (const row of batch) {
      if (!('command' in row)) continue;
      text += lineOf(row);
      changes += 1;
    }
    if (text.length < BLOCK) continue;
    yield { text, changes };
    [text, changes] = ['', 0];
  }
  yield { text, changes };
}

function lineOf({ row, line, command, before = {}, person, notRestorable, conflicts }: CommandRow): string {
  const { networkId, userId, details } = command;
  const lost = notRestorable && { lost: notRestorable };
  const meant = person && { person };
  return changeLine({
    networkId,
    userId,
    userDetails: details,
    before,
    ...meant,
    row,
    line,
    ...lost,
    ...(conflicts && { conflicts }),
  });
}

/** A user's line, with its line end. */
export const changeLine = (change: PlannedChange): string => `${JSON.stringify(change)}\n`;

/**
 * Reads a plan's file to its end.
 *
 * @throws PlanError if it is none, or was altered or cut off; RunFolderError if it cannot be read
 */
export async function checkPlan(path: string): Promise<PlanFile> {
  const [whole, seal] = [createHash('sha256'), createHash('sha256')];
  let head: z.infer<typeof Head> | undefined;
  let begun = Buffer.alloc(0);
  try {
    const { size } = await stat(path);
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      whole.update(chunk);
      if (head) {
        seal.update(chunk);
        continue;
      }
      begun = Buffer.concat([begun, chunk]);
      const end = begun.indexOf(10);
      if (end === -1 && begun.length > LONGEST_HEAD) throw noPlan(path);
      if (end === -1) continue;
      head = headOf(begun.toString('utf8', 0, end), path);
      seal.update(sealed(head)).update(begun.subarray(end + 1));
    }
    if (!head) throw noPlan(path);
    if (head.sha256 !== seal.digest('hex')) throw altered(path);
    return { head, changes: head.changes, size, sha256: whole.digest('hex') };
  } catch (cause) {
    throw cause instanceof PlanError ? cause : unread(path, cause as NodeJS.ErrnoException);
  }
}

/** The lines of a plan's file that this program has kept, without the first one. */
export async function* readChanges(path: string): AsyncGenerator<PlannedChange> {
  let line = 0;
  for await (const text of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    line += 1;
    if (line === 1) continue;
    yield JSON.parse(text) as PlannedChange;
  }
}

function headOf(text: string, path: string): z.infer<typeof Head> {
  let parsed: ReturnType<typeof Head.safeParse>;
  try {
    parsed = Head.safeParse(JSON.parse(text));
  } catch {
    throw noPlan(path);
  }
  if (!parsed.success) throw noPlan(path);
  return parsed.data;
}

const MADE = 'Name a file that `planUpdate` has made. For a file of changes there is `updateUsers`.';

const noPlan = (path: string) =>
  new PlanError(`${printable(path)} is no plan that this version has written`, MADE);

const unread = (path: string, cause: NodeJS.ErrnoException) =>
  new PlanError(`${printable(path)} cannot be read (${cause.code ?? 'unknown reason'})`, MADE, { cause });

const altered = (path: string) =>
  new PlanError(
    `${printable(path)} was altered or cut off since it was written; nothing was sent`,
    'Make the plan anew. To change less, leave rows out of its input.',
  );
