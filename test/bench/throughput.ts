/**
 * The *throughput* part of the bench: the whole of `updateUsers` against a service that always says yes, beside a bare
 * loop of undici and @aws-sdk/signature-v4 that sends the same bodies, in turn and in one run, so that a noisy
 * machine is noisy for both.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SignatureV4 } from '@aws-sdk/signature-v4';
import { Pool } from 'undici';

const CONCURRENCY = 64;
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

export interface Speed {
  readonly rowsPerSecond: number;
  /** Of this process: user and system time. */
  readonly cpuMicrosecondsPerRow: number;
}

/** The input's row `i`, and the request body that it becomes. */
export const csvRow = (i: number) => `${10_000_000 + i},First ${i},Last ${i},q7RtZ2wL\n`;
const bodyOf = (i: number) =>
  JSON.stringify({
    userId: String(10_000_000 + i),
    userDetails: { firstName: `First ${i}`, lastName: `Last ${i}`, securityGroupIds: ['q7RtZ2wL'] },
  });

export async function startSink(): Promise<{ url: string; close(): void }> {
  const sink: ChildProcess = fork(new URL('./sink.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
  const [port] = (await once(sink, 'message')) as [number];
  return { url: `http://127.0.0.1:${port}`, close: () => sink.disconnect() };
}

async function measure(rows: number, task: () => Promise<void>): Promise<Speed> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await task();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { rowsPerSecond: rows / seconds, cpuMicrosecondsPerRow: (user + system) / rows };
}

/** The loop that somebody would write who wants nothing but speed. */
export function measureBareLoop(url: string, rows: number): Promise<Speed> {
  const { host, hostname } = new URL(url);
  const signer = new SignatureV4({ credentials, region: 'us-east-1', service: 'wickr', sha256: Sha256 });
  const path = '/networks/12345678/users';
  return measure(rows, async () => {
    const pool = new Pool(url, { connections: CONCURRENCY, pipelining: 1 });
    let next = 1;
    const worker = async () => {
      while (next <= rows) {
        const body = bodyOf(next++);
        const headers = { host, 'content-type': 'application/json' };
        const request = { method: 'PATCH', protocol: 'http:', hostname, path, headers, body };
        const signed = await signer.sign(request);
        const answer = await pool.request({ method: 'PATCH', path, headers: signed.headers, body });
        await answer.body.json();
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    await pool.close();
  });
}

/** The whole pipeline: read, check, pace, sign, send, read the answer, report. The rate is out of the way. */
export function measurePipeline(url: string, input: string, rows: number, folder: string): Promise<Speed> {
  return measure(rows, async () => {
    const { updateUsers } = (await import(
      '../../dist/index.js' as string
    )) as typeof import('../../src/index.js');
    const summary = await updateUsers({
      keepBefore: false,
      input,
      networkId: '12345678',
      region: 'us-east-1',
      endpointUrl: url,
      credentials: async () => credentials,
      folder: join(folder, 'run'),
      rate: 100_000,
      concurrency: CONCURRENCY,
    }).summary;
    if (summary.statuses.updated !== rows)
      throw new Error(`only ${summary.statuses.updated} rows were updated`);
    await rm(join(folder, 'run'), { recursive: true });
  });
}

class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string);
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(data as string);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}
