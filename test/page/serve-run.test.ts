/** The live page's server: who may look, and that nobody can do more. */
import { once } from 'node:events';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { type ClientRequest, type IncomingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { type RunServer, serveRun } from '../../src/index.js';
import type { RunPage } from '../../src/page/view/page-data.js';
import { type RowChunk, RowUnpacker } from '../../src/page/view/row-chunk.js';
import { formatLines } from '../../src/report/line.js';
import { useWorkplace } from '../workplace.js';
import { sampleRun } from './sample-run.js';

const place = useWorkplace();
let server: RunServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const serve = async (sample: Parameters<typeof sampleRun>[1] = { rows: 100 }) => {
  server = await serveRun(await sampleRun(place.path('run'), sample));
  return server.url;
};

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function ask(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { response } = await open(url, headers, method);
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

async function open(url: string, headers: Record<string, string> = {}, method = 'GET') {
  const sent: ClientRequest = request(url, { method, headers });
  sent.end();
  const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  return { sent, response };
}

/** Events as a browser would take them. */
class Events {
  #rest = '';
  readonly all: { readonly event: string; readonly data: unknown }[] = [];
  #unpacker = new RowUnpacker();
  rows: { readonly row: number; readonly status: string }[] = [];
  page: RunPage | undefined;

  take(part: string): void {
    const blocks = (this.#rest + part).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, event = '', data = 'null'] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      if (event !== '') this.#on(event, JSON.parse(data));
    }
  }

  #on(event: string, data: unknown): void {
    this.all.push({ event, data });
    if (event === 'page') this.page = data as RunPage;
    if (event === 'anew') {
      this.#unpacker = new RowUnpacker();
      this.rows = [];
    }
    if (event === 'rows')
      for (const { row, kind } of this.#unpacker.rowsOf(data as RowChunk))
        this.rows.push({ row, status: kind.status });
  }
}

async function listen(url: string): Promise<{ events: Events; leave: () => void; ended: Promise<unknown> }> {
  const { sent, response } = await open(`${url}/events`);
  const events = new Events();
  response.setEncoding('utf8').on('data', (part: string) => events.take(part));
  response.on('error', () => {});
  return {
    events,
    leave: () => sent.destroy(),
    ended: new Promise((resolve) => response.once('close', resolve)),
  };
}

describe('who may look', () => {
  it('is who has the address, from this machine', async () => {
    const url = await serve();
    expect(new URL(url).hostname).toBe('127.0.0.1');
    const { status, headers, body } = await ask(url);
    expect(status).toBe(200);
    expect(body).toContain('2 of 100 rows did not go through');
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'sha256-[\w+/=]+'; style-src 'sha256-[\w+/=]+'; connect-src 'self'; .*frame-ancestors 'none'$/,
    );
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    // No other page may read it.
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it.each<[string, Record<string, string>, (url: URL) => string]>([
    ['without the token', {}, ({ origin }) => `${origin}/`],
    ['with another token', {}, ({ origin }) => `${origin}/${'A'.repeat(32)}`],
    ['with more behind it', {}, ({ href }) => `${href}/events/more`],
    ['by a name of somebody else', { host: 'evil.example' }, ({ href }) => href],
    ['by another port', { host: '127.0.0.1:1' }, ({ href }) => href],
    ['from another page', { origin: 'https://evil.example' }, ({ href }) => `${href}/events`],
    ['from a page without an origin', { origin: 'null' }, ({ href }) => `${href}/events`],
    ['from another site', { 'sec-fetch-site': 'cross-site' }, ({ href }) => href],
  ])('is nobody %s', async (_, headers, address) => {
    const url = new URL(await serve());
    const { status, body } = await ask(address(url), headers);
    expect({ status, body }).toEqual({ status: 403, body: '' });
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('can do nothing: %s', async (method) => {
    const url = await serve();
    expect((await ask(url, {}, method)).status).toBe(405);
  });

  it('finds nothing else there', async () => {
    const url = await serve();
    expect((await ask(`${url}/run.json`)).status).toBe(404);
  });

  it('is told that a port is taken', async () => {
    const url = new URL(await serve());
    const again = serveRun(place.path('run'), { servePort: Number(url.port) });
    await expect(again).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('EADDRINUSE'),
    });
  });

  it('has to name a run', async () => {
    await expect(serveRun(place.folder)).rejects.toMatchObject({ code: 'NOT_A_RUN' });
  });
});

describe('what is told', () => {
  const more = (from: number, to: number) =>
    formatLines(
      Array.from({ length: to - from + 1 }, (_, index) => ({
        ...{ row: from + index, line: from + index + 1, userId: String(10_000_000 + from + index) },
        ...{ status: 'unchanged' as const, attempts: 0 as const, throttled: 0 as const, changed: [] },
      })),
      'csv',
    );

  it('is every row once, and what comes later as it comes', async () => {
    const url = await serve({ rows: 1200, of: 1300 });
    const { events, leave } = await listen(url);
    await expect.poll(() => events.rows.length).toBe(1200);
    expect(events.page?.done).toBe(1200);
    await appendFile(place.path('run/report.csv'), more(1201, 1300));
    await expect.poll(() => events.rows.length, { timeout: 20_000 }).toBe(1300);
    await expect.poll(() => events.page?.done).toBe(1300);
    expect(events.rows.map(({ row }) => row)).toEqual(Array.from({ length: 1300 }, (_, index) => index + 1));
    // Who comes later is told the same.
    const later = await listen(url);
    await expect.poll(() => later.events.rows.length).toBe(1300);
    later.leave();
    leave();
  });

  it('begins anew when a resume has cut the report off, or put another in its place', async () => {
    const url = await serve({ rows: 300, of: 400 });
    const { events, leave } = await listen(url);
    await expect.poll(() => events.rows.length).toBe(300);
    const report = place.path('run/report.csv');
    const lines = (await readFile(report, 'utf8')).split('\n');
    // As long as before, or longer: only what is in it tells.
    await writeFile(report, `${lines.slice(0, 201).join('\n')}\n${more(201, 400)}`);
    await expect.poll(() => events.rows.length, { timeout: 20_000 }).toBe(400);
    expect(events.rows.filter(({ status }) => status === 'unchanged')).toHaveLength(200);
    expect(events.all.filter(({ event }) => event === 'anew')).toHaveLength(2);
    leave();
  });

  it('is the end, and then nothing is held up', async () => {
    const url = await serve();
    const { events, ended } = await listen(url);
    await expect.poll(() => events.page?.done).toBe(100);
    await server?.close();
    await ended;
    expect(events.all.at(-1)?.event).toBe('end');
    await expect(ask(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('has no value of a user but IDs', async () => {
    const url = await serve();
    await writeFile(join(place.path('run'), 'failed.csv'), 'userId,firstName\n10000050,Zoë-Canary\n');
    expect((await ask(url)).body).not.toContain('Canary');
  });
});
