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
  RedisError,
  RunFolderError,
  type StopReason,
  UsageError,
  WickrBulkError,
} from './errors.js';
export type { MappedColumn } from './input/columns/column-mapping.js';
export type { FoundExclusions } from './input/options/exclusions.js';
export type { ProblemKind, ProblemKinds } from './input/rows/problem-kinds.js';
export type { TranslationTable } from './input/rules/translation-table.js';
export type { Field, Outcome, Problem, Status, Summary } from './model.js';
export { type RunServer, type ServeOptions, serveRun } from './page/serve-run.js';
export { type PlanReportOptions, writePlanReport } from './page/write-plan-report.js';
export { type ReportOptions, type WrittenReport, writeReport } from './page/write-report.js';
export type { Changes } from './plan/diff/change-counts.js';
export type { FieldValue, PlannedChange } from './plan/user-change.js';
export { readReport } from './report/read.js';
export type { Latency, RunState, Sample } from './report/series.js';
export type { ByteStream, RowsInput, UserUpdate } from './rows-input.js';
export type { JobHandle, RunHandle, StopRequest } from './run/job-handle.js';
export type {
  ApplyOptions,
  ExportOptions,
  NetworkValidateOptions,
  PlanOptions,
  ReadingOptions,
  ReconcileOptions,
  ResumeOptions,
  RetryOptions,
  TuneOptions,
  UndoOptions,
  UpdateOptions,
} from './run/options/run-options.js';
export type { Logger } from './run/options/table/logger.js';
export type {
  Canary,
  Progress,
  RunSample,
  RunStart,
  SharedRate,
  Throttle,
  Waiting,
} from './run/options/table/run-events.js';
export type { Reach } from './run/options/table/service-options.js';
export { applyPlan } from './verbs/apply.js';
export { type ExportHandle, type ExportSummary, exportUsers } from './verbs/export.js';
export type { ExportedUser } from './verbs/exported-user.js';
export { readFailedRows } from './verbs/failed-rows.js';
export type { Output } from './verbs/output-file.js';
export { type PlanHandle, type PlanSummary, planUpdate } from './verbs/plan.js';
export type { LeftRun } from './verbs/prunable.js';
export { type OldRuns, type Pruned, type PruneOptions, pruneRuns } from './verbs/prune.js';
export { reconcileUsers } from './verbs/reconcile.js';
export { resumeRun } from './verbs/resume.js';
export { retryRun } from './verbs/retry.js';
export { type ListedRun, listRuns, type RunList, type UnreadableRun } from './verbs/runs.js';
export { type RunStatus, readRunStatus } from './verbs/status.js';
export { continueRun, pauseRun, type RunControl, stopRun, tuneRun } from './verbs/steer.js';
export { type TemplateOptions, writeTemplate } from './verbs/template.js';
export { undoRun } from './verbs/undo.js';
export { updateUsers } from './verbs/update.js';
export {
  type CheckedInput,
  type ValidateOptions,
  validateInput,
} from './verbs/validate.js';
export { version } from './version.js';
export type { ProxySettings } from './wickr/connection/proxy.js';
export type { CredentialProvider, Credentials } from './wickr/credentials.js';
