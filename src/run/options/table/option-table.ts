/**
 * The one table of options: the source of their types, defaults, checks, flags, help, environment variables, and of what
 * `run.json` records. Its parts are the stages of a run; each stage is given its own part and no other.
 */
import { exportOptions } from './export-options.js';
import { lockingOptions } from './locking-options.js';
import type { Option, Verb } from './option.js';
import { paceOptions } from './pace-options.js';
import { planningOptions } from './planning-options.js';
import { readingOptions } from './reading-options.js';
import { runFolderOptions } from './run-folder-options.js';
import { safetyOptions } from './safety-options.js';
import { serviceOptions } from './service-options.js';

export const optionParts = {
  reading: readingOptions,
  planning: planningOptions,
  safety: safetyOptions,
  service: serviceOptions,
  run: runFolderOptions,
  locking: lockingOptions,
  pace: paceOptions,
  selection: exportOptions,
};

export type OptionParts = typeof optionParts;
export type PartName = keyof OptionParts;

/** All entries, by name, in the order in which `--help` lists them. */
export const optionTable: ReadonlyMap<string, Option> = new Map(
  Object.values(optionParts).flatMap((part) => Object.entries<Option>(part as Record<string, Option>)),
);

/** The options that a job takes, or all, in the order of the table. */
export const optionsOn = (verb?: Verb): [name: string, entry: Option][] =>
  [...optionTable].filter(([, { on }]) => verb === undefined || on.includes(verb));
