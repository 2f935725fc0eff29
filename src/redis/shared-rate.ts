/** A rate that runs on several machines share by way of Redis. */
import { randomUUID } from 'node:crypto';
import type { RateOptions } from '../pace/rate/rate-controller.js';
import { SharedPace } from '../pace/shared/shared-pace.js';
import { openBudget } from './budget.js';
import type { RedisSettings } from './connection.js';

/** Whose rate it is, and how this run takes part in it. */
export interface Sharing {
  readonly endpoint: URL;
  readonly account: string;
  readonly rate: RateOptions;
  readonly onAlone: (reason: Error | undefined) => void;
}

/**
 * Joins all runs on an endpoint with an account, whatever their networks. The caller closes what it gets.
 *
 * @throws RedisError if Redis cannot be reached or refuses
 */
export async function shareRate(
  settings: RedisSettings,
  { endpoint, account, rate, onAlone }: Sharing,
): Promise<SharedPace> {
  const id = randomUUID();
  const mailbox = await openBudget(settings, { endpoint, account, run: id });
  try {
    return await SharedPace.join({ id, mailbox, rate, onAlone });
  } catch (error) {
    await mailbox.close();
    throw error;
  }
}
