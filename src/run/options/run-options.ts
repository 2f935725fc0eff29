/** What each job takes, as types derived from the table of options. Types only. */
import type { FileFormat as Format } from '../../input/source/format.js';
import type { CredentialProvider } from '../../wickr/credentials.js';
import type { exportOptions } from './table/export-options.js';
import type { lockingOptions } from './table/locking-options.js';
import type { Option, Verb } from './table/option.js';
import type { paceOptions } from './table/pace-options.js';
import type { planningOptions } from './table/planning-options.js';
import type { readingOptions } from './table/reading-options.js';
import type { runFolderOptions } from './table/run-folder-options.js';
import type { safetyOptions } from './table/safety-options.js';
import type { serviceOptions } from './table/service-options.js';

type Given<Entry> = Entry extends Option<infer In, infer _Out, infer _On> ? Exclude<In, undefined> : never;
type IsOn<Entry, V extends Verb> = Entry extends { readonly on: readonly (infer On)[] }
  ? V extends On
    ? true
    : false
  : false;
type IsNeeded<Entry> =
  Entry extends Option<infer In, infer _Out, infer _On> ? (undefined extends In ? false : true) : false;

/** Of one part of the table, what a job takes. */
type Part<Entries, V extends Verb> = {
  -readonly [Name in keyof Entries as IsOn<Entries[Name], V> extends true
    ? IsNeeded<Entries[Name]> extends false
      ? Name
      : never
    : never]?: Given<Entries[Name]>;
} & {
  -readonly [Name in keyof Entries as IsOn<Entries[Name], V> extends true
    ? IsNeeded<Entries[Name]> extends true
      ? Name
      : never
    : never]: Given<Entries[Name]>;
};

/** What a job takes. */
export type OptionsFor<V extends Verb> = Part<typeof readingOptions, V> &
  Part<typeof planningOptions, V> &
  Part<typeof safetyOptions, V> &
  Part<typeof serviceOptions, V> &
  Part<typeof runFolderOptions, V> &
  Part<typeof lockingOptions, V> &
  Part<typeof paceOptions, V> &
  Part<typeof exportOptions, V>;

/** What an update takes. */
export interface UpdateOptions extends OptionsFor<'update'> {
  folder: string;
}

/** What a reconciliation takes. Every cap has a default, and none can be left out. */
export interface ReconcileOptions extends OptionsFor<'reconcile'> {
  folder: string;
}

/** What carrying out a plan takes. */
export interface ApplyOptions extends OptionsFor<'apply'> {
  folder: string;
}

/** What an undo takes. */
export interface UndoOptions extends OptionsFor<'undo'> {
  folder: string;
}

/** What can be said anew of a run that goes on; everything else is as it was. */
export interface ResumeOptions extends OptionsFor<'resume'> {}

/** What can be said anew of a run whose rows are run again; everything else is as it was. */
export interface RetryOptions extends OptionsFor<'retry'> {
  folder: string;
}

/** What can be set anew for a run that goes on. */
export interface TuneOptions extends OptionsFor<'tune'> {}

/** What a plan takes. */
export interface PlanOptions extends OptionsFor<'plan'> {}

/** What it takes to check an input alone. */
export type ReadingOptions = Part<typeof readingOptions, 'validate'>;

/** What it takes to check an input against the network as well. */
export interface NetworkValidateOptions extends OptionsFor<'validate'> {}

/** What an export takes. */
export interface ExportOptions extends OptionsFor<'export'> {
  networkId: string;
}

/** All that any kind of run can be told. */
export type RunOptions = OptionsFor<'update'> &
  Partial<OptionsFor<'reconcile'>> &
  Partial<OptionsFor<'plan'>>;

export type { CredentialProvider, Format };
