/**
 * Numbers that one run keeps for the next: a small file for all networks, in which a hash says what a number is of. It
 * is a convenience, so a file that cannot be read, understood or written is as good as none.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../disk.js';
import { accountOf, type Credentials } from '../../wickr/credentials.js';

/** Numbers that are kept; the oldest go first. */
const MOST = 100;

/** What sort of number a file keeps. */
export interface Kind {
  /** Of the number's member in the file. */
  readonly name: string;
  /** A number beyond it was not written by this program. */
  readonly most: number;
}

/** The memory of one number. */
export interface Memory {
  recall(): Promise<number | undefined>;
  remember(number: number): Promise<void>;
}

/**
 * @param path undefined: nothing is recalled or remembered
 * @param of what the number is of
 */
export function openMemory(path: string | undefined, kind: Kind, of: readonly string[]): Memory {
  const key = createHash('sha256').update(of.join('\n')).digest('hex').slice(0, 32);
  return {
    recall: async () => (path === undefined ? undefined : (await read(path, kind))[key]?.[kind.name]),
    async remember(number) {
      if (path !== undefined) await write(path, kind, key, number).catch(() => {});
    },
  };
}

type Entries = Record<string, Record<string, number> & { at: number }>;

async function read(path: string, { name, most }: Kind): Promise<Entries> {
  const number = z.number().positive().max(most);
  const shape = z.record(z.string(), z.object({ [name]: number, at: z.number() }));
  try {
    return shape.parse(JSON.parse(await readFile(path, 'utf8'))) as Entries;
  } catch {
    return {};
  }
}

async function write(path: string, kind: Kind, key: string, number: number): Promise<void> {
  const { [key]: _, ...others } = await read(path, kind);
  const newest = Object.entries(others).sort(([, a], [, b]) => b.at - a.at);
  const entries = Object.fromEntries(newest.slice(0, MOST - 1));
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const text = JSON.stringify({ [key]: { [kind.name]: number, at: Date.now() }, ...entries }, null, 2);
  await replaceFile(path, (file) => file.appendFile(`${text}\n`));
}

/** What earlier runs found a network's rate to be: a starting point for the next run, never more. */
export interface RateMemory {
  /** The rate (rows/s) that was last found, if one was. */
  recall(): Promise<{ start?: number }>;
  /** Keeps a rate for the next run. */
  remember(rate: number | undefined): Promise<void>;
}

/**
 * AWS may count by account, by network or by operation and says for none of them, so a rate belongs to an endpoint,
 * a network and an account.
 *
 * @param path undefined: nothing is recalled or remembered
 */
export function openRateMemory(
  path: string | undefined,
  endpoint: URL,
  networkId: string,
  credentials: Credentials,
): RateMemory {
  const kind = { name: 'rate', most: 100_000 };
  const memory = openMemory(path, kind, [endpoint.origin, networkId, accountOf(credentials)]);
  return {
    async recall() {
      const start = await memory.recall();
      return start === undefined ? {} : { start };
    },
    async remember(rate) {
      if (rate !== undefined) await memory.remember(rate);
    },
  };
}

/**
 * The memory of rows of inputs of one name, for one network. Digits of a name do not count, since exports have dates in
 * their names.
 *
 * @param path undefined: nothing is recalled or remembered
 */
export function openInputMemory(
  path: string | undefined,
  endpoint: URL,
  networkId: string,
  credentials: Credentials,
  inputName: string,
): Memory {
  const name = inputName.replace(/[0-9]+/g, '#');
  const kind = { name: 'rows', most: 1_000_000_000 };
  return openMemory(path, kind, [endpoint.origin, networkId, accountOf(credentials), name]);
}
