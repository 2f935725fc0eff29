/** An update of a whole network that takes several times as long as what was read of a user counts, in simulated time. */
import { writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { updateUsers } from '../../src/index.js';
import { size } from '../length.js';
import { renames, useWorkplace } from '../workplace.js';
import { World } from './world.js';

const place = useWorkplace();
const USERS = size(600, 20_000);
const RATE = 50;

it(`of ${USERS} users at ${RATE}/s takes at most a twentieth more requests than one that does not look`, async () => {
  const world = new World({ seed: 1, users: USERS, latency: 30, travel: 20, timeout: 3000 });
  const input = place.path('users.csv');
  const [head = '', ...lines] = renames(USERS).trim().split('\n');
  const mixed = lines.map((line, row) => [(row * 7919) % 104_729, line] as const);
  const order = mixed.toSorted(([a], [b]) => a - b).map(([, line]) => line);
  await writeFile(input, `${[head, ...order].join('\n')}\n`);
  const { networkId, region, service } = world;
  const given = { networkId, region, endpointUrl: 'http://127.0.0.1:9', input, rate: RATE };
  // The run takes several times as long.
  const maxAgeMs = (USERS / RATE / size(3, 7)) * 1000;
  world.install();
  try {
    const end = await world.live(() => {
      const credentials = async () => service.signatures.credentials;
      const files = { folder: place.path('run'), locks: place.path('locks') };
      return updateUsers({ ...given, ...files, credentials, maxAgeMs }).summary;
    }, undefined);
    expect(end).toMatchObject({ kind: 'done', result: { statuses: { updated: USERS } } });
    const { counts, requests } = service.journal;
    expect(counts.ListUsers).toBeGreaterThan((1.5 * USERS) / 100);
    expect(requests.length).toBeLessThanOrEqual(1.05 * USERS);
    // Nor does it take longer: nothing is sent while rows wait for a page.
    expect(world.clock.now).toBeLessThan((1.1 * USERS * 1000) / RATE);
  } finally {
    world.uninstall();
  }
});
