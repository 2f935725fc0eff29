/** The *shared* part of the bench: runs of the built command on one limit, each by itself and with a shared rate. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noRedis, startRedis } from '../redis/redis-server.js';
import { judge, type Limit, type Shared, startLimited, startRun } from '../redis/runs-together.js';

const RUNS = 4;
const SECONDS = 30;

async function together(limit: Limit, url: string | undefined): Promise<Shared> {
  const folder = await mkdtemp(join(tmpdir(), 'wickr-bulk-shared-'));
  const service = await startLimited(limit);
  try {
    const rows = Math.floor((limit.rate * SECONDS + limit.burst) / RUNS);
    const flags = url === undefined ? [] : ['--redis', url];
    const runs = await Promise.all(
      Array.from({ length: RUNS }, (_, n) => startRun(service, folder, n, rows, flags)),
    );
    for (const { code, stderr } of await Promise.all(runs.map(({ ended }) => ended)))
      if (code !== 0) throw new Error(stderr);
    return judge(await service.counts(), limit);
  } finally {
    service.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** `rate` requests/s of the limit: 200, unless the machine is too busy to send so many. */
export async function measureShared(
  print: (line: string) => void,
  rate: number,
): Promise<(Shared & { kind: string; redis: boolean })[]> {
  if (noRedis !== undefined) {
    print(noRedis);
    return [];
  }
  const results: (Shared & { kind: string; redis: boolean })[] = [];
  for (const kind of ['bucket', 'shards'] as const) {
    for (const redis of [false, true]) {
      const server = redis ? await startRedis() : undefined;
      const shared = await together({ kind, rate, burst: rate / 2, latency: 30 }, server?.url);
      await server?.close();
      results.push({ kind, redis, ...shared });
      const { use, throttled, least } = shared;
      print(
        `${RUNS} runs on ${kind} ${rate}/s ${redis ? 'shared ' : 'by itself'}  use ${use.toFixed(3)}  throttled ${(100 * throttled).toFixed(2)} %  least part ${least.toFixed(2)}`,
      );
    }
  }
  return results;
}
