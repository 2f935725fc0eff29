/** Several runs of the built command, each in a network of its own, against one limit. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Ended, start } from '../e2e/command.js';

export interface Limit {
  readonly kind: 'bucket' | 'shards';
  readonly rate: number;
  readonly burst: number;
  readonly latency: number;
}

export interface LimitedService {
  readonly url: string;
  /** By network, the requests that were let through, by tenth of a second from the first one on, and the others. */
  counts(): Promise<Record<string, { accepted: (number | null)[]; throttled: number }>>;
  close(): void;
}

export async function startLimited({ kind, rate, burst, latency }: Limit): Promise<LimitedService> {
  const args = [kind, rate, burst, latency].map(String);
  const path = fileURLToPath(new URL('./limited-service.ts', import.meta.url));
  const child = fork(path, args, { execArgv: ['--import', 'tsx'] });
  const [port] = (await once(child, 'message')) as [number];
  return {
    url: `http://127.0.0.1:${port}`,
    async counts() {
      child.send('counts');
      return ((await once(child, 'message')) as [Awaited<ReturnType<LimitedService['counts']>>])[0];
    },
    close: () => child.disconnect(),
  };
}

/** Starts a run of `rows` rows in the network `n`. */
export async function startRun(
  { url }: Pick<LimitedService, 'url'>,
  folder: string,
  n: number,
  rows: number,
  flags: readonly string[],
): Promise<{ child: ReturnType<typeof start>['child']; ended: Promise<Ended> }> {
  const input = join(folder, `users-${n}.csv`);
  const lines = Array.from({ length: rows }, (_, i) => `${10_000_001 + i},First ${i},Last ${i}\n`);
  await writeFile(input, `userId,firstName,lastName\n${lines.join('')}`);
  const args = ['update', input, '--network-id', String(10_000_000 + n), '--out', join(folder, `run-${n}`)];
  return start([...args, '--no-progress', '--json', '--yes', ...flags], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: join(folder, `home-${n}`),
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_WICKR: url,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  });
}

/** How runs that began together have shared a limit. */
export interface Shared {
  /** Accepted a second, from the first request until the first run had its last row, over the limit. */
  readonly use: number;
  /** Of all requests. */
  readonly throttled: number;
  /** The smallest part of that time, over an even one. */
  readonly least: number;
}

export function judge(counts: Awaited<ReturnType<LimitedService['counts']>>, { rate, burst }: Limit): Shared {
  const each = Object.values(counts);
  const tenths = Math.min(...each.map(({ accepted }) => accepted.length)) - 1;
  const parts = each.map(({ accepted }) => sum(accepted.slice(0, tenths)));
  const all = sum(each.map(({ accepted }) => sum(accepted)));
  const throttled = sum(each.map((network) => network.throttled));
  return {
    use: sum(parts) / (burst + (rate * tenths) / 10),
    throttled: throttled / (all + throttled),
    least: Math.min(...parts) / (sum(parts) / each.length),
  };
}

const sum = (numbers: readonly (number | null)[]): number =>
  numbers.reduce<number>((total, number) => total + (number ?? 0), 0);
