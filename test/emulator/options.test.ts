import { describe, expect, it } from 'vitest';
import { EmulatorOptionError, type EmulatorOptions, startEmulator } from '../../src/emulator/server.js';
import { emulate } from './call.js';

it.each<[EmulatorOptions, RegExp]>([
  [{ networkId: '123' }, /networkId/],
  [{ users: -1 }, /users/],
  [{ users: 1.5 }, /users/],
  [{ groups: [] }, /groups/],
  [{ rate: 0 }, /rate/],
  [{ rate: Number.NaN }, /rate/],
  [{ rate: 0.5, limiter: 'window' }, /rate/],
  [{ rate: 0.5, limiter: 'sliding' }, /rate/],
  [{ rate: 0.01, limiter: 'minute' }, /rate/],
  [{ limiter: 'leaky' as 'bucket' }, /limiter/],
  [{ rate: 0.5, limiter: 'at-once' }, /rate/],
  [{ rateScope: 'reads' as 'all' }, /rateScope/],
  [{ rate: 5, burst: 0 }, /burst/],
  [{ latency: -1 }, /latency/],
  [{ jitter: 2 }, /jitter/],
  [{ seed: 0.5 }, /seed/],
  [{ faults: [{ every: 2 }] }, /kind/],
  [{ users: [{ userId: '1' }, { userId: '1' }] }, /user 1/],
  [
    {
      users: [
        { userId: '1', username: 'a@b.c' },
        { userId: '2', username: 'A@b.c' },
      ],
    },
    /user 2/,
  ],
])('%j cannot be used', async (options, message) => {
  const start = startEmulator(options);
  await expect(start).rejects.toBeInstanceOf(EmulatorOptionError);
  await expect(start).rejects.toThrow(message);
  await expect(start).rejects.toMatchObject({ hint: expect.stringMatching(/\w+ \w+/) });
});

describe('groups', () => {
  it('that name no default have the first one for it', async () => {
    const groups = [
      { id: 'a', name: 'A' },
      { id: 'b', name: 'B' },
    ];
    const emulator = await emulate({ groups });
    expect(emulator.groups.map(({ isDefault }) => isDefault)).toEqual([true, false]);
    expect(emulator.users.get('10000001')?.securityGroupIds?.[0]).toMatch(/^[ab]$/);
  });

  it('that name one keep it', async () => {
    const groups = [
      { id: 'a', name: 'A' },
      { id: 'b', name: 'B', isDefault: true },
    ];
    expect((await emulate({ groups })).groups).toEqual(groups);
  });
});

it('an emulator that renames a group leaves those of others alone', async () => {
  const [one, other] = [await emulate(), await emulate()];
  Object.assign(one.groups[1] ?? {}, { name: 'Leavers' });
  expect(other.groups[1]?.name).toBe('Sales');
  expect((await emulate()).groups[1]?.name).toBe('Sales');
});
