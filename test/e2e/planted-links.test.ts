/**
 * The command in a folder of somebody else's, who has planted symbolic links under the names that it writes: strace shows
 * that nothing outside of what is the run's own is opened for writing, or changes its name.
 */
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { chown, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type EmulatedUser, type Emulator, startEmulator } from '../../src/emulator/server.js';
import { firstOf, isLong } from '../length.js';
import { environmentOf, renames, useWorkplace } from '../workplace.js';
import { run } from './command.js';
import { isTraced, type Touched, touched } from './strace.js';

const place = useWorkplace();
const ROWS = 4;
const ID = ['--network-id', '12345678'];
const PACE = ['--concurrency', '2', '--rate', '1000', '--no-progress', '--log-file', 'log.jsonl'];
const users = Array.from({ length: ROWS }, (_, i) => ({
  userId: String(10_000_001 + i),
  username: `${'abcd'.charAt(i)}@x.org`,
  firstName: 'Old',
  lastName: 'Older',
}));

/** A command, and what has to be there for it. */
interface Story {
  readonly before?: readonly (readonly string[])[];
  readonly args: readonly string[];
  readonly input?: string;
}

const update = ['update', 'users.csv', ...ID, ...PACE];
const careful = ['update', 'right.csv', ...ID, ...PACE, '--keep-before'];
// The first row names nobody, so that a file of failed rows is left.
const withFailures = renames(ROWS).replace('\n', '\n19999999,No,Body\n');
const stories: Record<string, Story> = {
  update: {
    args: [...careful, '--where', 'firstName=/./', '--exclude', 'vips.txt', '--out', 'run'],
  },
  export: { args: ['export', ...ID, '--out', 'out.csv', '--log-file', 'log.jsonl'] },
  'update of what comes from standard input': {
    args: ['update', '-', '--format', 'csv', ...ID, ...PACE, '--out', 'run'],
    input: withFailures,
  },
  plan: { args: ['plan', 'right.csv', ...ID, '--out', 'plan.jsonl', '--log-file', 'log.jsonl'] },
  apply: {
    before: [['plan', 'right.csv', ...ID, '--out', 'plan.jsonl']],
    args: ['apply', 'plan.jsonl', ...PACE, '--out', 'run'],
  },
  reconcile: {
    args: ['reconcile', 'right.csv', ...ID, ...PACE, '--out', 'run', '--metrics-file', 'job.prom'],
  },
  resume: {
    before: [[...update, '--out', 'run', '--max-errors', '0', '--concurrency', '1']],
    args: ['resume', 'run', ...PACE, '--max-errors', '9'],
  },
  retry: { before: [[...update, '--out', 'first']], args: ['retry', 'first', ...PACE, '--out', 'run'] },
  prune: {
    before: [[...update, '--out', 'run']],
    args: ['prune', '--runs-dir', '.', '--older-than', '0h', '--yes'],
  },
  undo: {
    before: [[...careful, '--out', 'first']],
    args: ['undo', 'first', ...PACE, '--out', 'run'],
  },
};

/** The working folder as the command finds it, and the service likewise, as often as wanted. */
class Scene {
  readonly folder = place.path('shared');
  /** What is not the run's own: a link leads to a file of it that is there, or to one that is not. */
  readonly precious = place.path('precious');
  readonly #story: Story;
  #emulator: Emulator | undefined;
  #users: readonly EmulatedUser[] = users;

  constructor(story: Story) {
    this.#story = story;
  }

  get emulator(): Emulator {
    if (!this.#emulator) throw new Error('not set yet');
    return this.#emulator;
  }

  get #where() {
    return {
      cwd: this.folder,
      env: environmentOf(this.emulator, this.folder),
      ...(this.#story.input !== undefined && { input: this.#story.input }),
    };
  }

  async prepare(): Promise<void> {
    await mkdir(this.folder);
    await writeFile(join(this.folder, 'users.csv'), withFailures);
    await writeFile(join(this.folder, 'right.csv'), renames(ROWS));
    await writeFile(join(this.folder, 'vips.txt'), '10000001\n');
    this.#emulator = await startEmulator({ users });
    for (const args of this.#story.before ?? []) await run(args, this.#where);
    this.#users = structuredClone([...this.emulator.users.values()]);
    await cp(this.folder, place.path('saved'), { recursive: true });
  }

  /** Sets it anew, and plays the command. @param during is called once it has sent a row */
  async play(
    before: () => void,
    during = () => {},
  ): Promise<Touched & { code: number | null; said: string }> {
    const port = Number(new URL(this.emulator.url).port);
    await this.close();
    await rm(this.folder, { recursive: true });
    await rm(this.precious, { recursive: true, force: true });
    await cp(place.path('saved'), this.folder, { recursive: true });
    await mkdir(this.precious);
    this.#emulator = await startEmulator({ port, users: this.#users });
    // What the command itself has made before stays its user's.
    if (process.geteuid?.() === 0) {
      chmodSync(this.folder, 0o777);
      await chown(this.folder, 12_345, 12_345);
    }
    before();
    const arrived = this.emulator.arrival(1).then(during, () => {});
    const { ended, opened, named } = await touched(this.#story.args, this.#where);
    if (this.emulator.counts.UpdateUser > 0) await arrived;
    return { opened, named, code: ended.code, said: ended.stderr };
  }

  async close(): Promise<void> {
    await this.#emulator?.close();
  }

  /** Plants a link at a name. @param isThere whether there is a file where it leads to */
  plant(path: string, isThere: boolean, index = 0): void {
    const target = join(this.precious, `${isThere ? 'there' : 'absent'}-${index}`);
    if (isThere) writeFileSync(target, 'precious');
    rmSync(path, { force: true });
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    symlinkSync(target, path);
  }

  /** Nothing beside the working folder was opened for writing or got or lost a name, and what is precious is as it was. */
  async expectUntouched({ opened, named, said }: Touched & { said: string }, what: string): Promise<void> {
    const isOwn = (path: string) => path.startsWith(`${this.folder}/`) || isNoFile(path);
    const outside = [...opened, ...named].filter((path) => !isOwn(path) && path !== this.folder);
    expect([what, said, outside]).toEqual([what, said, []]);
    const left = await readdir(this.precious);
    expect([what, left.filter((name) => !name.startsWith('there-'))]).toEqual([what, []]);
    for (const name of left) expect(await readFile(join(this.precious, name), 'utf8')).toBe('precious');
    expect(await readFile(join(this.folder, 'users.csv'), 'utf8')).toBe(withFailures);
  }
}

/** Of the system, or a descriptor that `ln` names. */
const isNoFile = (path: string) => /^\/(dev|proc)\//.test(path);

const isDraft = (path: string) => path.endsWith('.part');

describe.runIf(isTraced)('with a symbolic link under a name that it writes', () => {
  it.each(firstOf(1, Object.entries(stories)))('%s writes nothing elsewhere', async (_name, story) => {
    const scene = new Scene(story);
    try {
      await scene.prepare();
      const whole = await scene.play(() => {});
      await scene.expectUntouched(whole, 'no link');
      const inside = (path: string) =>
        path.startsWith(`${scene.folder}/`) && !/ \(deleted\)|\/#\d/.test(path);
      const isFolder = (path: string) =>
        (existsSync(path) || path === join(scene.folder, 'run')) &&
        /\/(run|\.local|state|wickr-bulk|locks)$/.test(path);
      const names = [...new Set([...whole.opened, ...whole.named])].filter(inside);
      const files = names.filter((path) => !isFolder(path));
      const run = join(scene.folder, 'run');
      const isNew = !existsSync(place.path('saved/run'));
      const isLate = (path: string) => isNew && path.startsWith(`${run}/`);
      expect([0, 3], whole.said).toContain(whole.code);
      expect(files.length).toBeGreaterThan(1);
      // One after the other: the first link that is refused ends the run.
      const early = [
        ...files.filter((path) => !isLate(path)),
        ...(isNew && names.includes(run) ? [run] : []),
      ];
      for (const path of firstOf(2, early)) {
        for (const isThere of firstOf(1, [true, false])) {
          const played = await scene.play(() => scene.plant(path, isThere));
          await scene.expectUntouched(played, path);
        }
      }
      // The folder of a new run is there only once the run has made it; then, what is not there yet.
      const late = files.filter((path) => isLate(path) && !/\/(lock|report\.csv|journal\.jsonl)$/.test(path));
      const [drafts, lasting] = [late.filter(isDraft), late.filter((path) => !isDraft(path))];
      const groups = late.length > 0 ? [lasting, ...drafts.map((path) => [path])] : [];
      let planted = 0;
      for (const [index, group] of groups.entries()) {
        const during = () => {
          for (const path of group.filter((name) => !existsSync(name)))
            scene.plant(path, index % 2 === 0, planted++);
        };
        if (isLong || index === 0 || group[0]?.includes('summary.json'))
          await scene.expectUntouched(await scene.play(() => {}, during), `${group}`);
      }
      expect(planted > 0).toBe(late.length > 0);
    } finally {
      await scene.close();
    }
  });
});
