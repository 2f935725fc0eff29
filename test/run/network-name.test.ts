/** What the network is called: told before anything is sent, and nothing depends on it. */
import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/server.js';
import { type Canary, type RunStart, resumeRun } from '../../src/index.js';
import { reachOf, renames, updateIn, useWorkplace } from '../workplace.js';

const place = useWorkplace();
const NAME = 'Example Corp';

/** Runs an update and gives what it has told, with its summary and the requests. */
async function told(options: EmulatorOptions, given: Parameters<typeof updateIn>[2] = {}) {
  const emulator = await place.emulate({ users: 5, networkName: NAME, ...options });
  const starts: RunStart[] = [];
  const asked: Canary[] = [];
  const hooks = {
    onStart: (start: RunStart) => starts.push(start),
    confirm: async (canary: Canary) => asked.push(canary) > 0,
  };
  const summary = await updateIn(place, renames(5), { keepBefore: true, ...hooks, ...given }, emulator);
  return { emulator, summary, start: starts[0], canary: asked[0] };
}

describe('the name of the network', () => {
  it('is told at the start and with the question, and stands in no file of the run', async () => {
    const { emulator, start, canary, summary } = await told({}, { canary: 2, canaryAbove: 2 });
    expect([start?.networkName, canary?.networkName]).toEqual([NAME, NAME]);
    expect(emulator.counts.GetNetwork).toBe(1);
    const files = await readdir(summary.folder);
    expect(files.length).toBeGreaterThan(4);
    for (const file of files) expect(await place.read(`run/${file}`)).not.toContain(NAME);
  });

  it('is told with the question of a run that goes on', async () => {
    const { emulator, summary } = await told({}, { canary: 2, canaryAbove: 2, confirm: async () => false });
    expect(summary.stopped?.code).toBe('DECLINED');
    const asked: Canary[] = [];
    const confirm = async (canary: Canary) => asked.push(canary) > 0;
    await resumeRun(summary.folder, { ...reachOf(emulator), rate: 5000, confirm }).summary;
    expect(asked[0]).toMatchObject({ networkName: NAME });
  });

  it('is not asked for if nobody is told', async () => {
    const emulator = await place.emulate({ users: 5 });
    await updateIn(place, renames(5), { keepBefore: true }, emulator);
    expect(emulator.counts.GetNetwork).toBe(0);
  });

  it('is not asked for at a rate at which the rows would wait for it', async () => {
    const { emulator, start } = await told({}, { rate: 0.9, limit: 1 });
    expect(start).toBeDefined();
    expect(start?.networkName).toBeUndefined();
    expect(emulator.counts.GetNetwork).toBe(0);
  });

  const operation = 'GetNetwork';
  it.each<[string, EmulatorOptions]>([
    ['refused', { faults: [{ kind: '403', operation }] }],
    ['of credentials that are said to be wrong', { faults: [{ kind: '401', operation }] }],
    ['an error', { faults: [{ kind: '500', operation }] }],
    ['a sign-in page', { faults: [{ kind: 'html', operation }] }],
    ['about another network', { faults: [{ kind: 'wrong-network', operation }] }],
    ['throttled', { faults: [{ kind: 'throttle', operation }] }],
    ['cut off', { faults: [{ kind: 'reset-after', operation }] }],
    ['without it', { hidden: [{ field: 'networkName', operation }] }],
  ])('is left out if the answer is %s, and asked for once', async (_, options) => {
    for (const keepBefore of [true, false]) {
      const folder = place.path(String(keepBefore));
      const { emulator, start, summary } = await told(options, { keepBefore, folder });
      expect(start).toMatchObject({ rows: 5 });
      expect(start).not.toHaveProperty('networkName');
      expect([summary.statuses.updated, summary.stopped]).toEqual([5, undefined]);
      expect(emulator.counts).toMatchObject({ GetNetwork: 1, UpdateUser: 5 });
    }
  });

  it('holds no other request back if it is throttled: nothing depends on the answer', async () => {
    let throttles = 0;
    const onThrottle = () => {
      throttles += 1;
    };
    const faults = [{ kind: 'throttle', operation, retryAfter: 1 } as const];
    const { emulator, summary } = await told({ faults }, { rateScope: 'all', onThrottle });
    expect([emulator.counts.GetNetwork, throttles, summary.statuses.updated]).toEqual([1, 0, 5]);
  });

  it('is not waited for: the run is over long before an answer that does not come', async () => {
    const { emulator, start, summary } = await told(
      { faults: [{ kind: 'hang', operation }] },
      { concurrency: 1, keepBefore: false, timeoutMs: 600_000 },
    );
    expect(start).not.toHaveProperty('networkName');
    expect([summary.statuses.updated, emulator.counts.UpdateUser]).toEqual([5, 5]);
  });
});
