/** The library: what the command does, for programs. */
export {
  CredentialsError,
  ExitCode,
  InputError,
  InterruptedError,
  InvalidInputError,
  RunFolderError,
  UsageError,
  WickrBulkError,
} from './errors.js';
export type { Field, Outcome, Problem, Status, Summary } from './model.js';
export { readReport } from './report/read.js';
export type { Logger } from './run/logger.js';
export type { Progress, ReadingOptions, ServiceOptions, UpdateOptions } from './run/options.js';
export { type Preview, previewUpdate } from './run/preview.js';
export { runUpdate } from './run/run.js';
export type { StopReason } from './run/stop.js';
export { type CheckedInput, validate } from './run/validate.js';
export { version } from './version.js';
export type { CredentialProvider, Credentials } from './wickr/credentials.js';
