/** The library: what the command does, for programs. */
export {
  CapError,
  CredentialsError,
  ExitCode,
  InputError,
  InterruptedError,
  InvalidInputError,
  LockedError,
  PlanError,
  ReadError,
  RunFolderError,
  UsageError,
  WickrBulkError,
} from './errors.js';
export type { MappedColumn } from './input/mapping.js';
export type { Field, Outcome, Problem, Status, Summary } from './model.js';
export type { Changes } from './plan/changes.js';
export { readReport } from './report/read.js';
export { retryRun } from './run/again.js';
export { type ApplyPlanOptions, applyPlan } from './run/apply.js';
export { runUpdate } from './run/begin.js';
export { type Exported, exportUsers } from './run/export.js';
export type { Logger } from './run/logger.js';
export type {
  AgainOptions,
  ApplyOptions,
  Canary,
  ExportOptions,
  PlanningOptions,
  Progress,
  ReadingOptions,
  ReconcileOptions,
  ServiceOptions,
  UpdateOptions,
} from './run/options.js';
export type { Output } from './run/output.js';
export { type Change, type Planned, type PlanOptions, planUpdate, type Shown } from './run/plan.js';
export { reconcile } from './run/reconcile.js';
export { resumeRun } from './run/resume.js';
export { type RunStatus, readStatus } from './run/status.js';
export type { StopReason } from './run/stop.js';
export { writeTemplate } from './run/template.js';
export { undoRun } from './run/undo.js';
export { type CheckedInput, type ValidateOptions, validate } from './run/validate.js';
export { version } from './version.js';
export type { CredentialProvider, Credentials } from './wickr/credentials.js';
