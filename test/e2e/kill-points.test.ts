/** The command is killed before each call to the system that changes a file of it: what it leaves can be gone on with. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Emulator, EmulatorOptions } from '../../src/emulator/server.js';
import { planUpdate, resumeRun, updateUsers } from '../../src/index.js';
import { environmentOf, outcomes, reachOf, renames, serviceOf, until, useWorkplace } from '../workplace.js';
import { run } from './command.js';
import { type Call, isTraced, killedBefore, traced } from './strace.js';

const place = useWorkplace();
const ROWS = 6;
const ID = ['--network-id', '12345678'];
const PACE = ['--concurrency', '2', '--rate', '1000', '--no-progress', '--yes'];

/** A job that changes users, in a folder and a network of its own. */
interface Case {
  readonly folder: string;
  readonly emulator: Emulator;
  readonly where: { cwd: string; env: Record<string, string>; input?: string };
}

/** What the killed process was asked, and what has to come of it. */
interface Story {
  readonly users?: EmulatorOptions['users'];
  readonly input?: string;
  /** What was done before, and counts no longer. */
  readonly before?: (at: Case) => Promise<void>;
  readonly args: readonly string[];
  /** What `lookups` of the network say when all is done. */
  readonly wanted: readonly string[];
  /** Also the locks, which every job takes in the same way. */
  readonly locks?: boolean;
}

const people = Array.from({ length: ROWS }, (_, i) => ({
  userId: String(10_000_001 + i),
  username: `${'abcdef'.charAt(i)}@x.org`,
  firstName: 'Old',
  lastName: 'Older',
}));
const renamed = people.map(({ username }, i) => `${username} First ${i + 1}`);
const asBefore = people.map(({ username, firstName }) => `${username} ${firstName}`);
const inputOf = (at: Case) => join(at.folder, 'users.csv');
const library = (at: Case) => ({ ...serviceOf(at.emulator), input: inputOf(at), rate: 1000 });

const stories: Record<string, Story> = {
  update: { args: ['update', 'users.csv', ...ID, ...PACE], wanted: renamed, locks: true },
  'update with before-image and canary': {
    args: ['update', 'users.csv', ...ID, ...PACE, '--keep-before', '--canary', '2'],
    wanted: renamed,
  },
  'update of what comes from standard input': {
    input: renames(ROWS),
    args: ['update', '-', '--format', 'csv', ...ID, ...PACE],
    wanted: renamed,
  },
  'update by way of temporary usernames': {
    input: [
      ...['lookupUsername,username\n', 'a@x.org,b@x.org\n', 'b@x.org,c@x.org\n', 'c@x.org,a@x.org\n'],
      ...['d@x.org,e@x.org\n', 'e@x.org,d@x.org\n', 'f@x.org,free@x.org\n'],
    ].join(''),
    args: ['update', 'users.csv', ...ID, ...PACE, '--allow-temporary-names'],
    wanted: ['b', 'c', 'a', 'e', 'd', 'free'].map((name) => `${name}@x.org Old`),
  },
  apply: {
    before: async (at) => {
      await planUpdate({ ...library(at), planFile: join(at.folder, 'plan.jsonl') }).summary;
    },
    args: ['apply', 'plan.jsonl', ...PACE],
    wanted: renamed,
  },
  reconcile: { args: ['reconcile', 'users.csv', ...ID, ...PACE, '--max-changes', '100%'], wanted: renamed },
  resume: {
    before: async (at) => {
      const rest = ['--out', 'run', '--keep-before', '--canary', '3'];
      const report = { name: 'write', path: join(at.folder, 'run/report.csv'), nth: 3 };
      await killedBefore(report, ['update', 'users.csv', ...ID, ...PACE, ...rest], at.where);
    },
    args: ['resume', 'run', ...PACE],
    wanted: renamed,
  },
  undo: {
    before: async (at) => {
      await updateUsers({ ...library(at), keepBefore: true, folder: join(at.folder, 'first') }).summary;
    },
    args: ['undo', 'first', ...PACE],
    wanted: asBefore,
  },
};

const commandOf = ({ args }: Story, out: string) => (args[0] === 'resume' ? args : [...args, '--out', out]);

let cases = 0;
async function begin({ users = people, input = renames(ROWS), before }: Story): Promise<Case> {
  const folder = place.path(`case-${cases++}`);
  await mkdir(folder);
  await writeFile(join(folder, 'users.csv'), input);
  const emulator = await place.emulate({ users });
  const at = { folder, emulator, where: { cwd: folder, env: environmentOf(emulator, folder), input } };
  await before?.(at);
  return at;
}

const stateOf = ({ emulator }: Case) =>
  [...emulator.users.values()].map(({ username, firstName }) => `${username} ${firstName}`);

/** What the report says of a run that was killed. */
async function reportedIn(folder: string): Promise<Set<string | undefined>> {
  const lines = await outcomes(join(folder, 'report.csv'));
  expect(new Set(lines.map(({ row }) => row)).size).toBe(lines.length);
  return new Set(lines.map(({ userId }) => userId));
}

/** By the library: each of the hundreds of kills would take a command more. */
const resumed = ({ emulator, folder }: Case) =>
  resumeRun(join(folder, 'run'), {
    ...reachOf(emulator),
    locks: join(folder, '.local/state/wickr-bulk/locks'),
    rate: 1000,
  }).summary;

/** What was left by a kill is gone on with, or says that nothing was sent and is begun anew. */
async function goesOn(at: Case, story: Story, sentBefore: number): Promise<void> {
  const { emulator, folder, where } = at;
  await until(() => emulator.connections.open === 0);
  const updates = () => emulator.requests.filter(({ operation }) => operation === 'UpdateUser');
  const out = join(folder, 'run');
  let name = 'run';
  if (existsSync(join(out, 'run.json'))) {
    const reported = await reportedIn(out);
    const sent = updates().length;
    await resumed(at);
    expect(
      updates()
        .slice(sent)
        .filter(({ userId }) => reported.has(userId)),
    ).toEqual([]);
  } else {
    expect(updates().length).toBe(sentBefore);
    await expect(resumed(at)).rejects.toMatchObject({ hint: expect.stringContaining('has sent nothing') });
    name = 'again';
    const again = await run(commandOf(story, name), where);
    expect([again.code, again.stderr]).toEqual([0, expect.any(String)]);
  }
  const lines = await outcomes(join(folder, name, 'report.csv'));
  expect(lines.map(({ row }) => row).sort()).toEqual(people.map((_, i) => i + 1));
  expect(stateOf(at)).toEqual(story.wanted);
}

const isLock = ({ path }: Call) => /\blocks?\b/.test(path);

describe.runIf(isTraced)(
  'killed before each call that writes, makes, renames, links or removes a file',
  () => {
    it.each(Object.entries(stories))('%s', async (_name, story) => {
      const args = commandOf(story, 'run');
      const model = await begin(story);
      const whole = await traced(args, model.where);
      expect([whole.ended.code, stateOf(model)]).toEqual([0, story.wanted]);
      const calls = whole.calls.filter((call) => story.locks || !isLock(call));
      expect(calls.length).toBeGreaterThan(10);
      let kills = 0;
      const kill = async (call: Call) => {
        const at = await begin(story);
        const sent = at.emulator.counts.UpdateUser;
        const path = call.path.replace(model.folder, at.folder);
        if (await killedBefore({ ...call, path }, args, at.where)) kills += 1;
        await goesOn(at, story, sent).catch((error: unknown) => {
          throw new Error(`killed before: ${call.line}`, { cause: error });
        });
      };
      for (let at = 0; at < calls.length; at += 2) await Promise.all(calls.slice(at, at + 2).map(kill));
      // How many lines of the report are written together is a matter of time.
      expect(kills).toBeGreaterThan(0.8 * calls.length);
    });
  },
);

/** A file that is filled without a name has no path to kill at, so its writes are told by their number. */
const moments = [
  ...[1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 20, 24].map((nth) => ({ name: 'write', nth })),
  ...[1, 2].map((nth) => ({ name: 'fsync', nth })),
];

describe.runIf(isTraced)('killed at any moment, what makes a file with names leaves no part of it', () => {
  const lineCount = (text: string) => text.split('\n').length;
  it.each([
    ['export', ['export', ...ID, '--out', 'out.csv'], 'out.csv'],
    ['plan', ['plan', 'users.csv', ...ID, '--out', 'out.jsonl'], 'out.jsonl'],
  ])('%s', async (_name, args, out) => {
    const kills = [];
    for (const moment of moments) {
      const at = await begin({ args, wanted: asBefore });
      kills.push(await killedBefore(moment, args, at.where));
      const left = await readdir(at.folder);
      expect(left.filter((name) => !['users.csv', '.local', out].includes(name))).toEqual([]);
      // A heading, a line a user, and the end.
      if (left.includes(out)) expect(lineCount(await readFile(join(at.folder, out), 'utf8'))).toBe(ROWS + 2);
    }
    expect(kills.filter(Boolean).length).toBeGreaterThan(5);
  });
});
