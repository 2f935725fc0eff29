/**
 * Numbers that one run keeps for the next: a small file for all networks, in which a hash says what a number is of. A
 * file that cannot be read or understood is as good as none, unless a check needs it.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { replaceFile } from '../../disk.js';
import { RunFolderError } from '../../errors.js';
import type { RateScope, RequestKind } from '../../pace/limiters.js';
import { distance, nearest } from '../../text/nearest-name.js';
import { printable } from '../../text/printable.js';
import { accountOf, type Credentials } from '../../wickr/credentials.js';

/** Numbers that are kept; the oldest go first. */
const MOST = 100;

/** What sort of number a file keeps. */
export interface Kind {
  /** Of the number's member in the file. */
  readonly name: string;
  /** A number beyond it was not written by this program. */
  readonly most: number;
  /** Whether a file that cannot be read or understood is a reason to stop: no memory would mean no check. */
  readonly isNeeded?: boolean;
}

/** The memory of one number. */
export interface Memory {
  recall(): Promise<number | undefined>;
  /** @param allowed by how much the next number may be smaller without being meant so, in percent; 10 by default */
  remember(number: number, allowed?: number): Promise<void>;
}

/**
 * @param path undefined: nothing is recalled or remembered
 * @param of what the number is of
 */
export const openMemory = (path: string | undefined, kind: Kind, of: readonly string[]): Memory =>
  memoryUnder(path, kind, keyOf(of));

const keyOf = (of: readonly string[]): string =>
  createHash('sha256').update(of.join('\n')).digest('hex').slice(0, 32);

function memoryUnder(path: string | undefined, kind: Kind, key: string): Memory {
  return {
    recall: async () => (path === undefined ? undefined : largest((await read(path, kind))[key], kind)),
    async remember(number, allowed) {
      if (path === undefined) return;
      await write(path, kind, key, { number, allowed }).catch((cause: unknown) => {
        if (kind.isNeeded) throw unkept(path, cause);
      });
    },
  };
}

type Entry = Record<string, number> & {
  readonly at: number;
  readonly recent?: readonly number[];
  readonly allowed?: number;
};
type Entries = Record<string, Entry>;

/** Numbers of which the largest counts, if a check needs the memory: many small steps down are a large one. */
const RECENT = 10;
/** By how much the next number may be smaller, in percent, if nothing else is said. */
const ALLOWED = 10;

const largest = (entry: Entry | undefined, { name }: Kind): number | undefined =>
  entry && Math.max(entry[name] ?? 0, ...(entry.recent ?? []));

/** A number to be kept. */
interface Kept {
  readonly number: number;
  readonly allowed: number | undefined;
}

function recentOf(
  entry: Entry | undefined,
  kind: Kind,
  { number, allowed }: Kept,
): Pick<Entry, 'recent' | 'allowed'> {
  if (!kind.isNeeded) return {};
  // Beyond what was allowed until now, somebody has allowed it this once: from here on it is what counts.
  const isMeant = number < (largest(entry, kind) ?? 0) * (1 - (entry?.allowed ?? ALLOWED) / 100);
  const earlier = isMeant ? [] : (entry?.recent ?? [entry?.[kind.name] ?? []].flat());
  return {
    recent: [number, ...earlier].slice(0, RECENT),
    ...(allowed !== undefined && allowed !== ALLOWED && { allowed }),
  };
}

async function read(path: string, kind: Kind): Promise<Entries> {
  const { name, most } = kind;
  const number = z.number().positive().max(most);
  const shape = z.record(
    z.string(),
    z.object({
      [name]: number,
      at: z.number(),
      recent: z.array(number).optional(),
      allowed: z.number().min(0).max(100).optional(),
    }),
  );
  try {
    return shape.parse(JSON.parse(await readFile(path, 'utf8'))) as Entries;
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    if (kind.isNeeded && !isMissing) throw unreadable(path, cause);
    return {};
  }
}

async function write(path: string, kind: Kind, key: string, kept: Kept): Promise<void> {
  const { [key]: last, ...others } = await read(path, kind);
  const newest = Object.entries(others).sort(([, a], [, b]) => b.at - a.at);
  const entries = Object.fromEntries(newest.slice(0, MOST - 1));
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const text = JSON.stringify(
    { [key]: { [kind.name]: kept.number, at: Date.now(), ...recentOf(last, kind, kept) }, ...entries },
    null,
    2,
  );
  await replaceFile(path, (file) => file.appendFile(`${text}\n`));
}

const unreadable = (path: string, cause: unknown) =>
  new RunFolderError(
    `${printable(path)}, which keeps the lengths of earlier inputs, cannot be read; nothing was sent`,
    'Without it nobody notices an input that is cut off (`maxShrink`). Repair the file; if that cannot be done, check the number of rows yourself and delete it.',
    { cause },
  );

const unkept = (path: string, cause: unknown) =>
  new RunFolderError(
    `${printable(path)}, which keeps the lengths of inputs, cannot be written; nothing was sent`,
    'Without it nobody notices when the next input is cut off (`maxShrink`). Check that its folder is yours and has room.',
    { cause },
  );

/** What earlier runs found a network's rates to be: starting points for the next run, never more. */
export interface RateMemory {
  /** The rates (requests/s) that were last found, if any were. */
  recall(): Promise<Partial<Record<RequestKind, number>>>;
  /** Keeps a rate for the next run. */
  remember(kind: RequestKind, rate: number): Promise<void>;
}

/**
 * AWS may count by account, by network or by operation and says for none of them, so a rate belongs to an endpoint,
 * a network and an account, and one of reads to reads alone. With the scope `all` there is one rate.
 *
 * @param path undefined: nothing is recalled or remembered
 */
export function openRateMemory(
  path: string | undefined,
  endpoint: URL,
  networkId: string,
  credentials: Credentials,
  scope: RateScope,
): RateMemory {
  const kind = { name: 'rate', most: 100_000 };
  const of = [endpoint.origin, networkId, accountOf(credentials)];
  const writes = openMemory(path, kind, of);
  const memories = { writes, reads: scope === 'all' ? writes : openMemory(path, kind, [...of, 'reads']) };
  return {
    async recall() {
      const [reads, updates] = [await memories.reads.recall(), await memories.writes.recall()];
      return { ...(reads !== undefined && { reads }), ...(updates !== undefined && { writes: updates }) };
    },
    remember: (kind, rate) => memories[kind].remember(rate),
  };
}

/** The memory of how many rows inputs of one name had. */
export interface InputMemory extends Memory {
  /** Whether inputs of other names are remembered of the same network and account, and none of this name. */
  knowsOthersOnly(): Promise<boolean>;
}

/**
 * The memory of rows of inputs of one name, for one network and account. Case, punctuation and digits of a name do not
 * count, since exports have dates in their names, and neither does one letter.
 *
 * @param path undefined: nothing is recalled or remembered
 */
export function openInputMemory(
  path: string | undefined,
  endpoint: URL,
  networkId: string,
  credentials: Credentials,
  inputName: string,
): InputMemory {
  const kind = { name: 'rows', most: 1_000_000_000, isNeeded: true };
  const scope = keyOf([endpoint.origin, networkId, accountOf(credentials)]);
  const name = inputName
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, '');
  /** The names that are remembered of the scope. */
  const known = async () =>
    path === undefined
      ? []
      : Object.keys(await read(path, kind)).flatMap((key) =>
          key.startsWith(`${scope}:`) ? [key.slice(scope.length + 1)] : [],
        );
  const nearestKnown = async () => {
    const names = await known();
    if (names.includes(name) || names.length === 0) return name;
    const near = nearest(name, names, (each) => each);
    return distance(name, near) <= 1 ? near : name;
  };
  const memory = async () => memoryUnder(path, kind, `${scope}:${await nearestKnown()}`);
  return {
    recall: async () => (await memory()).recall(),
    remember: async (rows, allowed) => (await memory()).remember(rows, allowed),
    async knowsOthersOnly() {
      const names = await known();
      return names.length > 0 && !names.includes(await nearestKnown());
    },
  };
}
