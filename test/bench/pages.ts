/** The *pages* part of the bench: what pages that are open all the time cost a paced run of the built command. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startEmulator } from '../../src/emulator/server.js';
import type { Summary } from '../../src/index.js';

const PAGES = 20;
const RATE = 50;
const ROUNDS = 5;
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** How a run went with some pages open. */
export interface WithPages {
  readonly pages: number;
  readonly rowsPerSecond: number;
  /** Bytes that all pages were sent. */
  readonly bytes: number;
}

/** Runs without a page and with some, in turn. */
export async function measurePages(
  print: (line: string) => void,
  input: string,
  rows: number,
  folder: string,
): Promise<WithPages[]> {
  const results: WithPages[] = [];
  for (let round = 1; round <= ROUNDS; round += 1)
    for (const pages of [0, PAGES]) {
      const result = await run(input, rows, join(folder, `pages-${round}-${pages}`), pages);
      results.push(result);
      print(
        `${String(pages).padStart(2)} pages  ${result.rowsPerSecond.toFixed(2)} rows/s  ${Math.round(result.bytes / 1024)} KB sent`,
      );
    }
  return results;
}

async function run(input: string, rows: number, out: string, pages: number): Promise<WithPages> {
  const emulator = await startEmulator({ users: rows, latency: 30, keepRequests: false });
  const flags = [
    '--network-id',
    emulator.networkId,
    '--rate',
    String(RATE),
    '--no-keep-before',
    '--out',
    out,
  ];
  const child = spawn(process.execPath, [main, 'update', input, ...flags, '--json', '--yes', '--serve'], {
    env: {
      AWS_REGION: emulator.region,
      AWS_ENDPOINT_URL_WICKR: emulator.url,
      AWS_ACCESS_KEY_ID: emulator.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: emulator.credentials.secretAccessKey,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let bytes = 0;
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    const isKnown = said.includes('http://127');
    said += part;
    const url = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(said)?.[0];
    if (isKnown || url === undefined) return;
    for (let page = 0; page < pages; page += 1)
      get(`${url}/events`, (response: IncomingMessage) => {
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        response.on('error', () => {});
      }).on('error', () => {});
  });
  const [summary] = await Promise.all([json(child.stdout) as Promise<Summary>, once(child, 'exit')]);
  await emulator.close();
  if (summary.statuses?.updated !== rows) throw new Error(said);
  if (pages > 0 && bytes === 0) throw new Error('no page was sent anything');
  return { pages, rowsPerSecond: (1000 * rows) / summary.workedMs, bytes };
}
