import { readdir, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { withExitCode } from '../../src/cli/exit-codes.js';
import type { EmulatedUser } from '../../src/emulator/network/network.js';
import type { Emulator } from '../../src/emulator/server.js';
import { InterruptedError, RunFolderError, UsageError } from '../../src/errors.js';
import { type ExportOptions, exportUsers } from '../../src/index.js';
import { writeExport } from '../../src/verbs/export-file.js';
import { formatOfOutput, type Output } from '../../src/verbs/output-file.js';
import { serviceOf, updateIn, useWorkplace } from '../workplace.js';

const place = useWorkplace();
const SALES = 'Kd93mXvP';
const EVERYONE = 'BCTY8Qhe';
const people: EmulatedUser[] = [
  { userId: '1', username: 'c@example.com', firstName: '=Cy', securityGroupIds: [SALES] },
  { userId: '02', username: 'a@example.com', lastName: "O'Brien, Jr.", status: 1, securityGroupIds: [SALES] },
  { userId: '3', username: 'b@example.com', suspended: true, securityGroupIds: [EVERYONE] },
  { userId: '4', username: 'd_bot', type: 'bot', securityGroupIds: [EVERYONE] },
  { userId: '5' },
];

/** What an export gives, as text and as its account of itself. */
async function exported(emulator: Emulator, { out: given, format, ...options }: Exporting = {}) {
  const parts: string[] = [];
  const out = given ?? (async (lines: string) => void parts.push(lines));
  const users = () => exportUsers({ ...serviceOf(emulator), rate: 5000, ...options });
  const result = await writeExport(users, out, formatOfOutput(out, format));
  return { text: parts.join(''), parts, result };
}

type Exporting = Partial<ExportOptions> & { out?: Output; format?: 'csv' | 'jsonl' };

const failure = (task: Promise<unknown>) => task.catch((error: unknown) => error);
const HEADER = 'networkId,userId,firstName,lastName,username,securityGroupIds\n';

describe('an export', () => {
  it('holds everybody of whom there is anything to say, exactly as they are, but no bots', async () => {
    const { text, result } = await exported(await place.emulate({ users: people }));
    expect(text).toBe(
      `${HEADER}12345678,3,,,b@example.com,${EVERYONE}\n12345678,1,=Cy,,c@example.com,${SALES}\n` +
        `12345678,02,,"O'Brien, Jr.",a@example.com,${SALES}\n`,
    );
    expect(result).toEqual({
      ...{ networkId: '12345678', format: 'csv', users: 3, bots: 1, nameless: 1, formulas: 1 },
    });
  });

  it('as JSONL leaves out the keys of which nothing is known', async () => {
    const emulator = await place.emulate({ users: people });
    const { text } = await exported(emulator, { format: 'jsonl', status: 'suspended' });
    expect(text).toBe(
      `{"networkId":"12345678","userId":"3","username":"b@example.com","securityGroupIds":["${EVERYONE}"]}\n`,
    );
  });

  it.each<[Exporting, string[]]>([
    [{ includeBots: true }, ['3', '1', '4', '02']],
    [{ status: 'active' }, ['1']],
    [{ status: 'pending' }, ['02']],
    [{ status: 'suspended' }, ['3']],
    [{ securityGroup: 'sales' }, ['1', '02']],
    [{ securityGroup: EVERYONE, includeBots: true }, ['3', '4']],
    [{ securityGroup: 'Support' }, []],
  ])('of %j', async (options, ids) => {
    const { text } = await exported(await place.emulate({ users: people }), options);
    expect(text.startsWith(HEADER)).toBe(true);
    expect(
      text
        .split('\n')
        .slice(1, -1)
        .map((line) => line.split(',')[1]),
    ).toEqual(ids);
  });

  it('comes in pages, whatever the service does to them', async () => {
    const faults = [{ kinds: ['500', 'throttle', 'half', 'hang-up'], every: 3, operation: 'any' }] as const;
    const { parts, result } = await exported(await place.emulate({ users: 950, faults }));
    expect(result.users).toBe(950);
    expect(Math.max(...parts.map((part) => part.split('\n').length))).toBeLessThanOrEqual(102);
    expect(new Set(parts.join('').split('\n')).size).toBe(952);
  });

  it.each(['users.csv', 'users.jsonl'])('that is sent back as %s changes nothing', async (name) => {
    const emulator = await place.emulate({ users: 300, bot: true });
    const before = new Map(emulator.users);
    const { result } = await exported(emulator, { out: place.path(`export-${name}`), includeBots: true });
    expect(result.users).toBe(300);
    const summary = await updateIn(place, await place.read(`export-${name}`), {}, emulator, name);
    expect(withExitCode(summary)).toMatchObject({ exitCode: 0, statuses: { updated: 300 } });
    for (const [id, user] of emulator.users) {
      expect({ ...user, modified: undefined }).toEqual({ ...before.get(id), modified: undefined });
    }
  });
});

describe('a loop over an export', () => {
  it('gives users as rows of an input', async () => {
    const emulator = await place.emulate({ users: people });
    const exporting = exportUsers({ ...serviceOf(emulator), includeBots: true });
    const users = [];
    for await (const user of exporting) users.push(user);
    expect(users).toEqual([
      { networkId: '12345678', userId: '3', username: 'b@example.com', securityGroupIds: [EVERYONE] },
      expect.objectContaining({ userId: '1', firstName: '=Cy' }),
      { networkId: '12345678', userId: '4', username: 'd_bot', securityGroupIds: [EVERYONE] },
      expect.objectContaining({ userId: '02', lastName: "O'Brien, Jr." }),
    ]);
    expect(await exporting.summary).toEqual({ networkId: '12345678', users: 4, bots: 0, nameless: 1 });
  });

  it('is never more than a page behind', async () => {
    const users = Array.from({ length: 950 }, (_, i) => ({ userId: String(i), firstName: 'Ann' }));
    const emulator = await place.emulate({ users });
    let taken = 0;
    for await (const _ of exportUsers({ ...serviceOf(emulator), rate: 5000 })) {
      taken += 1;
      if (taken === 50) {
        // Time enough for the next page to be asked for.
        const turns = async () => {
          for (let turn = 0; turn < 2000; turn += 1) await new Promise(setImmediate);
        };
        await Promise.race([emulator.arrival(2, 'ListUsers'), turns()]);
      }
      if (taken % 100 === 50 || taken % 100 === 0)
        expect(emulator.counts.ListUsers).toBe(Math.ceil(taken / 100));
    }
    expect(taken).toBe(950);
  });

  it('that is left ends it', async () => {
    const emulator = await place.emulate({ users: 950 });
    const exporting = exportUsers({ ...serviceOf(emulator), rate: 5000 });
    for await (const _ of exporting) break;
    await expect(exporting.summary).rejects.toThrow(InterruptedError);
    expect(emulator.counts.ListUsers).toBe(1);
  });

  it('meets the reason of its signal', async () => {
    const emulator = await place.emulate({ users: 950 });
    const aborting = new AbortController();
    const exporting = exportUsers({ ...serviceOf(emulator), rate: 5000, signal: aborting.signal });
    const looping = async () => {
      for await (const _ of exporting) aborting.abort();
    };
    await expect(looping()).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });

  it('is not needed to count', async () => {
    const emulator = await place.emulate({ users: people });
    expect(await exportUsers(serviceOf(emulator)).summary).toMatchObject({ users: 3, bots: 1 });
  });
});

describe('the file of an export', () => {
  it('is its owner’s alone, and nothing else is left', async () => {
    await exported(await place.emulate({ users: 5 }), { out: place.path('users.csv') });
    expect(await readdir(place.folder)).toEqual(['users.csv']);
    expect((await stat(place.path('users.csv'))).mode & 0o777).toBe(0o600);
  });

  it('is never one that was there', async () => {
    const emulator = await place.emulate({ users: 5 });
    const out = await place.write('users.csv', 'mine');
    expect(await failure(exported(emulator, { out }))).toBeInstanceOf(UsageError);
    expect(emulator.requests).toHaveLength(0);
    expect(await place.read('users.csv')).toBe('mine');
  });

  it('is not one that somebody makes meanwhile', async () => {
    const emulator = await place.emulate({ users: 5 });
    const out = place.path('users.csv');
    let made: Promise<unknown> | undefined;
    const onUsers = () => {
      made ??= place.write('users.csv', 'mine');
    };
    expect(await failure(exported(emulator, { out, onUsers }))).toBeInstanceOf(UsageError);
    await made;
    expect(await place.read('users.csv')).toBe('mine');
    expect(await readdir(place.folder)).toEqual(['users.csv']);
  });

  it.each<[string, Exporting, object]>([
    ['in a folder that is not there', { out: '/nonexistent/users.csv' }, RunFolderError],
    ['without a known ending', { out: 'users.txt' }, UsageError],
    ['of tabs', { out: 'users.tsv', format: 'csv' }, UsageError],
  ])('%s is refused', async (_case, options, kind) => {
    const error = await failure(exported(await place.emulate({ users: 5 }), options));
    expect(error).toBeInstanceOf(kind);
  });

  it('is not there where the service fails in the middle', async () => {
    const faults = [{ kind: '403', operation: 'ListUsers', after: 2 }] as const;
    const emulator = await place.emulate({ users: 500, faults });
    const error = await failure(exported(emulator, { out: place.path('users.csv') }));
    expect(error).toMatchObject({ code: 'CREDENTIALS' });
    expect(await readdir(place.folder)).toEqual([]);
  });

  it('is not there where the caller stops, who does not wait for the answer', async () => {
    const faults = [{ kind: 'hang', operation: 'ListUsers', after: 2 }] as const;
    const emulator = await place.emulate({ users: 500, faults });
    const stopping = new AbortController();
    const { signal } = stopping;
    const exporting = failure(
      exported(emulator, { out: place.path('users.csv'), signal, timeoutMs: 3_600_000 }),
    );
    await emulator.arrival(3, 'ListUsers');
    stopping.abort(new RangeError('enough'));
    const error = await exporting;
    expect(error).toBeInstanceOf(RangeError);
    expect(await readdir(place.folder)).toEqual([]);
  });
});

it('what the one who takes the lines throws ends the export', async () => {
  const emulator = await place.emulate({ users: 500 });
  const out = () => Promise.reject(new RangeError('full'));
  expect(await failure(exported(emulator, { out }))).toBeInstanceOf(RangeError);
  expect(emulator.requests).toHaveLength(1);
});

it('options that cannot be used are all named', async () => {
  const options = { networkId: '1', status: 'gone', rate: 0 } as unknown as Partial<
    ExportOptions & { out: Output }
  >;
  const error = await failure(exported(await place.emulate({ users: 5 }), options));
  expect(error).toBeInstanceOf(UsageError);
  for (const flag of ['`rate`', '`networkId`', '`status`']) expect(String(error)).toContain(flag);
});
