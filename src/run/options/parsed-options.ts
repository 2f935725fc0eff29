/** What options become once they have been checked. Types only. */
import type { Format } from '../../input/source/format.js';
import type { RateOptions } from '../../pace/rate-controller.js';
import type { RetryOptions } from '../../pace/retry-policy.js';
import type { Cap, Caps } from '../../plan/caps.js';
import type { ReportFormat } from '../../report/line.js';
import type { Wording } from '../../wording.js';
import type { Logger } from './logger.js';
import type { RunCommand } from './run-kind.js';
import type {
  Canary,
  ExportSelection,
  PlanningOptions,
  Progress,
  ReadingOptions,
  ServiceOptions,
} from './run-options.js';

/** How the service is reached and at which pace, checked, with every default in its place. */
export interface Serving {
  readonly service: Required<Pick<ServiceOptions, 'region'>> &
    Pick<ServiceOptions, 'profile' | 'credentials'> & {
      endpoint: URL;
      /** Undefined: nobody asks who the caller is. */
      sts: URL | undefined;
      /** ms */
      timeout: number;
    };
  readonly rate: RateOptions;
  readonly rateMemory: string | undefined;
  readonly retry: RetryOptions;
  /** ms */
  readonly outagePatience: number;
  readonly logger: Logger;
}

/** The options of an export that have been checked. */
export interface ParsedExport extends Serving {
  readonly networkId: string;
  readonly securityGroup: string | undefined;
  readonly status: ExportSelection['status'];
  readonly format: Format | undefined;
  readonly concurrency: number;
}

/** Options that have been checked, with every default in its place. */
export interface ParsedOptions extends Serving {
  readonly reading: ReadingOptions;
  readonly out: string | undefined;
  readonly reportFormat: ReportFormat;
  readonly locks: string | undefined;
  readonly concurrency: number;
  readonly maxErrors: Cap | undefined;
  readonly maxChanges: Cap | undefined;
  readonly skipInvalid: boolean;
  readonly planning: Required<PlanningOptions>;
  readonly command: RunCommand;
  /** Whether users are read first, and only what differs is sent. */
  readonly compares: boolean;
  readonly keepBefore: boolean;
  /** ms after which a user is read again before he is changed; undefined: he is not. */
  readonly maxAge: number | undefined;
  /** From 0 to 1. */
  readonly verify: number;
  readonly canary: { readonly rows: number; readonly above: number } | undefined;
  readonly confirm: ((canary: Canary) => Promise<boolean>) | undefined;
  readonly caps: Caps | undefined;
  readonly inputMemory: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly abandon: AbortSignal | undefined;
  readonly onUsers: ((users: number) => void) | undefined;
  readonly onProgress: (progress: Progress) => void;
  readonly wording: Wording;
}
