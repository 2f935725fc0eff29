/** A Redis of a test's own: started on a free port, in a folder of its own, and gone when the test ends. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseRedisUrl } from '../../src/redis/address.js';
import type { RedisSettings } from '../../src/redis/connection.js';

/** Why tests with Redis are left out; undefined if they are not. REQUIRE_REDIS=1 makes a missing server a failure. */
export const noRedis = ((): string | undefined => {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    if (process.env.REQUIRE_REDIS === '1')
      throw new Error('REQUIRE_REDIS is set, and there is no redis-server');
    return 'no redis-server (Debian: apt-get install redis-server)';
  }
})();
if (noRedis !== undefined) process.stderr.write(`tests with Redis are left out: ${noRedis}\n`);

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** Starts it again after `kill`, with what it has kept. */
  start(): Promise<void>;
  /** As by a crash. */
  kill(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  close(): Promise<void>;
}

/** @param lines of its configuration, beside those that it is started with */
export async function startRedis(lines: readonly string[] = []): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'wickr-bulk-redis-'));
  const port = await freePort();
  const config = join(folder, 'redis.conf');
  const own = [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, 'save ""', 'daemonize no'];
  await writeFile(config, [...own, ...lines].join('\n'));
  let child: ChildProcess | undefined;
  const start = async () => {
    const started = spawn('redis-server', [config], { stdio: ['ignore', 'pipe', 'inherit'] });
    child = started;
    const output = createInterface({ input: started.stdout });
    for await (const line of output) if (line.includes('Ready to accept connections')) break;
    started.stdout.resume();
  };
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    ...{ port, folder, start, kill },
    signal: (name) => void child?.kill(name),
    async close() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** How this program reaches it. */
export function settingsOf(url: string, given: Partial<RedisSettings> = {}): RedisSettings {
  const address = parseRedisUrl(url);
  if (!address) throw new Error('no URL of a Redis');
  return { address, prefix: 'test:', ca: undefined, ...given };
}
