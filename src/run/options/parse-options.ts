/** A caller's options, checked all at once and split by stage: each stage of a run is given its own part. */
import { UsageError } from '../../errors.js';
import { parseRowOptions } from '../../input/options/row-options.js';
import { checkTranslate } from '../../input/rules/translate-option.js';
import type { Caps } from '../../plan/caps.js';
import type { CsvStyle } from '../../report/line.js';
import { near } from '../../text/nearest-name.js';
import { parseProxies } from '../../wickr/connection/proxy.js';
import { providerOf } from '../../wickr/credentials.js';
import { resolveEndpoint, stsEndpoint } from '../../wickr/endpoint.js';
import { plainWording, type Worded, wording } from '../../wording.js';
import type {
  CheckedPart,
  LockTerms,
  PaceStage,
  ParsedExport,
  ParsedOptions,
  PlanningStage,
  ReadingStage,
  ServiceStage,
  SessionStages,
} from './parsed-options.js';
import { modes, type RunCommand } from './run-kind.js';
import type { ExportOptions, ReadingOptions, ResumeOptions, RunOptions } from './run-options.js';
import { silentLogger } from './table/logger.js';
import type { Verb } from './table/option.js';
import {
  type OptionParts,
  optionParts,
  optionsOn,
  optionTable,
  type PartName,
} from './table/option-table.js';

/** @throws UsageError that lists every option that the job does not take: a misspelt one would do nothing in silence */
export function refuseUnknown(options: object, verb: Verb): void {
  const known = optionsOn(verb).map(([name]) => name);
  const unknown = Object.entries(options).filter(
    ([name, value]) => value !== undefined && !known.includes(name),
  );
  if (unknown.length === 0) return;
  const lower = (name: string) => name.toLowerCase();
  const problems = unknown.map(([name]) => {
    if (optionTable.has(name)) return `\`${name}\` is no option of ${verb}`;
    const guess = near(lower(name), known, lower);
    return `there is no option \`${name}\`${guess === undefined ? '' : ` (nearest: \`${guess}\`)`}`;
  });
  throw new UsageError(problems.join('\n'), 'Leave it out, or correct its name.');
}

/** Checks how an input is to be read. @throws UsageError that lists every option that cannot be used */
export function parseReadingOptions(options: ReadingOptions): ReadingStage {
  return readingOf(check(['reading'], options).reading);
}

/** Checks all that a run is told. @throws UsageError that lists every option that cannot be used */
export function parseOptions(options: RunOptions & Worded, command: RunCommand = 'update'): ParsedOptions {
  const checked = check(['reading', 'planning', 'safety', 'service', 'run', 'pace', 'locking'], options);
  const { reading, planning, safety, run, locking } = checked;
  const { guards, compares: always } = modes[command];
  const keepBefore = planning.keepBefore || guards;
  // What a user has is changed once: a run that goes on must know what it was.
  if (!keepBefore && (reading.replace ?? []).length > 0) throw keepsReplaced;
  const compares = always || keepBefore || planning.skipUnchanged;
  if (compares && reading.allowDuplicates) throw noDuplicates;
  if (safety.maxUnlisted && reading.limit !== undefined) throw notAllRead;
  const { canary, canaryAbove, maxErrors, maxChanges, verify, confirm, inputMemory } = safety;
  const { includeBots, includeSuspended, allowTemporaryNames, skipRenameCheck, onUsers } = planning;
  const { missing = 'error' } = planning;
  const session = sessionOf(checked);
  return {
    ...session,
    reading: readingOf(reading, command),
    planning: {
      ...{ includeBots, includeSuspended, allowTemporaryNames, skipRenameCheck, onUsers },
      ...{
        compares,
        missing,
        readsAll: missing === 'skip',
        unlisted: unlistedFor(command, checked),
        command,
      },
    },
    caps: {
      maxChanges: command === 'reconcile' ? undefined : maxChanges,
      maxMissing: command === 'reconcile' ? undefined : safety.maxMissing,
      caps: command === 'reconcile' ? capsOf(safety) : undefined,
      inputMemory,
    },
    batch: {
      ...{ maxErrors, confirm, command },
      maxAgeMs: planning.maxAgeMs,
      verify: verify / 100,
      canary: canary ? { rows: canary, above: Math.max(canary, canaryAbove) } : undefined,
      concurrency: session.pace.concurrency,
      onStart: run.onStart,
      onProgress: run.onProgress ?? (() => {}),
      onSample: run.onSample ?? (() => {}),
      onNotice: run.onNotice ?? (() => {}),
    },
    report: {
      ...{ reportFormat: run.reportFormat, locks: run.locks, worker: run.worker, keepBefore, command },
      reportStyle: styleOf(run),
      wording: options[wording] ?? plainWording,
    },
    locking,
  };
}

/** How a job takes locks before it has read what a run was told. @throws UsageError */
export const parseLockTerms = (options: ResumeOptions, signal: AbortSignal): LockTerms => ({
  ...check(['locking'], options).locking,
  signal,
});

function styleOf({ reportFormat, reportDelimiter, reportBom, excel }: Checked['run']): CsvStyle {
  if (reportFormat === 'jsonl' && (reportDelimiter !== undefined || reportBom || excel)) throw notCsv;
  const delimiter = reportDelimiter === 'tab' ? '\t' : (reportDelimiter ?? (excel ? ';' : ','));
  return { delimiter, bom: reportBom || excel, idsAsText: excel };
}

const notCsv = new UsageError(
  '`reportDelimiter`, `reportBom` and `excel` are about a CSV report, and `reportFormat` is jsonl',
  'Leave out one of the two.',
);

const noDuplicates = new UsageError(
  'rows are compared with the users as they were before the first of them, so a user may have one row only',
  'Leave out `allowDuplicates`, or have `updateUsers` send the rows as they are, without undo: `keepBefore: false`.',
);

const keepsReplaced = new UsageError(
  '`replace` changes values that users have, so what they were is always kept',
  'Leave out `keepBefore: false`.',
);

const notAllRead = new UsageError(
  '`maxUnlisted` counts the users whom no row names, and `limit` leaves rows unread',
  'Leave out one of the two.',
);

/** Rows that are not read may name whom no other row does. */
function unlistedFor(
  command: RunCommand,
  { reading: { limit }, safety: { maxUnlisted } }: Pick<Checked, 'reading' | 'safety'>,
): PlanningStage['unlisted'] {
  if (command !== 'reconcile' || limit !== undefined) return undefined;
  return maxUnlisted ? 'needed' : 'if-listed';
}

const TENTH = { percent: 10 };

/** Each cap of a reconciliation has a default: none can be left out. */
const capsOf = (safety: CheckedPart<'safety'>): Caps => ({
  changes: safety.maxChanges ?? TENTH,
  renames: safety.maxRenames ?? TENTH,
  missing: safety.maxMissing ?? TENTH,
  unlisted: safety.maxUnlisted,
  groupDrain: safety.maxGroupDrain,
  minRows: safety.minRows,
  minSelected: safety.minSelected,
  shrink: safety.maxShrink,
});

/** Checks all that an export is told. @throws UsageError that lists every option that cannot be used */
export function parseExportOptions(options: ExportOptions): ParsedExport {
  const { reading, planning, selection, ...checked } = check(
    ['reading', 'planning', 'service', 'run', 'pace', 'selection'],
    { ...options, input: 'none' },
    options.networkId === undefined ? ['`networkId` needs the eight digits of a network ID'] : [],
  );
  const { networkId = '' } = reading;
  const session = sessionOf(checked);
  return {
    ...session,
    // A page names the next one, so there is never more than one request to send.
    pace: { ...session.pace, concurrency: 1 },
    networkId,
    selection: { ...selection, includeBots: planning.includeBots },
  };
}

type Session = Pick<Checked, 'service' | 'pace' | 'run'>;

/** What every job that speaks to the service needs. */
function sessionOf({ service, pace, run }: Session): SessionStages {
  const { signal, logger = silentLogger, onThrottle, onRate } = run;
  // Whoever starts a job that can be killed says so.
  const { onReach, onIdentity } = service;
  const { onShared } = pace;
  const control = { signal, abandon: signal, logger, onReach, onIdentity, onThrottle, onRate, onShared };
  return { service: serviceOf(service), pace: paceOf(pace, service.ca), control };
}

function serviceOf(service: CheckedPart<'service'>): ServiceStage {
  const { region, profile, credentials, timeoutMs, credentialTimeoutMs, mfaCode, proxies, ca } = service;
  const route = { proxies: parseProxies(proxies ?? {}), ca };
  const endpoint = resolveEndpoint(service);
  const provider = credentials && providerOf(credentials);
  const sts = stsOf(service, endpoint);
  const asking = { profile, credentials: provider, credentialTimeoutMs, mfaCode };
  return { region, ...asking, timeoutMs, endpoint, route, sts };
}

/** Whoever stands in for Wickr stands in for nothing else, and must not be asked who the caller is. */
function stsOf(service: CheckedPart<'service'>, endpoint: URL): URL | undefined {
  const { stsEndpointUrl, endpointUrl, region, allowHttp, useFipsEndpoint, useDualstackEndpoint } = service;
  if (stsEndpointUrl !== undefined)
    return resolveEndpoint({ region, allowHttp, endpointUrl: stsEndpointUrl });
  // A resumed run names the endpoint that it was started with.
  const isAws = endpointUrl === undefined || endpoint.origin === resolveEndpoint({ region }).origin;
  return isAws ? stsEndpoint(region, useFipsEndpoint, useDualstackEndpoint) : undefined;
}

function paceOf(pace: CheckedPart<'pace'>, ca: readonly string[] | undefined): PaceStage {
  const { rate, maxRate, rateScope = 'operation', rateMemory, concurrency } = pace;
  const { maxAttempts, throttlePatienceMs, outagePatienceMs } = pace;
  const fixed = rate === undefined ? undefined : Math.min(rate, maxRate ?? Number.POSITIVE_INFINITY);
  return {
    rate: defined({ fixed, max: maxRate }),
    scope: rateScope,
    rateMemory: rate === undefined ? rateMemory : undefined,
    concurrency,
    retry: { maxAttempts, throttlePatience: throttlePatienceMs },
    outagePatienceMs,
    redis: pace.redis && { address: pace.redis, prefix: pace.redisPrefix ?? 'wickr-bulk:', ca },
  };
}

function readingOf(reading: CheckedPart<'reading'>, command?: RunCommand): ReadingStage {
  // Only to see that they can be used, before any file is opened.
  parseRowOptions(defined(reading));
  checkTranslate(reading.translate);
  return {
    ...reading,
    planned: command !== undefined && modes[command].planned,
    needsWhole: command === 'reconcile',
  };
}

type Checked = { [Name in PartName]: CheckedPart<Name> };

/** Checks the options of these parts, with every default in its place. @param known problems that were found already */
function check<Name extends PartName>(
  parts: readonly Name[],
  options: object,
  known: readonly string[] = [],
): Pick<Checked, Name> {
  const given = new Map<string, unknown>(Object.entries(options));
  const problems = [...known];
  const checkPart = (entries: OptionParts[PartName]) =>
    Object.entries(entries).map(([name, entry]) => {
      const { success, data, error } = entry.check.safeParse(given.get(name));
      if (!success) problems.push(`\`${name}\` ${error.issues[0]?.message}`);
      return [name, data] as const;
    });
  const checked = parts.map((part) => [part, Object.fromEntries(checkPart(optionParts[part]))] as const);
  if (problems.length > 0) throw problemsOf(problems);
  return Object.fromEntries(checked) as Pick<Checked, Name>;
}

const problemsOf = (problems: readonly string[]) =>
  new UsageError(problems.join('\n'), 'The documentation says what each option takes.');

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The members that have a value: under exactOptionalPropertyTypes an absent one and an undefined one differ. */
export function defined<T extends object>(members: T): Defined<T> {
  const kept = { ...members };
  for (const name of Reflect.ownKeys(kept) as (keyof T)[]) if (kept[name] === undefined) delete kept[name];
  return kept as Defined<T>;
}
