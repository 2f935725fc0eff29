/** The library's face as its callers' compilers see it: `npm run typecheck` is what runs these. */
import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type {
  ApplyOptions,
  CheckedInput,
  Credentials,
  ErrorCode,
  ExportedUser,
  ExportHandle,
  ExportOptions,
  ExportSummary,
  JobHandle,
  Outcome,
  PlanHandle,
  PlannedChange,
  PlanOptions,
  PlanSummary,
  Problem,
  Progress,
  ReconcileOptions,
  ResumeOptions,
  RetryOptions,
  RowsInput,
  RunHandle,
  RunStatus,
  StopReason,
  StopRequest,
  Summary,
  Throttle,
  UndoOptions,
  UpdateOptions,
  UserUpdate,
  ValidateOptions,
} from '../src/index.js';
import * as library from '../src/index.js';

const required: UpdateOptions = { input: 'users.csv', region: 'us-east-1', folder: 'run' };

it('every call that there is', () => {
  const calls = Object.entries(library).filter(([name]) => !name.endsWith('Error'));
  expect(calls.map(([name, value]) => [name, typeof value]).sort()).toEqual(
    [
      ...[
        'applyPlan',
        'continueRun',
        'exportUsers',
        'listRuns',
        'pauseRun',
        'planUpdate',
        'pruneRuns',
        'readFailedRows',
        'readReport',
        'readRunStatus',
        'reconcileUsers',
      ],
      ...[
        'resumeRun',
        'retryRun',
        'serveRun',
        'stopRun',
        'tuneRun',
        'undoRun',
        'updateUsers',
        'validateInput',
      ],
      ...['version', 'writePlanReport', 'writeReport', 'writeTemplate'],
    ].map((name) => [name, name === 'version' ? 'string' : 'function']),
  );
});

describe('a call for each job', () => {
  it('that writes gives a run', () => {
    expectTypeOf(library.updateUsers).toEqualTypeOf<(options: UpdateOptions) => RunHandle>();
    expectTypeOf(library.reconcileUsers).toEqualTypeOf<(options: ReconcileOptions) => RunHandle>();
    expectTypeOf(library.applyPlan).toEqualTypeOf<(path: string, options: ApplyOptions) => RunHandle>();
    expectTypeOf(library.undoRun).toEqualTypeOf<(folder: string, options: UndoOptions) => RunHandle>();
    type Resume = (folder: string, options?: ResumeOptions, defaults?: ResumeOptions) => RunHandle;
    type Retry = (folder: string, options: RetryOptions, defaults?: ResumeOptions) => RunHandle;
    expectTypeOf(library.resumeRun).toEqualTypeOf<Resume>();
    expectTypeOf(library.retryRun).toEqualTypeOf<Retry>();
  });

  it('that reads gives what it reads', () => {
    expectTypeOf(library.planUpdate).toEqualTypeOf<(options: PlanOptions) => PlanHandle>();
    expectTypeOf(library.exportUsers).toEqualTypeOf<(options: ExportOptions) => ExportHandle>();
    expectTypeOf(library.validateInput).toEqualTypeOf<(options: ValidateOptions) => Promise<CheckedInput>>();
    expectTypeOf(library.readRunStatus).toEqualTypeOf<(path: string) => Promise<RunStatus>>();
    expectTypeOf(library.readReport).returns.toExtend<AsyncIterable<Outcome>>();
  });
});

describe('a handle', () => {
  it('gives items and a summary, and can be stopped', () => {
    expectTypeOf<RunHandle>().toExtend<JobHandle<Outcome, Summary>>();
    expectTypeOf<RunHandle['folder']>().toEqualTypeOf<string>();
    expectTypeOf<PlanHandle>().toEqualTypeOf<JobHandle<PlannedChange, PlanSummary>>();
    expectTypeOf<ExportHandle>().toEqualTypeOf<JobHandle<ExportedUser, ExportSummary>>();
    expectTypeOf<RunHandle['stop']>().toEqualTypeOf<(reason?: string | StopRequest) => void>();
    expectTypeOf<RunHandle['kill']>().toEqualTypeOf<() => void>();
    expectTypeOf<StopReason>().toExtend<StopRequest>();
    // Whoever awaits it means its summary.
    expectTypeOf<RunHandle>().not.toExtend<PromiseLike<unknown>>();
  });

  it('has the type of what it gives in a loop', () => {
    const loops = async (run: RunHandle, users: ExportHandle, plan: PlanHandle) => {
      for await (const outcome of run) expectTypeOf(outcome).toEqualTypeOf<Outcome>();
      for await (const user of users) expectTypeOf(user).toEqualTypeOf<ExportedUser>();
      for await (const change of plan) expectTypeOf(change).toEqualTypeOf<PlannedChange>();
    };
    expect(loops).toBeTypeOf('function');
  });
});

describe('an input', () => {
  it('is a path, bytes, or objects', () => {
    expectTypeOf<string>().toExtend<RowsInput>();
    expectTypeOf<NodeJS.ReadStream>().toExtend<RowsInput>();
    expectTypeOf<Readable>().toExtend<RowsInput>();
    expectTypeOf<ReadableStream<Uint8Array>>().toExtend<RowsInput>();
    expectTypeOf<NonNullable<Response['body']>>().toExtend<RowsInput>();
    expectTypeOf<AsyncIterable<Buffer>>().toExtend<RowsInput>();
    expectTypeOf<UserUpdate[]>().toExtend<RowsInput>();
    expectTypeOf<Set<UserUpdate>>().toExtend<RowsInput>();
    expectTypeOf<AsyncGenerator<UserUpdate>>().toExtend<RowsInput>();
    expectTypeOf<ExportHandle>().toExtend<RowsInput>();
    expectTypeOf<AsyncIterable<string>>().not.toExtend<RowsInput>();
    expectTypeOf<number[]>().not.toExtend<RowsInput>();
    expectTypeOf<{ firstname: string }[]>().not.toExtend<RowsInput>();
  });

  it('has rows with lists, in which what is undefined stays as it is', () => {
    expectTypeOf<ExportedUser>().toExtend<UserUpdate>();
    expectTypeOf<{ userId: string; firstName: string | undefined }>().toExtend<UserUpdate>();
    expectTypeOf<UserUpdate['securityGroupIds']>().toEqualTypeOf<readonly string[] | undefined>();
    // @ts-expect-error a misspelt column
    const row: UserUpdate = { userId: '1', fristName: 'Zoë' };
    // @ts-expect-error null would be a value, and means nothing
    const none: UserUpdate = { userId: '1', firstName: null };
    expect([row, none]).toHaveLength(2);
  });
});

describe('options', () => {
  it('that have to be given', () => {
    // @ts-expect-error without a folder
    const noFolder: UpdateOptions = { input: 'users.csv', region: 'us-east-1' };
    // @ts-expect-error without a region
    const noRegion: UpdateOptions = { input: 'users.csv', folder: 'run' };
    // @ts-expect-error without an input
    const noInput: UpdateOptions = { region: 'us-east-1', folder: 'run' };
    // @ts-expect-error without a folder
    const noUndo: UndoOptions = {};
    // @ts-expect-error without a folder
    const noRetry: RetryOptions = {};
    const resume: ResumeOptions = {};
    const plan: PlanOptions = { input: 'users.csv', region: 'us-east-1' };
    // @ts-expect-error without a network
    const noNetwork: ExportOptions = { region: 'us-east-1' };
    const all = [noFolder, noRegion, noInput, noUndo, noRetry, resume, plan, noNetwork];
    expect(all).toHaveLength(8);
  });

  it('that are of another job, misspelt, or of another type are refused', () => {
    const wrong: UpdateOptions[] = [
      // @ts-expect-error a cap of a reconciliation
      { ...required, maxShrink: '5%' },
      // @ts-expect-error misspelt
      { ...required, skipInvalids: true },
      // @ts-expect-error a text
      { ...required, skipInvalid: 'false' },
      // @ts-expect-error a number of rows, or a share
      { ...required, maxErrors: true },
      // @ts-expect-error seconds are a flag's
      { ...required, timeout: 30 },
      // @ts-expect-error the command's own
      { ...required, json: true },
    ];
    expect(wrong).toHaveLength(6);
  });

  it('of the service', () => {
    expectTypeOf<Credentials>().toExtend<NonNullable<UpdateOptions['credentials']>>();
    expectTypeOf<() => Promise<Credentials>>().toExtend<NonNullable<UpdateOptions['credentials']>>();
    expectTypeOf<UpdateOptions['timeoutMs']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<UpdateOptions['signal']>().toEqualTypeOf<AbortSignal | undefined>();
  });

  it('that are called', () => {
    type Hook<Name extends keyof UpdateOptions> = NonNullable<UpdateOptions[Name]>;
    expectTypeOf<Hook<'onProgress'>>().toEqualTypeOf<(progress: Progress) => void>();
    expectTypeOf<Hook<'onThrottle'>>().toEqualTypeOf<(throttle: Throttle) => void>();
    expectTypeOf<Hook<'onRate'>>().toEqualTypeOf<(requestsPerSecond: number) => void>();
    expectTypeOf<Hook<'onUsers'>>().toEqualTypeOf<(users: number) => void>();
    expectTypeOf<Hook<'onProblem'>>().toEqualTypeOf<(problem: Problem, inputName: string) => void>();
  });
});

describe('what comes of it', () => {
  it('is told apart by its status', () => {
    const tell = (outcome: Outcome) => {
      if (outcome.status === 'updated') expectTypeOf(outcome.startedAt).toEqualTypeOf<number>();
      if (outcome.status === 'skipped') expectTypeOf(outcome.attempts).toEqualTypeOf<0>();
      if (outcome.status === 'invalid') expectTypeOf(outcome.errorFields).toEqualTypeOf<readonly string[]>();
    };
    expect(tell).toBeTypeOf('function');
    expectTypeOf<Outcome['changed']>().toExtend<readonly string[]>();
    expectTypeOf<Summary['stopped']>().toEqualTypeOf<StopReason | undefined>();
    expectTypeOf<Summary>().not.toHaveProperty('exitCode');
    expectTypeOf<library.WickrBulkError>().not.toHaveProperty('exitCode');
    expectTypeOf<library.WickrBulkError['code']>().toEqualTypeOf<ErrorCode>();
  });
});
