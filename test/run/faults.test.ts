/** Faults of the service and of the way to it that concern the run as a whole, not one row. */
import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ExitCode, exitCodeOfRun, withExitCode } from '../../src/cli/exit-codes.js';
import { type Summary, updateUsers } from '../../src/index.js';
import { silentLogger } from '../../src/run/options/table/logger.js';
import { firstOf, isLong } from '../length.js';
import { cert, key } from '../wickr/self-signed.js';
import { notRenamed, outcomes, renames, type UpdateArguments, updateIn, useWorkplace } from '../workplace.js';

const place = useWorkplace();
const update = (...args: UpdateArguments) => updateIn(place, ...args);

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('a service that can never be reached ends the run at once, and says why', () => {
  const updateAt = async (endpointUrl: string): Promise<Summary> =>
    updateUsers({
      keepBefore: false,
      input: await place.write('users.csv', renames(500)),
      folder: place.path('run'),
      networkId: '12345678',
      region: 'us-east-1',
      endpointUrl,
      credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
    }).summary;

  it.each<[string, () => Promise<string>, code: string, message: string, hint: string]>([
    [
      'a certificate that nobody vouches for',
      async () => `https://127.0.0.1:${await portOf(createTlsServer({ key, cert }))}`,
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'certificate',
      'NODE_EXTRA_CA_CERTS',
    ],
    [
      'https to a port that speaks http',
      async () => (await place.emulate()).url.replace('http:', 'https:'),
      'ERR_SSL_',
      'no encrypted connection',
      'plain http',
    ],
    [
      'a host that does not exist',
      // A label may have 63 letters, so that no resolver is asked.
      async () => `https://${'x'.repeat(64)}.invalid`,
      'ENOTFOUND',
      'host name is unknown',
      '`region`',
    ],
  ])('%s', async (_case, endpoint, code, message, hint) => {
    const summary = await updateAt(await endpoint());
    expect(withExitCode(summary)).toMatchObject({ exitCode: ExitCode.fatal, statuses: { unprocessed: 500 } });
    expect(summary.attempts).toBeLessThanOrEqual(20);
    expect(summary.stopped?.message).toContain(message);
    expect(summary.stopped?.message).toContain(code);
    expect(summary.stopped?.hint).toContain(hint);
    for (const line of await outcomes(summary.report)) expect(line.message).not.toContain('may have been');
  });
});

describe('a service that is down', () => {
  it('from the start: held, given up, no row failed', async () => {
    const emulator = await place.emulate({ users: 2000, faults: [{ kind: '503' }] });
    const summary = await update(renames(2000), { outagePatienceMs: 30000 }, emulator);
    expect(withExitCode(summary)).toMatchObject({
      exitCode: ExitCode.stopped,
      statuses: { failed: 0, unprocessed: 2000 },
    });
    expect(summary.stopped?.message).toContain('not answered properly once');
    // No more than 64 in flight, and single requests after that.
    expect(summary.attempts).toBeLessThan(64 + 64);
    expect(summary.attempts).toBe(emulator.counts.UpdateUser);
    // How the probes are spaced, test/pace/outage.test.ts holds in simulated time.
  });

  it.each(firstOf(1, ['reset-before', 'hang', 'html', '500'] as const))(
    'from mid-run on (%s): held, given up, no row failed, the rest in the failed file',
    async (kind) => {
      const emulator = await place.emulate({ users: 2000, latency: 5, faults: [{ kind, after: 500 }] });
      const options = { rate: 1500, outagePatienceMs: 2000, ...(kind === 'hang' && { timeoutMs: 1000 }) };
      const summary = await update(renames(2000), options, emulator);
      expect(exitCodeOfRun(summary)).toBe(ExitCode.stopped);
      const { updated, failed, unprocessed } = summary.statuses;
      expect([failed, updated + unprocessed]).toEqual([0, 2000]);
      // With a timeout, a busy machine may take a good answer for none: its row is sent again, and met by the fault.
      if (kind === 'hang') expect(updated).toBeLessThanOrEqual(500);
      else expect(updated).toBe(500);
      expect(summary.stopped?.message).toContain('`outagePatienceMs`');
      expect(summary.stopped?.hint).toMatch(/Resume the run/);
      // What was in flight, and single requests after that.
      expect(summary.attempts - 500).toBeLessThan(512 + 64);
      expect((await place.read('run/failed.csv')).split('\n')).toHaveLength(unprocessed + 2);
    },
  );

  it('for a while: every row is updated in the end', async () => {
    const faults = [{ kind: 'reset-before', after: 500 }] as const;
    const emulator = await place.emulate({ users: 2000, latency: 5, faults });
    const running = update(renames(2000), { rate: 2000, outagePatienceMs: 30000 }, emulator);
    await emulator.arrival(522);
    emulator.setFaults([]);
    const summary = await running;
    expect(withExitCode(summary)).toMatchObject({ exitCode: 0, statuses: { updated: 2000 } });
    expect(notRenamed(emulator, 2000)).toEqual([]);
  });

  it('does not use up the attempts of the rows that probe it', async () => {
    const faults = [{ kind: '500', after: 10 }] as const;
    // All are under way before the first answer, so that none is tried again before the service is known to be down.
    const emulator = await place.emulate({ users: 34, latency: 300, jitter: 0, faults });
    const running = update(renames(34), { maxAttempts: 2, outagePatienceMs: 30_000 }, emulator);
    // Every row has failed once by then, and some have failed as probes.
    await emulator.arrival(10 + 24 + 3);
    emulator.setFaults([]);
    expect(withExitCode(await running)).toMatchObject({ exitCode: 0, statuses: { updated: 34 } });
  });

  it('because nobody listens there: a hint at the endpoint', async () => {
    const emulator = await place.emulate();
    await emulator.close();
    const summary = await update(renames(50), { outagePatienceMs: 5000 }, emulator);
    expect(withExitCode(summary)).toMatchObject({
      exitCode: ExitCode.stopped,
      statuses: { failed: 0, unprocessed: 50 },
    });
    expect(summary.stopped?.message).toContain('ECONNREFUSED');
    expect(summary.stopped?.hint).toContain('`endpointUrl`');
  });

  it('rows that the service can never digest are no outage', async () => {
    const poison = [10_000_010, 10_000_050, 10_000_199, 10_000_200];
    const faults = poison.map((userId) => ({ kind: '500', userId: String(userId) }) as const);
    const emulator = await place.emulate({ users: 200, faults });
    const summary = await update(renames(200), { maxAttempts: 4 }, emulator);
    expect(withExitCode(summary)).toMatchObject({
      exitCode: ExitCode.rowsFailed,
      statuses: { updated: 196, failed: 4 },
    });
    expect(summary.attempts).toBe(196 + 4 * 4);
  });
});

describe('30 % of all requests failing at random', () => {
  it('every row is updated', async () => {
    const faults = [{ kinds: ['500', 'reset-before', 'reset-after', 'html', '503'], share: 0.3 }] as const;
    const emulator = await place.emulate({ users: 300, latency: 5, faults });
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (_: object, message: string) => warnings.push(message) };
    const summary = await update(renames(300), { rate: 1000, maxAttempts: 12, logger }, emulator);
    expect(withExitCode(summary)).toMatchObject({ exitCode: 0, statuses: { updated: 300 } });
    expect(notRenamed(emulator, 300)).toEqual([]);
    expect(summary.attempts).toBe(emulator.counts.UpdateUser);
    // The service was never taken to be down, so nobody was held back.
    expect(warnings).toEqual([]);
  });
});

describe('a storm of throttles', () => {
  it('that passes costs time alone', async () => {
    const emulator = await place.emulate({
      users: 300,
      faults: [{ kind: 'throttle', after: 100, times: 30 }],
    });
    const summary = await update(renames(300), { rate: 1000 }, emulator);
    expect(withExitCode(summary)).toMatchObject({ exitCode: 0, statuses: { updated: 300 }, throttled: 30 });
  });

  it.each([0, 200])(
    'that never ends, from row %d on, uses up one patience, not one for each row',
    async (after) => {
      const emulator = await place.emulate({ users: 500, faults: [{ kind: 'throttle', after }] });
      const summary = await update(renames(500), { rate: 1000, throttlePatienceMs: 1000 }, emulator);
      expect(exitCodeOfRun(summary)).toBe(ExitCode.stopped);
      expect(summary.statuses.updated).toBe(after);
      expect(summary.statuses.failed).toBeLessThanOrEqual(2);
      expect(summary.statuses.failed + summary.statuses.unprocessed).toBe(500 - after);
      expect(summary.stopped?.message).toContain('`throttlePatienceMs`');
    },
  );
});

it('a Retry-After beyond the patience does not overrule it', async () => {
  const emulator = await place.emulate({ users: 1, faults: [{ kind: 'throttle', retryAfter: 280 }] });
  const summary = await update(renames(1), { throttlePatienceMs: 500 }, emulator);
  expect(summary.statuses.updated).toBe(0);
  expect(emulator.requests.length).toBeGreaterThan(1);
});

describe('connections', () => {
  it("an answer that comes after its timeout is nobody else's", async () => {
    const faults = [{ kind: 'slow', ms: 2500, every: 9 }] as const;
    const emulator = await place.emulate({ users: 20, faults });
    const summary = await update(renames(20), { concurrency: 1, timeoutMs: 1000 }, emulator);
    expect(withExitCode(summary)).toMatchObject({ exitCode: 0, statuses: { updated: 20 } });
    const late = emulator.requests.filter(({ fault }) => fault === 'slow').length;
    expect(late).toBeGreaterThanOrEqual(2);
    expect(summary.attempts).toBe(emulator.requests.length);
    for (const { attempts, userId } of await outcomes(summary.report)) {
      expect(attempts).toBe(emulator.requests.filter((request) => request.userId === userId).length);
    }
  });

  it.runIf(isLong)('that end after every answer, as announced, cost no attempt', async () => {
    const emulator = await place.emulate({ users: 300, faults: [{ kind: 'close' }] });
    const summary = await update(renames(300), {}, emulator);
    expect(withExitCode(summary)).toMatchObject({ exitCode: 0, statuses: { updated: 300 }, attempts: 300 });
  });

  it('that end after every answer without a word cost no row', async () => {
    const emulator = await place.emulate({ users: 300, faults: [{ kind: 'hang-up' }] });
    const summary = await update(renames(300), {}, emulator);
    expect(withExitCode(summary)).toMatchObject({ exitCode: 0, statuses: { updated: 300 } });
    expect(notRenamed(emulator, 300)).toEqual([]);
  });
});
