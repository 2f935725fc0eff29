/**
 * What earlier runs found the service's rate to be: a starting point for the next run, never more. One small file for
 * all networks; what stands in it is a hash of whose rate it is, and the rate.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { accountOf, type Credentials } from '../wickr/credentials.js';

/** Rates that are kept; the oldest go first. */
const MOST = 100;

const Rates = z.record(z.string(), z.object({ rate: z.number().positive().max(100_000), at: z.string() }));
type Rates = z.infer<typeof Rates>;

/** The memory of one network's rate. */
export interface RateMemory {
  /** The rate (rows/s) that was last found, if one was. */
  recall(): Promise<{ start?: number }>;
  /** Keeps a rate for the next run. */
  remember(rate: number | undefined): Promise<void>;
}

/**
 * Opens the memory; it is a convenience, so a file that cannot be read, understood or written is as good as none.
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
  const parts = [endpoint.origin, networkId, accountOf(credentials)];
  const key = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);
  return {
    async recall() {
      const found = path === undefined ? undefined : (await read(path))[key];
      return found === undefined ? {} : { start: found.rate };
    },
    async remember(rate) {
      if (path !== undefined && rate !== undefined) await write(path, key, rate).catch(() => {});
    },
  };
}

async function read(path: string): Promise<Rates> {
  try {
    return Rates.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return {};
  }
}

async function write(path: string, key: string, rate: number): Promise<void> {
  const { [key]: _, ...others } = await read(path);
  const newest = Object.entries(others).sort(([, a], [, b]) => (a.at < b.at ? 1 : -1));
  const rates: Rates = {
    [key]: { rate, at: new Date().toISOString() },
    ...Object.fromEntries(newest.slice(0, MOST - 1)),
  };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const part = `${path}.${randomUUID()}.part`;
  await writeFile(part, `${JSON.stringify(rates, null, 2)}\n`, { mode: 0o600 });
  await rename(part, path);
}
