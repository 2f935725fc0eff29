/**
 * What was asked of a run, kept as `run.json`: enough to go on with it. No secrets, and no values of users; those of
 * conditions and rules are kept as `rules.json`.
 */
import * as z from 'zod';
import { RunFolderError, UsageError } from '../../errors.js';
import type { ChangeName } from '../../input/columns/column-names.js';
import { parseSet } from '../../input/options/set-option.js';
import { isTranslationTable, type TranslationTable } from '../../input/rules/translation-table.js';
import { fileFormats } from '../../input/source/format.js';
import { printable } from '../../text/printable.js';
import { isPersonal } from '../../user-fields.js';
import type { WantedIdentity } from '../../wickr/sources/identity.js';
import type { LoadedReading } from '../options/load-option-files.js';
import { defined } from '../options/parse-options.js';
import { commands } from '../options/run-kind.js';
import type { ResumeOptions, RunOptions } from '../options/run-options.js';
import { optionTable } from '../options/table/option-table.js';

const count = z.number().int().nonnegative();

/**
 * Options that a run is resumed and repeated with, by their names in the table of options. These few have a form of
 * their own.
 */
const Options = z.looseObject({
  reportFormat: z.enum(['csv', 'jsonl']).optional(),
  /** With the entries of the map file. */
  map: z.array(z.string()).optional(),
  /** Without the fields of `setAgain`. */
  set: z.array(z.string()).optional(),
  /** Fields that `set` gave to every row and whose values are somebody's own: they have to be told again. */
  setAgain: z.array(z.string()).optional(),
  /** Absolute. */
  exclude: z.string().optional(),
  excludeSha256: z.string().optional(),
});

const Record = z.object({
  version: z.string(),
  command: z.enum(commands),
  startedAt: z.string(),
  input: z.object({
    /** Absolute; `-` for standard input, which is kept in the run's folder until every row has its outcome. */
    path: z.string().min(1),
    format: z.enum(fileFormats),
    /** Bytes. */
    size: count,
    sha256: z.string(),
    rows: count,
  }),
  networkId: z.string(),
  region: z.string(),
  endpoint: z.string(),
  /** Whose credentials the run was started with. */
  identity: z
    .object({
      source: z.string(),
      profile: z.string().optional(),
      by: z.string().optional(),
      account: z.string().optional(),
      accountByKey: z.string().optional(),
      arn: z.string().optional(),
    })
    .optional(),
  options: Options,
  /** Whether it shares its rate and the lock of its network by way of a Redis, whose URL is not kept. */
  redis: z.literal(true).optional(),
  /** What the run and those that run its failed rows again may change in all, if there is a limit. */
  caps: z
    .object({
      /** Users who may be changed, and who may be renamed. */
      changes: count,
      renames: count,
      /** Rows whose users may be missing in the network; absent in records of earlier builds. */
      missing: count.optional(),
      /** Share of a group's members that may leave it, in percent. */
      groupDrain: z.number(),
      /** Absolute: the folder of the run that the limits were given to, if that is another. */
      origin: z.string().optional(),
    })
    .optional(),
  /** Users of the network whom no row names, if all were listed; `unlisted.csv` has them. */
  unlisted: count.optional(),
  /** Absolute: the folder of the run whose failed rows this one runs again. */
  retryOf: z.string().optional(),
  /** Absolute: the folder of the run that this one takes back. */
  undoOf: z.string().optional(),
  /** Of `rules.json`, in hex, if the run has conditions or rules. */
  rulesSha256: z.string().optional(),
});

const Rules = z.object({
  where: z.array(z.string()).optional(),
  /** With the entries of the files. */
  translate: z.array(z.custom<TranslationTable>(isTranslationTable)).optional(),
  compose: z.array(z.string()).optional(),
  replace: z.array(z.string()).optional(),
});

/** Conditions on rows and rules for their values, with the values that they name. */
export type Rules = z.infer<typeof Rules>;

export type RunRecord = z.infer<typeof Record> & { readonly rules?: Rules };

/** The text of `rules.json`, if there is anything to keep in it. */
export const rulesText = ({ rules }: RunRecord): string | undefined =>
  Object.keys(defined(rules ?? {})).length === 0 ? undefined : `${JSON.stringify(rules, null, 2)}\n`;

/**
 * Of the options, those that a record keeps.
 *
 * @param loaded what became of the files that the options name
 */
export function recordedOptions(options: RunOptions, loaded: LoadedReading): RunRecord['options'] {
  const { map, exclusions } = loaded;
  const kept = Object.entries(options).filter(([name]) => optionTable.get(name)?.recorded);
  return Options.parse({
    ...Object.fromEntries(kept),
    map,
    exclude: exclusions?.path,
    excludeSha256: exclusions?.sha256,
    ...recordedSettings(options.set),
  });
}

/**
 * Of the options, those that name values of rows.
 *
 * @param loaded what became of the files that the options name
 */
export const recordedRules = (
  { where, compose, replace }: RunOptions,
  { translations }: LoadedReading,
): Rules => ({
  ...(where && { where: [...where] }),
  ...(translations && { translate: [...translations] }),
  ...(compose && { compose: [...compose] }),
  ...(replace && { replace: [...replace] }),
});

/** A value that says something about one person is not kept: it has to be given again. */
const isKept = (field: ChangeName): boolean => field === 'securityGroupNames' || !isPersonal(field);

function recordedSettings(
  set: readonly string[] | undefined,
): Pick<RunRecord['options'], 'set' | 'setAgain'> {
  const settings = parseSet(set);
  const told = settings.filter(({ field }) => isKept(field));
  const untold = settings.filter(({ field }) => !isKept(field));
  return {
    set: told.length > 0 ? told.map(({ field, text }) => `${field}=${text}`) : undefined,
    setAgain: untold.length > 0 ? untold.map(({ field }) => field) : undefined,
  };
}

/**
 * What a run has to be told to be what the record says; its input is told apart.
 *
 * @param again what is said anew
 * @param defaults what counts if neither `again` nor the record says it
 * @throws UsageError if `set` lacks a value that the record does not hold, or has one that it does, or `redis` is
 *   missing; RunFolderError if the record holds an option that this version does not know
 */
export function optionsOf(
  record: RunRecord,
  again: ResumeOptions = {},
  defaults: ResumeOptions = {},
): Omit<RunOptions, 'input'> {
  const { networkId, region, endpoint, options, rules } = record;
  const { set: recorded = [], setAgain = [], ...others } = options;
  const unknown = Object.keys(others).find((name) => !optionTable.has(name));
  if (unknown !== undefined) throw laterVersion(record, unknown);
  const given = parseSet(again.set).map(({ field }) => field);
  const missing = setAgain.find((field) => !given.some((name) => name === field));
  if (missing !== undefined) {
    const message = `the run was started with \`set\` ${missing}, whose value is not kept`;
    throw new UsageError(message, `Give \`set\` "${missing}=…" again, with the same value.`);
  }
  const extra = given.find((field) => !setAgain.includes(field));
  if (extra !== undefined) {
    const message = `\`set\` ${extra} cannot be given: the run was started without it, or remembers its value`;
    throw new UsageError(message, 'Leave it out, or start a new run.');
  }
  const set = [...recorded, ...(again.set ?? [])];
  const { redis, ...alone } = { ...defaults, ...again };
  if (record.redis && redis === undefined && !alone.withoutRedis) throw redisMissing();
  const { redis: _, ...said } = again;
  return {
    networkId,
    region,
    endpointUrl: endpoint,
    // Earlier builds have kept it only if they were told to, or had to.
    ...(record.command === 'update' && { keepBefore: (rules?.replace ?? []).length > 0 }),
    ...defaults,
    ...defined(others),
    ...defined(rules ?? {}),
    ...defined(alone.withoutRedis ? said : again),
    ...(set.length > 0 ? { set } : {}),
  };
}

/**
 * Whose credentials a run has to go on with, or to be repeated with; undefined if its record does not say. What is named
 * anew may be another source or role of the same account.
 */
export function identityFor(
  { identity }: RunRecord,
  { profile, credentials, otherIdentity = false }: ResumeOptions,
): WantedIdentity | undefined {
  return (
    identity && {
      identity: defined(identity),
      byAccountAlone: otherIdentity || profile !== undefined || credentials !== undefined,
      for: 'the run was started with those',
    }
  );
}

const redisMissing = () =>
  new UsageError(
    'the run shares its rate and the lock of its network by way of Redis, whose URL is not kept: without it another machine could work on the network at the same time',
    'Give `redis` again. Only if no other machine works on the network: `withoutRedis`.',
  );

const laterVersion = ({ version }: Pick<RunRecord, 'version'>, option: string) =>
  new RunFolderError(
    `the run was started by wickr-bulk ${printable(version)} with an option that this version does not know (${printable(option)})`,
    `Go on with wickr-bulk ${printable(version)} or a later version.`,
  );

const laterFile = (path: string, member: string) =>
  new RunFolderError(
    `${printable(path)} says something that this version of wickr-bulk does not know (${printable(member)})`,
    'Go on with the version that has started the run, or a later one.',
  );

/** @throws RunFolderError if the text is not what a run has written */
export const parseRecord = (text: string, path: string): RunRecord =>
  parseWith<z.infer<typeof Record>>(Record, text, path);

/** @throws RunFolderError if the text is not what a run has written */
export const parseRules = (text: string, path: string): Rules => parseWith<Rules>(Rules, text, path);

/** What is not understood cannot be done: what a later version has added is never left out in silence. */
function parseWith<T>(shape: z.ZodType<T> & { readonly shape: object }, text: string, path: string): T {
  try {
    const told: unknown = JSON.parse(text);
    const unknown = Object.keys(told ?? {}).find((name) => !Object.hasOwn(shape.shape, name));
    if (unknown !== undefined) throw laterFile(path, unknown);
    return shape.parse(told);
  } catch (cause) {
    if (cause instanceof RunFolderError) throw cause;
    throw new RunFolderError(
      `${printable(path)} is not as a run wrote it`,
      'It was changed or damaged. Run the rows that the report does not have as a new run.',
      { cause },
    );
  }
}
