/** What options become once they have been checked, stage by stage. Types only. */
import type { Identity } from '../../model.js';
import type { RateScope } from '../../pace/limiters.js';
import type { RateOptions } from '../../pace/rate/rate-controller.js';
import type { RetryOptions } from '../../pace/retry-policy.js';
import type { Cap, Caps } from '../../plan/caps.js';
import type { RedisSettings } from '../../redis/connection.js';
import type { CsvStyle } from '../../report/line.js';
import type { Route } from '../../wickr/connection/dispatcher.js';
import type { CredentialProvider, MfaCode } from '../../wickr/credentials.js';
import type { Wording } from '../../wording.js';
import type { RunCommand } from './run-kind.js';
import type { Logger } from './table/logger.js';
import type { Option } from './table/option.js';
import type { OptionParts } from './table/option-table.js';
import type {
  Canary,
  Progress,
  RunSample,
  RunStart,
  SharedRate,
  Throttle,
  Waiting,
} from './table/run-events.js';
import type { Reach } from './table/service-options.js';

type Checked<Entry> = Entry extends Option<infer _In, infer Out, infer _On> ? Out : never;

/** A part of the table with every default in its place. */
export type CheckedPart<Name extends keyof OptionParts> = {
  readonly [Key in keyof OptionParts[Name]]: Checked<OptionParts[Name][Key]>;
};

/** How the input is read. */
export interface ReadingStage extends Omit<CheckedPart<'reading'>, never> {
  /** The input is a plan: its rows say what their users were. */
  readonly planned: boolean;
  /** A file that may have been cut off is refused: who does not stand in it counts. */
  readonly needsWhole: boolean;
}

/** What is looked up and compared before rows are sent. */
export interface PlanningStage {
  readonly includeBots: boolean;
  readonly includeSuspended: boolean;
  readonly allowTemporaryNames: boolean;
  readonly skipRenameCheck: boolean;
  readonly missing: 'error' | 'skip';
  /** Whether each user is read, if only to know whether they are there. */
  readonly readsAll: boolean;
  /** Whether the users are told whom no row names: if all are listed anyway, or for that. */
  readonly unlisted: 'if-listed' | 'needed' | undefined;
  /** Whether users are read first, and only what differs is sent. */
  readonly compares: boolean;
  readonly command: RunCommand;
  readonly onUsers: ((users: number) => void) | undefined;
}

/** How the service is reached. */
export interface ServiceStage {
  readonly region: string;
  readonly endpoint: URL;
  /** Undefined: nobody asks who the caller is. */
  readonly sts: URL | undefined;
  readonly route: Route;
  readonly timeoutMs: number;
  readonly profile: string | undefined;
  readonly credentials: CredentialProvider | undefined;
  /** ms for a source of credentials. */
  readonly credentialTimeoutMs: number;
  readonly mfaCode: MfaCode | undefined;
}

/** At which pace, and how patiently. */
export interface PaceStage {
  readonly rate: Pick<RateOptions, 'fixed' | 'max'>;
  readonly scope: RateScope;
  readonly rateMemory: string | undefined;
  readonly concurrency: number;
  readonly retry: RetryOptions;
  readonly outagePatienceMs: number;
  /** By what the rate is shared with other runs; undefined: it is this run's own. */
  readonly redis: RedisSettings | undefined;
}

/** What a run is stopped by, and who is told. */
export interface ControlStage {
  readonly signal: AbortSignal | undefined;
  readonly abandon: AbortSignal | undefined;
  readonly logger: Logger;
  readonly onReach: ((reach: Reach) => void) | undefined;
  readonly onIdentity: ((identity: Identity, text: string) => void) | undefined;
  readonly onThrottle: ((throttle: Throttle) => void) | undefined;
  readonly onRate: ((requestsPerSecond: number) => void) | undefined;
  readonly onShared: ((shared: SharedRate) => void) | undefined;
}

/** What holds a batch back: looks at its users, the canary, when to give up. */
export interface BatchStage {
  readonly maxErrors: Cap | undefined;
  /** ms after which users, if they are read at all, and groups that rows name are read again before a row is sent. */
  readonly maxAgeMs: number;
  /** From 0 to 1. */
  readonly verify: number;
  readonly canary: { readonly rows: number; readonly above: number } | undefined;
  readonly confirm: ((canary: Canary) => Promise<boolean>) | undefined;
  readonly concurrency: number;
  readonly command: RunCommand;
  readonly onStart: ((start: RunStart) => void) | undefined;
  readonly onProgress: (progress: Progress) => void;
  readonly onSample: (sample: RunSample) => void;
  readonly onNotice: (what: string) => void;
}

/** How much a run may change. */
export interface CapsStage {
  /** Of runs other than a reconciliation. */
  readonly maxChanges: Cap | undefined;
  readonly maxMissing: Cap | undefined;
  /** Of a reconciliation. */
  readonly caps: Caps | undefined;
  readonly inputMemory: string | undefined;
}

/** What is written into the run's folder, and where that is. */
export interface ReportStage {
  readonly reportFormat: 'csv' | 'jsonl';
  /** If it is CSV. */
  readonly reportStyle: CsvStyle;
  readonly keepBefore: boolean;
  readonly locks: string | undefined;
  readonly worker: string | undefined;
  readonly command: RunCommand;
  readonly wording: Wording;
}

/** How locks are taken, and for how long they hold. Times in ms. */
export interface LockTerms {
  /** Without a sign of life for so long, a lock may be taken over. */
  readonly takeOverMs: number;
  /** How long to wait for a holder that is alive. */
  readonly waitMs: number;
  readonly onWait?: ((waiting: Waiting) => void) | undefined;
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
}

/** What a session with the service needs to know. */
export interface SessionStages {
  readonly service: ServiceStage;
  readonly pace: PaceStage;
  readonly control: ControlStage;
}

/** The options of a run, split by stage. */
export interface ParsedOptions extends SessionStages {
  readonly reading: ReadingStage;
  readonly planning: PlanningStage;
  readonly caps: CapsStage;
  readonly batch: BatchStage;
  readonly report: ReportStage;
  readonly locking: CheckedPart<'locking'>;
}

/** The options of an export, split by stage. */
export interface ParsedExport extends SessionStages {
  readonly networkId: string;
  readonly selection: CheckedPart<'selection'> & { readonly includeBots: boolean };
}
