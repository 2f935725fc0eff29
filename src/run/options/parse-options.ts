import type { z } from 'zod';
import { UsageError } from '../../errors.js';
import { parseRowOptions } from '../../input/options/row-options.js';
import type { Caps } from '../../plan/caps.js';
import { resolveEndpoint, stsEndpoint } from '../../wickr/endpoint.js';
import { silentLogger } from './logger.js';
import { CapsShape, ExportShape, ReadingShape, type serving, UpdateShape } from './option-schema.js';
import type { ParsedExport, ParsedOptions, Serving } from './parsed-options.js';
import type { RunCommand } from './run-kind.js';
import { modes } from './run-kind.js';
import type {
  ExportOptions,
  ReadingOptions,
  RunOptions,
  ServiceOptions,
  UpdateOptions,
} from './run-options.js';

/** Checks how an input is to be read. @throws UsageError that lists every option that cannot be used */
export function parseReadingOptions(options: ReadingOptions): ReadingOptions {
  return readingOf(options, parse(ReadingShape, options));
}

/** Checks all that a run is told. @throws UsageError that lists every option that cannot be used */
export function parseOptions(options: RunOptions, command: RunCommand = 'update'): ParsedOptions {
  const checked = parse(UpdateShape, options);
  const { planned, guards, compares: always } = modes[command];
  const keepBefore = options.keepBefore === true || guards;
  const compares = always || keepBefore || options.skipUnchanged === true;
  if (compares && options.allowDuplicates) throw noDuplicates;
  const { canary, canaryAbove, verify, maxAge } = checked;
  return {
    reading: { ...readingOf(options, checked), ...(planned && { planned }) },
    ...servingOf(options, checked),
    out: options.out,
    reportFormat: checked.reportFormat,
    locks: options.locks,
    concurrency: checked.concurrency,
    maxErrors: checked.maxErrors,
    maxChanges: checked.maxChanges,
    skipInvalid: options.skipInvalid ?? false,
    planning: {
      includeBots: options.includeBots ?? false,
      includeSuspended: options.includeSuspended ?? false,
      allowTemporaryNames: options.allowTemporaryNames ?? false,
      skipRenameCheck: options.skipRenameCheck ?? false,
    },
    ...{ command, compares, keepBefore },
    maxAge: guards ? maxAge * 1000 : undefined,
    verify: verify / 100,
    canary: canary === undefined ? undefined : { rows: canary, above: Math.max(canary, canaryAbove) },
    confirm: options.confirm,
    caps: command === 'reconcile' ? capsOf(options) : undefined,
    inputMemory: options.inputMemory,
    signal: options.signal,
    abandon: options.abandon,
    onUsers: options.onUsers,
    onProgress: options.onProgress ?? (() => {}),
  };
}

const noDuplicates = new UsageError(
  'rows are compared with the users as they were before the first of them, which several rows of a user do not go with',
  'Leave out --allow-duplicates, or send the rows with "update" as they are.',
);

function capsOf(options: RunOptions): Caps {
  const { maxChanges, maxRenames, maxGroupDrain, minRows, maxShrink } = parse(CapsShape, options);
  return {
    changes: maxChanges,
    renames: maxRenames,
    groupDrain: maxGroupDrain,
    minRows,
    shrink: maxShrink,
  };
}

/** Checks all that an export is told. @throws UsageError that lists every option that cannot be used */
export function parseExportOptions(options: ExportOptions): ParsedExport {
  const checked = parse(ExportShape, options);
  return {
    ...servingOf(options, checked),
    // A page names the next one, so there is never more than one request to send.
    concurrency: 1,
    networkId: checked.networkId,
    securityGroup: checked.securityGroup,
    status: checked.status,
    format: checked.format,
  };
}

/** What every verb that speaks to the service needs. */
function servingOf(
  {
    profile,
    credentials,
    rateMemory,
    logger,
    ...options
  }: ServiceOptions & Pick<UpdateOptions, 'rateMemory' | 'logger'>,
  checked: z.infer<z.ZodObject<typeof serving>>,
): Serving {
  const { region, timeout, rate, maxRate, maxAttempts, throttlePatience, outagePatience } = checked;
  const endpoint = resolveEndpoint({ ...options, region });
  return {
    service: {
      region,
      endpoint,
      sts: stsOf({ ...options, region }, endpoint),
      timeout: timeout * 1000,
      ...defined({ profile, credentials }),
    },
    rate: defined({ fixed: slower(rate, maxRate), max: maxRate }),
    rateMemory: rate === undefined ? rateMemory : undefined,
    retry: { maxAttempts, throttlePatience: throttlePatience * 1000 },
    outagePatience: outagePatience * 1000,
    logger: logger ?? silentLogger,
  };
}

/** Who stands in for Wickr stands in for nothing else, and must not be asked who the caller is. */
function stsOf(options: ServiceOptions, endpoint: URL): URL | undefined {
  const { stsEndpointUrl, endpointUrl, region, allowHttp, useFipsEndpoint, useDualstackEndpoint } = options;
  if (stsEndpointUrl !== undefined)
    return resolveEndpoint({ region, allowHttp, endpointUrl: stsEndpointUrl });
  // A run that goes on names the endpoint that it was begun with.
  const isAws = endpointUrl === undefined || endpoint.origin === resolveEndpoint({ region }).origin;
  return isAws ? stsEndpoint(region, useFipsEndpoint ?? false, useDualstackEndpoint ?? false) : undefined;
}

/** A rate that is asked for, within the cap. */
const slower = (rate: number | undefined, cap = Number.POSITIVE_INFINITY) =>
  rate === undefined ? undefined : Math.min(rate, cap);

function parse<T extends z.ZodType>(shape: T, options: object): z.infer<T> {
  const parsed = shape.safeParse(options);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${flagName(String(path[0]))} ${message}`);
  throw new UsageError(problems.join('\n'), 'See --help for what each flag takes.');
}

const flagName = (key: string) =>
  key === 'input' ? 'INPUT' : `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function readingOf(options: ReadingOptions, checked: z.infer<typeof ReadingShape>): ReadingOptions {
  const { delimiter, encoding, ignoreUnknownColumns, singleGroup, allowDuplicates } = options;
  const { mapFile, exclude, excludeSha256, onMapping, onProblem, onWarning } = options;
  parseRowOptions(defined({ ...checked, singleGroup }));
  const { map, set, where } = checked;
  const { input, networkId, format, limit, skipRows } = checked;
  return {
    input,
    ...defined({
      networkId,
      format,
      limit,
      delimiter,
      encoding,
      skipRows,
      ignoreUnknownColumns,
      singleGroup,
      allowDuplicates,
      map,
      mapFile,
      set,
      where,
      exclude,
      excludeSha256,
      onMapping,
      onProblem,
      onWarning,
    }),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The members that have a value: under exactOptionalPropertyTypes an absent one and an undefined one differ. */
function defined<T extends object>(members: T): Defined<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<T>;
}
