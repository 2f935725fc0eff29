/** Which Redis has the queue, as flags, variables and AWS's settings say it. */
import { UsageError } from '../../errors.js';
import { parseRedisUrl } from '../../redis/address.js';
import type { RedisSettings } from '../../redis/connection.js';
import { wayFrom } from '../environment.js';

export interface RedisFlags {
  readonly redis?: string;
  readonly redisPrefix?: string;
}

/** @throws UsageError if none is named */
export async function queueSettings({ redis, redisPrefix }: RedisFlags): Promise<RedisSettings> {
  const address = parseRedisUrl(redis ?? '');
  if (redis === undefined || !address)
    throw new UsageError(
      'no Redis is named, and the queue of runs is in one',
      'Give --redis, or set WICKR_BULK_REDIS: a URL such as rediss://user:password@host:6379/0.',
    );
  const { ca } = await wayFrom({ redis });
  return { address, prefix: redisPrefix ?? 'wickr-bulk:', ca };
}
