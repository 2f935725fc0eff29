/** The library: what the command does, for programs. */
export {
  CapError,
  CredentialsError,
  type ErrorCode,
  InputError,
  InterruptedError,
  InvalidInputError,
  LockedError,
  PlanError,
  ReadError,
  RunFolderError,
  type StopReason,
  UsageError,
  WickrBulkError,
} from './errors.js';
export type { MappedColumn } from './input/columns/column-mapping.js';
export type { Field, Outcome, Problem, Status, Summary } from './model.js';
export type { Changes } from './plan/diff/change-counts.js';
export { readReport } from './report/read.js';
export type { Logger } from './run/options/logger.js';
export type { Canary, Progress } from './run/options/run-events.js';
export type {
  ApplyOptions,
  ExportOptions,
  Output,
  PlanOptions as PlanningOptions,
  ReadingOptions,
  ReconcileOptions,
  ResumeOptions,
  RetryOptions,
  UndoOptions,
  UpdateOptions,
} from './run/options/run-options.js';
export { type ApplyPlanOptions, applyPlan } from './verbs/apply.js';
export { type Exported, exportUsers } from './verbs/export.js';
export { type Change, type Planned, type PlanOptions, planUpdate, type Shown } from './verbs/plan.js';
export { reconcile } from './verbs/reconcile.js';
export { resumeRun } from './verbs/resume.js';
export { retryRun } from './verbs/retry.js';
export { type RunStatus, readStatus } from './verbs/status.js';
export { writeTemplate } from './verbs/template.js';
export { undoRun } from './verbs/undo.js';
export { runUpdate } from './verbs/update.js';
export { type CheckedInput, type ValidateOptions, validate } from './verbs/validate.js';
export { version } from './version.js';
export type { CredentialProvider, Credentials } from './wickr/credentials.js';
