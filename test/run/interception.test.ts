/** Something between here and the service answers in its place: no row fails by it, however few rows there are. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ExitCode, withExitCode } from '../../src/cli/exit-codes.js';
import { planUpdate, type Summary, type UpdateOptions, updateUsers } from '../../src/index.js';
import { renderSummary } from '../../src/screen/summary.js';
import { notRenamed, outcomes, renames, updateIn, useWorkplace } from '../workplace.js';

const place = useWorkplace();

interface Between {
  readonly url: string;
  /** Requests that came. */
  readonly asked: string[];
}

async function answering(listener: RequestListener): Promise<Between> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    request.resume();
    listener(request, response);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const reach = async (endpointUrl: string, rows: number, options: Partial<UpdateOptions> = {}) => ({
  ...{ endpointUrl, networkId: '12345678', region: 'us-east-1', maxAttempts: 2, ...options },
  input: await place.write('users.csv', renames(rows)),
  credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
});

const update = async (url: string, rows: number, options?: Partial<UpdateOptions>): Promise<Summary> =>
  updateUsers({ keepBefore: false, ...(await reach(url, rows, options)), folder: place.path('run') }).summary;

const answers: readonly (readonly [status: number, headers: Record<string, string>, body: string])[] = [
  [202, {}, ''],
  [204, {}, ''],
  [403, { 'content-type': 'text/html' }, '<html>Blocked by policy</html>'],
  [404, { 'content-type': 'text/html' }, '<html>Not found</html>'],
  [405, {}, 'Method Not Allowed'],
  [422, { 'content-type': 'text/html' }, '<html>'],
  [451, {}, 'Unavailable'],
  [502, {}, ''],
];

describe('a file of three rows', () => {
  it.each(answers)('that meets %i: unprocessed, exit 4, and how to go on', async (status, headers, body) => {
    const { url } = await answering((_, response) => response.writeHead(status, headers).end(body));
    const summary = await update(url, 3);
    expect(withExitCode(summary)).toMatchObject({
      exitCode: ExitCode.stopped,
      statuses: { failed: 0, unprocessed: 3 },
      stopped: { code: 'OUTAGE', message: expect.stringContaining(`Http${status}`) },
    });
    expect(renderSummary(summary)).toContain('wickr-bulk resume ');
    for (const line of await outcomes(summary.report))
      expect(line).toMatchObject({ attempts: 2, message: expect.stringMatching(/something on the way/) });
  });

  it('for which nobody listens: the same', async () => {
    const emulator = await place.emulate();
    await emulator.close();
    const summary = await update(emulator.url, 3);
    expect(withExitCode(summary)).toMatchObject({
      exitCode: ExitCode.stopped,
      statuses: { failed: 0, unprocessed: 3 },
      stopped: { code: 'OUTAGE', hint: expect.stringContaining('`endpointUrl`') },
    });
  });

  it('of which one was refused by the service: the others go on later', async () => {
    const faults = [
      { kind: 'refused', userId: '10000001' },
      { kind: 'html', userId: '10000002' },
    ] as const;
    const emulator = await place.emulate({ users: 3, faults });
    const summary = await updateIn(place, renames(3), { maxAttempts: 2 }, emulator);
    expect(withExitCode(summary)).toMatchObject({
      exitCode: ExitCode.stopped,
      statuses: { failed: 1, unprocessed: 1, updated: 1 },
    });
    expect(summary.stopped).toBeUndefined();
    expect(renderSummary(summary)).toContain('wickr-bulk resume ');
  });

  it('whose users cannot be read first: nothing is sent, exit 4', async () => {
    const { url } = await answering((_, response) => response.writeHead(405).end());
    const planned = planUpdate({ ...(await reach(url, 3)) }).summary;
    await expect(planned).rejects.toMatchObject({
      code: 'OUTAGE',
      message: expect.stringContaining('Http405'),
    });
  });
});

describe('a redirect', () => {
  it('is named with its target at once, and never followed', async () => {
    const portal = await answering((_, response) => response.end('{}'));
    const target = `${portal.url}/login`;
    const { url, asked } = await answering((request, response) =>
      response.writeHead(302, { location: `${target}?from=${request.url}` }).end(),
    );
    const summary = await update(url, 500, { concurrency: 4 });
    expect(summary.statuses).toMatchObject({ failed: 0, unprocessed: 500 });
    expect(summary.stopped).toMatchObject({ code: 'UNREACHABLE', hint: expect.stringContaining('browser') });
    expect(summary.stopped?.message).toContain(`a redirect to ${target}, which is not followed`);
    expect(asked.length).toBeLessThanOrEqual(4);
    expect(portal.asked).toEqual([]);
  });
});

describe('a row that is given up', () => {
  const lost = [{ kind: 'reset-before', userId: '10000001' }] as const;

  it('of the canary keeps the rest back', async () => {
    const emulator = await place.emulate({ users: 40, faults: lost });
    const summary = await updateIn(
      place,
      renames(40),
      { maxAttempts: 2, canary: 3, canaryAbove: 3 },
      emulator,
    );
    expect(summary.stopped?.code).toBe('CANARY');
    expect(notRenamed(emulator, 40).length).toBe(38);
  });

  it('counts for maxErrors', async () => {
    const emulator = await place.emulate({ users: 300, faults: lost });
    const options = { maxAttempts: 1, maxErrors: 0, concurrency: 1 };
    const summary = await updateIn(place, renames(300), options, emulator);
    expect(summary.stopped?.code).toBe('MAX_ERRORS');
    expect(summary.statuses.unprocessed).toBeGreaterThan(200);
  });
});

it('what is asked for is not to be compressed on the way', async () => {
  let encoding: string | undefined;
  const { url } = await answering((request, response) => {
    encoding = request.headers['accept-encoding'];
    response.writeHead(405).end();
  });
  await update(url, 1, { maxAttempts: 1 });
  expect(encoding).toBe('identity');
});
