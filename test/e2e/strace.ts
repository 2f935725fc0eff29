/**
 * The command under strace: which calls to the system change its files, and a kill right before a certain one of them.
 * The names of its files are made the same each time, so that a call of one run can be told in another.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isLong } from '../length.js';
import { type Circumstances, type Ended, start } from './command.js';

const isThere = spawnSync('strace', ['--version']).status === 0;

const isWanted = process.platform === 'linux' && process.env.STRACE !== 'no';

/** Whether tests with strace run: in the long form, and on Linux. `STRACE=no` leaves them out where it cannot be had. */
export const isTraced = isLong && isWanted;

if (isTraced && !isThere)
  throw new Error(
    'strace is missing: apt-get install strace, or STRACE=no to leave out the tests that need it',
  );

// Not `fsync`: a kill takes nothing from what the system has, so one before it leaves what one before the next call does.
const CHANGING = [
  ...['write', 'pwrite64', 'writev', 'pwritev', 'ftruncate', 'openat', 'mkdir', 'mkdirat', 'rmdir'],
  ...['rename', 'renameat', 'renameat2', 'link', 'linkat', 'unlink', 'unlinkat', 'symlink', 'symlinkat'],
];

const TOUCHING = [
  ...['open', 'openat', 'openat2', 'creat', 'truncate', 'mkdir', 'mkdirat', 'rmdir', 'rename', 'renameat'],
  ...['renameat2', 'link', 'linkat', 'unlink', 'unlinkat', 'symlink', 'symlinkat', 'chmod', 'fchmodat'],
  ...['chown', 'lchown', 'fchownat', 'utimensat'],
];

/**
 * UUIDs that count, and one thread for all files: each run calls the same in the same order. Those of a run that takes
 * over from another are others all the same, as no UUID ever comes twice.
 */
const sameUuids = (args: readonly string[]) => {
  const verb = createHash('sha256')
    .update(args[0] ?? '')
    .digest('hex')
    .slice(0, 8);
  return `import crypto from 'node:crypto'; import { syncBuiltinESMExports } from 'node:module';
let n = 0; crypto.randomUUID = () => '${verb}-0000-4000-8000-' + String(++n).padStart(12, '0');
syncBuiltinESMExports();`;
};

const sameNames = (args: readonly string[], where: Circumstances): Circumstances => ({
  ...where,
  env: {
    ...where.env,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(sameUuids(args))}`,
    UV_THREADPOOL_SIZE: '1',
  },
});

/** A call to the system that changes a file, or a folder. */
export interface Call {
  readonly name: string;
  /** The first file that it is about, absolute. */
  readonly path: string;
  /** Which one it is of those with this name and path, from 1 on. */
  readonly nth: number;
  /** As strace shows it. */
  readonly line: string;
}

/** Runs the command, and gives its calls that change something below its folder. */
export async function traced(
  args: readonly string[],
  where: Circumstances & { cwd: string },
): Promise<{ ended: Ended; calls: readonly Call[] }> {
  const { lines, ended } = await strace(args, where, ['--seccomp-bpf', '-e', `trace=${CHANGING.join(',')}`]);
  const counts = new Map<string, number>();
  const calls = lines.flatMap((line): Call[] => {
    const [, name] = /^\d+ +(\w+)\(/.exec(line) ?? [];
    const path = pathIn(line, where.cwd);
    if (name === undefined || path === undefined) return [];
    if (name === 'openat' && !/O_CREAT|O_TRUNC|O_WRONLY|O_RDWR/.test(line)) return [];
    const key = `${name} ${path}`;
    const nth = (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    if (/ = -1 E/.test(line)) return [];
    return [{ name, path, nth, line }];
  });
  return { ended, calls };
}

/**
 * The first path below a folder, as in `write(3</run/report.csv>, …` and `openat(AT_FDCWD</run>, "/run/lock", …`. A file
 * without a name is none: nothing of it is left.
 */
const pathIn = (line: string, folder: string) =>
  line
    .replaceAll(/AT_FDCWD<[^>]*>|<[^>]*>\(deleted\)/g, '')
    .match(/(?<=[<"])\/[^">]*(?=[">])/g)
    ?.find((path) => path.startsWith(`${folder}/`) || path === folder);

/** What a run of the command has changed, anywhere on the machine. */
export interface Touched {
  /** Files that were opened for writing, by what they really are: a link that was followed shows as what it leads to. */
  readonly opened: readonly string[];
  /** Names that were made, given away or taken away. Such a call follows no link that has the name itself. */
  readonly named: readonly string[];
}

/** Runs the command, and gives all that it has opened for writing, or changed the name of. Files without a name are left out. */
export async function touched(
  args: readonly string[],
  where: Circumstances & { cwd: string },
): Promise<{ ended: Ended } & Touched> {
  const { lines, ended } = await strace(args, where, ['--seccomp-bpf', '-e', `trace=${TOUCHING.join(',')}`]);
  const done = lines.filter((line) => !/ = -1 E| = \? /.test(line));
  const opened = done.flatMap((line) => {
    if (
      !/^\d+ +(open|openat|openat2|creat)\(/.test(line) ||
      !/O_CREAT|O_TRUNC|O_WRONLY|O_RDWR|creat\(/.test(line)
    )
      return [];
    const [, path] = / = \d+<(\/[^>]*)>$/.exec(line) ?? [];
    return path === undefined ? [] : [path];
  });
  const named = done.flatMap((line) =>
    /^\d+ +(open|openat|openat2|creat)\(/.test(line)
      ? []
      : [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, path = '']) => resolve(where.cwd, path)),
  );
  return { ended, opened: [...new Set(opened)], named: [...new Set(named)] };
}

/**
 * Runs the command and kills it right before a call. False if it has come to its end without it.
 *
 * @param call without a path it is the nth of that name of any of the threads
 */
export async function killedBefore(
  { name, path, nth }: Pick<Call, 'name' | 'nth'> & { readonly path?: string },
  args: readonly string[],
  where: Circumstances & { cwd: string },
): Promise<boolean> {
  const kill = [
    ...(path === undefined ? [] : ['-P', path]),
    '-e',
    `trace=${name}`,
    '-e',
    `inject=${name}:signal=KILL:when=${nth}`,
  ];
  return (await strace(args, where, kill)).signal === 'SIGKILL';
}

async function strace(
  args: readonly string[],
  where: Circumstances & { cwd: string },
  options: readonly string[],
): Promise<{ lines: string[]; ended: Ended; signal: string | null }> {
  const folder = await mkdtemp(join(tmpdir(), 'wickr-bulk-strace-'));
  const log = join(folder, 'log');
  const through = ['strace', '-f', '-y', '-qq', '-s', '64', '-e', 'signal=none', '-o', log, ...options];
  try {
    const { child, ended } = start(args, { ...sameNames(args, where), through });
    const result = await ended;
    return { lines: (await readFile(log, 'utf8')).split('\n'), ended: result, signal: child.signalCode };
  } finally {
    await rm(folder, { recursive: true });
  }
}
