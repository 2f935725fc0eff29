/** The emulator's options and their defaults. */

import type { HiddenField } from './api/hidden-fields.js';
import type { FilterMatch } from './api/read-operations.js';
import type { FaultRule } from './faults/fault-rule.js';
import { type EmulatorCredentials, fakeCredentials } from './network/credentials.js';
import { makeUsers } from './network/made-up-users.js';
import { defaultGroups, type EmulatedGroup, type EmulatedUser } from './network/network.js';
import { EmulatorOptionError } from './network/option-error.js';
import type { PageShift } from './network/shifts.js';
import { LIMITERS, type LimiterKind, leastRate, type RateScope, SCOPES } from './rate-limiter.js';

export interface EmulatorOptions {
  /** Default 0: a free port. */
  readonly port?: number;
  /** Eight digits. Default `12345678`. */
  readonly networkId?: string;
  /** Default `us-east-1`. */
  readonly region?: string;
  /** The users, or how many to make up from the seed. Default 1,000. */
  readonly users?: number | readonly EmulatedUser[];
  /** Makes the last made-up user a bot. Default false. */
  readonly bot?: boolean;
  /** Default: Everyone (the default group), Sales, Engineering, EMEA and Support. */
  readonly groups?: readonly EmulatedGroup[];
  /** Requests/s. Default: no limit. */
  readonly rate?: number;
  /** What the rate is of: `all` requests together, or those of each `operation` by themselves. Default `all`. */
  readonly rateScope?: RateScope;
  /** The token bucket's capacity, in requests. Default: one second's worth, at least 1. */
  readonly burst?: number;
  /**
   * How requests are counted: `bucket`, a token bucket; `window` and `minute`, the rate's worth in each second or minute
   * of the clock; `sliding`, the rate within any second; `shards`, four machines with a bucket each and a quarter of the
   * rate, of which chance picks one; `at-once`, no more requests under way at once than the rate's number; `queue`, a
   * bucket that refuses nothing: what comes too soon waits. Default `bucket`.
   */
  readonly limiter?: LimiterKind;
  /** Rejected requests empty the bucket too. Default false. */
  readonly chargeRejected?: boolean;
  /** Median ms before each answer. Default 0. */
  readonly latency?: number;
  /** How far the latency varies to both sides, as a share of it, 0 to 1. Default 0.3. */
  readonly jitter?: number;
  /** Seconds in a throttle's Retry-After header. Default: no header. */
  readonly retryAfter?: number;
  readonly faults?: readonly FaultRule[];
  /** Everything that is made up or random depends only on the seed and the order of the requests. Default 1. */
  readonly seed?: number;
  /** Refuses more than one group for a user. Default false. */
  readonly singleGroup?: boolean;
  /** How ListUsers' name filters compare. Default `substring`, which ignores case. */
  readonly filterMatch?: FilterMatch;
  /** Every read shows the network as it was up to so many ms ago; how many is chosen by the seed. Default 0. */
  readonly readLag?: number;
  /** Users whom others delete or rename while a list is read. Default: none. */
  readonly shifts?: readonly PageShift[];
  /** Members that are left out of the answers to reads. Default: none. */
  readonly hidden?: readonly HiddenField[];
  /** IDs of users whom ListUsers leaves out unless it filters by a name or a group. Default: none. */
  readonly unlisted?: readonly string[];
  /** The keys to sign with. Default: obviously fake ones, from the seed. */
  readonly credentials?: EmulatorCredentials;
  /** Keeps every request for `Emulator.requests`. Default true. */
  readonly keepRequests?: boolean;
  /** Epoch ms; the clock for signatures, dates and the rate. Default: the machine's. */
  readonly now?: () => number;
}

/** The options with every default in its place. */
export interface Settings
  extends Required<Omit<EmulatorOptions, 'users' | 'bot' | 'now' | 'rate' | 'burst' | 'retryAfter'>> {
  readonly users: Iterable<EmulatedUser>;
  readonly rate: number | undefined;
  readonly burst: number | undefined;
  readonly retryAfter: number | undefined;
  /** Epoch ms. */
  readonly wallClock: () => number;
  /** ms since some moment; never goes back, even if the wall clock is set. */
  readonly steadyClock: () => number;
}

/** @throws EmulatorOptionError for an option that cannot be used */
export function parseOptions(options: EmulatorOptions): Settings {
  checkOptions(options);
  const { seed = 1, users = 1000, bot = false, now } = options;
  const groups = withDefault(options.groups ?? defaultGroups);
  return {
    port: options.port ?? 0,
    networkId: options.networkId ?? '12345678',
    region: options.region ?? 'us-east-1',
    users: typeof users === 'number' ? makeUsers(users, groups, seed, bot) : users,
    groups,
    ...limitOf(options),
    latency: options.latency ?? 0,
    jitter: options.jitter ?? 0.3,
    faults: options.faults ?? [],
    seed,
    singleGroup: options.singleGroup ?? false,
    filterMatch: options.filterMatch ?? 'substring',
    readLag: options.readLag ?? 0,
    shifts: options.shifts ?? [],
    hidden: options.hidden ?? [],
    unlisted: options.unlisted ?? [],
    credentials: options.credentials ?? fakeCredentials(seed),
    keepRequests: options.keepRequests ?? true,
    wallClock: now ?? Date.now,
    steadyClock: now ?? performance.now.bind(performance),
  };
}

const limitOf = ({ rate, burst, retryAfter, ...options }: EmulatorOptions) => ({
  ...{ rate, burst, retryAfter },
  rateScope: options.rateScope ?? 'all',
  limiter: options.limiter ?? 'bucket',
  chargeRejected: options.chargeRejected ?? false,
});

function checkOptions(options: EmulatorOptions): void {
  const {
    networkId = '12345678',
    users = 0,
    groups = defaultGroups,
    latency = 0,
    jitter = 0,
    seed = 0,
    readLag = 0,
  } = options;
  const wrong = (name: string, must: string) => {
    throw new EmulatorOptionError(`the emulator's ${name} cannot be used`, `It must be ${must}.`);
  };
  if (!/^[0-9]{8}$/.test(networkId)) wrong('networkId', 'eight digits');
  const most = 1_000_000;
  if (typeof users === 'number' && !(Number.isInteger(users) && users >= 0 && users <= most)) {
    wrong('users', `a whole number from 0 to ${most}`);
  }
  if (groups.length === 0) wrong('groups', 'at least one group');
  if (!(latency >= 0 && Number.isFinite(latency))) wrong('latency', '0 ms or more');
  if (!(jitter >= 0 && jitter <= 1)) wrong('jitter', 'from 0 to 1');
  if (!(readLag >= 0 && Number.isFinite(readLag))) wrong('readLag', '0 ms or more');
  if (!Number.isSafeInteger(seed)) wrong('seed', 'a whole number');
  const { limiter = 'bucket', rateScope = 'all' } = options;
  if (!LIMITERS.includes(limiter)) wrong('limiter', LIMITERS.join(', ').replace(/, (?=[^,]+$)/, ' or '));
  if (!SCOPES.includes(rateScope)) wrong('rateScope', SCOPES.join(' or '));
  checkRate(options.rate, options.burst, limiter);
}

/** @throws EmulatorOptionError for a rate that no limiter can keep */
export function checkRate(rate = 1, burst = 1, limiter: LimiterKind = 'bucket'): void {
  const least = leastRate(limiter);
  if (!(rate >= least && Number.isFinite(rate))) {
    throw new EmulatorOptionError(
      "the emulator's rate cannot be used",
      least === Number.MIN_VALUE
        ? 'It must be above 0 requests/s.'
        : `It must be at least ${least === 1 ? '1 request/s' : '1 request a minute'}.`,
    );
  }
  if (!(burst >= 1 && Number.isFinite(burst))) {
    throw new EmulatorOptionError("the emulator's burst cannot be used", 'It must be at least 1 request.');
  }
}

function withDefault(groups: readonly EmulatedGroup[]): readonly EmulatedGroup[] {
  const isAny = groups.some((group) => group.isDefault);
  return groups.map((group, place) => (isAny ? { ...group } : { ...group, isDefault: place === 0 }));
}
