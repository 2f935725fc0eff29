/** A folder of its own for each test, and the emulators it starts: gone when it ends. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import { type Emulator, type EmulatorOptions, startEmulator } from '../src/emulator/server.js';
import {
  type Outcome,
  type RunHandle,
  type StopReason,
  type Summary,
  type UpdateOptions,
  updateUsers,
} from '../src/index.js';
import { readReport } from '../src/report/read.js';
import type { LockTerms } from '../src/run/options/parsed-options.js';

export interface Workplace {
  readonly folder: string;
  path(name: string): string;
  write(name: string, content: string | Buffer): Promise<string>;
  read(name: string): Promise<string>;
  emulate(options?: EmulatorOptions): Promise<Emulator>;
}

/** Call it at the top of a `describe` or a file; what it returns is valid within each test. */
export function useWorkplace(): Workplace {
  let folder = '';
  let emulators: Emulator[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wickr-bulk-'));
  });
  afterEach(async () => {
    await Promise.all(emulators.map((emulator) => emulator.close()));
    emulators = [];
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  });
  const path = (name: string) => join(folder, name);
  return {
    get folder() {
      return folder;
    },
    path,
    write: async (name, content) => {
      await writeFile(path(name), content);
      return path(name);
    },
    read: (name) => readFile(path(name), 'utf8'),
    emulate: async (options) => {
      const emulator = await startEmulator(options);
      emulators.push(emulator);
      return emulator;
    },
  };
}

/** The options that lead a run to an emulator. */
export const serviceOf = (emulator: Emulator) =>
  ({
    networkId: emulator.networkId,
    region: emulator.region,
    endpointUrl: emulator.url,
    credentials: async () => emulator.credentials,
  }) satisfies Partial<UpdateOptions>;

/** Those of them that a job takes which knows its network from a run or a plan. */
export const reachOf = (emulator: Emulator) => {
  const { networkId: _, region: __, ...reach } = serviceOf(emulator);
  return reach;
};

/** The summary of a run that is stopped, as by Ctrl-C, when the signal is aborted. */
export function summaryOf(run: RunHandle, stopping?: AbortSignal): Promise<Summary> {
  stopping?.addEventListener('abort', () =>
    run.stop(isReason(stopping.reason) ? stopping.reason : undefined),
  );
  return run.summary;
}

const isReason = (reason: unknown): reason is StopReason =>
  typeof reason === 'object' && reason !== null && 'hint' in reason;

/** The environment that leads the command to an emulator, and to nothing else of this machine's. */
export const environmentOf = (emulator: Emulator, home: string): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  HOME: home,
  AWS_REGION: emulator.region,
  AWS_ENDPOINT_URL_WICKR: emulator.url,
  AWS_ACCESS_KEY_ID: emulator.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: emulator.credentials.secretAccessKey,
  AWS_EC2_METADATA_DISABLED: 'true',
});

/** A CSV that renames the first `rows` users of an emulated network, each to a name of its own. */
export function renames(rows: number, firstRow = 1): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const row = firstRow + i;
    return `${10_000_000 + row},First ${row},"Last, ${row}"\n`;
  });
  return `userId,firstName,lastName\n${lines.join('')}`;
}

/** Rows whose user does not have the name that `renames` gives. */
export const notRenamed = (emulator: Emulator, rows: number): number[] =>
  Array.from({ length: rows }, (_, i) => i + 1).filter((row) => {
    const user = emulator.users.get(String(10_000_000 + row));
    return user?.firstName !== `First ${row}` || user.lastName !== `Last, ${row}`;
  });

export async function outcomes(path: string, format: 'csv' | 'jsonl' = 'csv'): Promise<Outcome[]> {
  const all: Outcome[] = [];
  for await (const outcome of readReport(path, format)) all.push(outcome);
  return all;
}

/** Leaves a run's journal as it is if the run was killed before it had noted anything of its report. */
export async function withoutReportMarks(folder: string): Promise<void> {
  const path = join(folder, 'journal.jsonl');
  const lines = (await readFile(path, 'utf8')).split('\n');
  await writeFile(path, lines.filter((line) => !line.includes('"kind":"report"')).join('\n'));
}

/**
 * Waits for what no event tells of, for as long as the test may take.
 *
 * @param interval ms from one look to the next: longer if a look costs something
 */
export const until = (condition: () => boolean | Promise<boolean>, interval = 5): Promise<boolean> =>
  vi.waitUntil(condition, { timeout: 3_600_000, interval });

/** How locks are taken if nothing is said. Times in ms. */
export const lockTerms = (given: Partial<LockTerms> = {}): LockTerms => ({
  takeOverMs: 30_000,
  waitMs: 0,
  ...given,
});

/** How often each value comes. */
export function countBy<T>(items: Iterable<T>, key: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}

/**
 * Runs a file's content against an emulator, quickly, into the folder `run`. Without a look at the users, unless the
 * options say otherwise: most tests are about what becomes of rows that are sent.
 */
export async function updateIn(
  place: Workplace,
  content: string,
  { stopping, ...options }: Partial<UpdateOptions> & { stopping?: AbortSignal },
  emulator: Emulator,
  name = 'users.csv',
): Promise<Summary> {
  const input = await place.write(name, content);
  const given = {
    ...{ input, folder: place.path('run'), rate: 5000, keepBefore: false },
    ...serviceOf(emulator),
    ...options,
  };
  return summaryOf(updateUsers(given), stopping);
}

/** What `updateIn` takes beside the place. */
export type UpdateArguments =
  Parameters<typeof updateIn> extends [Workplace, ...infer Others] ? Others : never;
