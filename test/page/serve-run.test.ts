/** The live page's server: who may look, and that nobody can do more. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, renameSync } from 'node:fs';
import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { type ClientRequest, type IncomingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { type RunServer, serveRun } from '../../src/index.js';
import { type Listener, PageServer } from '../../src/page/page-server.js';
import type { RunPage } from '../../src/page/view/page-data.js';
import { type RowChunk, RowUnpacker } from '../../src/page/view/row-chunk.js';
import { formatLines } from '../../src/report/line.js';
import { until, useWorkplace } from '../workplace.js';
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

const more = (from: number, to: number) =>
  formatLines(
    Array.from({ length: to - from + 1 }, (_, index) => ({
      ...{ row: from + index, line: from + index + 1, userId: String(10_000_000 + from + index) },
      ...{ status: 'unchanged' as const, attempts: 0 as const, throttled: 0 as const, changed: [] },
    })),
    'csv',
  );

describe('what is told', () => {
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

describe('what goes wrong stays with the page', () => {
  /** A server whose listeners the test sends to. */
  async function bareServer(): Promise<{ server: PageServer; url: string; joined: Listener[] }> {
    const joined: Listener[] = [];
    const bare = new PageServer({
      page: () => Promise.reject(new Error('it has none')),
      joined: (listener) => joined.push(listener),
    });
    await bare.listen(0);
    return { server: bare, url: bare.url, joined };
  }

  it('a page that breaks off is written to no more', async () => {
    const { server: bare, url, joined } = await bareServer();
    const { sent, response } = await open(`${url}/events`);
    response.on('error', () => {});
    sent.destroy();
    await until(() => bare.listeners.size === 0);
    // The look that is under way does not know yet. An error that nobody takes would end the process, and so this test.
    joined[0]?.send('page', '{}');
    await bare.close();
  });

  it('a page that has been told the end is told no more', async () => {
    const { server: bare, url, joined } = await bareServer();
    const { response } = await open(`${url}/events`);
    joined[0]?.end();
    joined[0]?.send('page', '{}');
    expect(await text(response)).not.toContain('event');
    await bare.close();
  });

  const megabyte = JSON.stringify('x'.repeat(1024 * 1024));

  it('a page that does not read is let go of, and does not hold up the end', async () => {
    const { server: bare, url, joined } = await bareServer();
    const [greedy, slow] = [await open(`${url}/events`), await open(`${url}/events`)];
    for (const { response } of [greedy, slow]) response.pause().on('error', () => {});
    for (let sent = 0; sent < 40; sent += 1) joined[0]?.send('rows', megabyte);
    await until(() => bare.listeners.size === 1);
    // More than the system takes for it, and less than is let wait.
    for (let sent = 0; sent < 12; sent += 1) joined[1]?.send('rows', megabyte);
    await bare.close();
    await until(() => bare.listeners.size === 0);
    for (const { sent } of [greedy, slow]) sent.destroy();
  });

  it('a page that reads late has all that was sent, and knows of the end', async () => {
    const { server: bare, url, joined } = await bareServer();
    const { response } = await open(`${url}/events`);
    response.pause();
    for (let sent = 0; sent < 12; sent += 1) joined[0]?.send('rows', megabyte);
    joined[0]?.send('end', 'null');
    const closing = bare.close();
    const told = await text(response);
    expect(told.match(/^event: rows$/gm)).toHaveLength(12);
    expect(told.endsWith('event: end\ndata: null\n\n')).toBe(true);
    await closing;
  });

  it('a page that cannot be made is no answer, and the next one is', async () => {
    const url = await serve();
    await rename(place.path('run'), place.path('elsewhere'));
    await expect(ask(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await rename(place.path('elsewhere'), place.path('run'));
    expect((await ask(url)).status).toBe(200);
  });

  it('a folder that is gone does not keep the server from its end, nor open pages from knowing', async () => {
    const url = await serve();
    const { events, ended } = await listen(url);
    await until(() => events.page !== undefined);
    await rm(place.path('run'), { recursive: true });
    const later = await listen(url);
    await expect(ask(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await server?.close();
    await Promise.all([ended, later.ended]);
    expect(events.all.at(-1)?.event).toBe('end');
    expect(later.events.all.at(-1)?.event).toBe('end');
  });

  describe.skipIf(process.platform === 'win32')('a look that fails', () => {
    let pipe: number | undefined;
    afterEach(() => {
      if (pipe !== undefined) closeSync(pipe);
      pipe = undefined;
    });

    /** Puts a pipe in the place of the report: a look waits in it. */
    async function holdLooks(): Promise<void> {
      const report = place.path('run/report.csv');
      await rename(report, place.path('kept.csv'));
      await promisify(execFile)('mkfifo', [report]);
    }

    /** The report is back; the look that waits in the pipe, which has no places to read from, fails after this turn. */
    async function failLook(): Promise<void> {
      const report = place.path('run/report.csv');
      await until(() => {
        try {
          pipe = openSync(report, constants.O_WRONLY | constants.O_NONBLOCK);
        } catch {
          // No look waits for it yet.
        }
        return pipe !== undefined;
      });
      renameSync(place.path('kept.csv'), report);
    }

    it('as the server ends', async () => {
      const url = await serve();
      await holdLooks();
      const asked = ask(url).catch((error: unknown) => error);
      await failLook();
      await server?.close();
      expect(await asked).toMatchObject({ code: 'ECONNRESET' });
    });

    it('does not fail those that wait for the next', async () => {
      const url = await serve();
      await holdLooks();
      const asked = Promise.allSettled([ask(url), ask(url), ask(url)]);
      // What comes behind them has been taken.
      const { leave } = await listen(url);
      await failLook();
      const statuses = (await asked).map((it) => (it.status === 'fulfilled' ? it.value.status : it.status));
      expect(statuses.toSorted()).toEqual([200, 200, 'rejected']);
      leave();
    });

    it('is followed by one that tells the page', async () => {
      const url = await serve({ rows: 100, of: 300 });
      const { events, leave } = await listen(url);
      await until(() => events.rows.length === 100);
      await holdLooks();
      await failLook();
      await appendFile(place.path('run/report.csv'), more(101, 300));
      await until(() => events.rows.length === 300);
      leave();
    });
  });
});
