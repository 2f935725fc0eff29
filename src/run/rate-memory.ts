/** What earlier runs found the service's rate to be: a starting point for the next run, never more. */
import { accountOf, type Credentials } from '../wickr/credentials.js';
import { openMemory } from './state/remembered.js';

/** The memory of one network's rate. */
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
