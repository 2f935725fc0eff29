/** Every fault that the emulator knows, met at a row's first attempt, at its last one, and for ever. */
import { expect, it } from 'vitest';
import { ExitCode, exitCodeOfRun } from '../../src/cli/exit-codes.js';
import { type FaultKind, type FaultRule, faultKinds } from '../../src/emulator/server.js';
import { updateUsers } from '../../src/index.js';
import { firstOf } from '../length.js';
import { outcomes, serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();

/** Status, attempts and exit code of the one row. */
type Expected = readonly [status: string, attempts: number, exitCode: number];
/** Attempts whose number time decides. */
const MANY = Number.POSITIVE_INFINITY;
type When = 'first' | 'last' | 'always';

const MOST = 3;

/** A fault that may pass, in the service: it costs one attempt, or all that the row has. */
const passing = {
  first: ['updated', 2, ExitCode.ok],
  last: ['failed', MOST, ExitCode.rowsFailed],
  always: ['failed', MOST, ExitCode.rowsFailed],
} as const;
/** A fault of what is in between, which is not the service's word on the row. */
const between = {
  first: ['updated', 2, ExitCode.ok],
  last: ['unprocessed', MOST, ExitCode.stopped],
  always: ['unprocessed', MOST, ExitCode.stopped],
} as const;
/** A manner of answering that costs nothing. */
const harmless = {
  first: ['updated', 1, ExitCode.ok],
  last: ['updated', MOST, ExitCode.ok],
  always: ['updated', 1, ExitCode.ok],
} as const;
/** The credentials are refreshed, and tried once more if there are others. */
const refused = {
  first: ['updated', 2, ExitCode.ok],
  last: ['updated', MOST + 1, ExitCode.ok],
  always: ['unprocessed', 2, ExitCode.credentials],
} as const;

const matrix: Record<FaultKind, Record<When, Expected>> = {
  'reset-before': between,
  'reset-after': between,
  half: between,
  hang: between,
  // Both later than the timeout.
  slow: between,
  drip: between,
  '500': passing,
  '502': between,
  '503': between,
  '504': between,
  html: between,
  empty: between,
  'wrong-shape': between,
  'wrong-id': between,
  'wrong-network': between,
  big: between,
  '401': refused,
  '403': refused,
  // Corrected from the Date header; a clock that jumps back and forth is not, and one that is ahead for good is.
  skew: {
    first: ['updated', 3, ExitCode.ok],
    last: ['failed', MOST, ExitCode.rowsFailed],
    always: ['updated', 2, ExitCode.ok],
  },
  // Not counted as a failed attempt; for ever means until --throttle-patience is over.
  throttle: {
    first: ['updated', 2, ExitCode.ok],
    last: ['updated', MOST + 1, ExitCode.ok],
    always: ['failed', MANY, ExitCode.rowsFailed],
  },
  // A final no.
  echo: {
    first: ['failed', 1, ExitCode.rowsFailed],
    last: ['failed', MOST, ExitCode.rowsFailed],
    always: ['failed', 1, ExitCode.rowsFailed],
  },
  refused: {
    first: ['failed', 1, ExitCode.rowsFailed],
    last: ['failed', MOST, ExitCode.rowsFailed],
    always: ['failed', 1, ExitCode.rowsFailed],
  },
  'reset-then-refused': {
    first: ['failed', 2, ExitCode.rowsFailed],
    last: between.last,
    always: ['failed', 2, ExitCode.rowsFailed],
  },
  altered: {
    first: ['mismatch', 1, ExitCode.rowsFailed],
    last: ['mismatch', MOST, ExitCode.rowsFailed],
    always: ['mismatch', 1, ExitCode.rowsFailed],
  },
  // Only reading back tells: --verify.
  ignored: harmless,
  close: harmless,
  'hang-up': harmless,
};

const rulesOf = (kind: FaultKind, when: When): FaultRule[] => {
  const rule: FaultRule = {
    kind,
    ...(kind === 'slow' ? { ms: 10_000 } : {}),
    ...(kind === 'drip' ? { ms: 100 } : {}),
  };
  if (when === 'always') return [rule];
  if (when === 'first') return [{ ...rule, times: 1 }];
  return [
    { kind: '500', times: MOST - 1 },
    { ...rule, after: MOST - 1, times: 1 },
  ];
};

const kinds = Object.keys(faultKinds) as FaultKind[];
/** What only a timeout ends; the others get the default, which no busy machine exceeds. */
const endless: readonly FaultKind[] = ['hang', 'slow', 'drip'];

/** One row meets the fault; gives what the table expects, and whether the service saw the same. */
async function meet(kind: FaultKind, when: When, input: string): Promise<Expected> {
  const emulator = await place.emulate({ users: 1, faults: rulesOf(kind, when) });
  let keys = 0;
  const credentials = async ({ forceRefresh = false } = {}) => {
    if (forceRefresh) {
      keys += 1;
      emulator.setCredentials({ accessKeyId: `AKIANEXT${keys}`, secretAccessKey: 'next' });
    }
    return emulator.credentials;
  };
  const summary = await updateUsers({
    ...serviceOf(emulator),
    input,
    folder: place.path(kind),
    credentials,
    maxAttempts: MOST,
    ...(endless.includes(kind) && { timeoutMs: 2000 }),
    ...(when === 'always' && { throttlePatienceMs: 1500 }),
  }).summary;
  const [line] = await outcomes(summary.report);
  if (!line) throw new Error('no line for the row');
  expect([kind, line.attempts]).toEqual([kind, emulator.counts.UpdateUser]);
  if (line.status === 'updated' && kind !== 'ignored')
    expect(emulator.users.get('10000001')?.firstName).toBe('New');
  const isEndless = kind === 'throttle' && when === 'always';
  return [line.status, isEndless && line.attempts > 1 ? MANY : line.attempts, exitCodeOfRun(summary)];
}

it.each(firstOf(1, ['always', 'first', 'last'] as const))('every fault: %s', async (when) => {
  const input = await place.write('users.csv', 'userId,firstName\n10000001,New\n');
  const met = await Promise.all(kinds.map(async (kind) => [kind, await meet(kind, when, input)]));
  expect(Object.fromEntries(met)).toEqual(
    Object.fromEntries(kinds.map((kind) => [kind, matrix[kind][when]])),
  );
});
