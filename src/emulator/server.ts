/**
 * A local Wickr Admin API for tests, trials and benchmarks: it verifies signatures, throttles and injects faults.
 * It listens on the loopback interface only, with plain HTTP.
 */
import type { UserDetails } from '../wire-types.js';
import type { Operation } from './api/route.js';
import type { FaultRule } from './faults/fault-rule.js';
import { Listener } from './listener.js';
import type { EmulatorCredentials } from './network/credentials.js';
import type { EmulatedGroup, EmulatedUser } from './network/network.js';
import { EmulatorOptionError } from './network/option-error.js';
import { checkRate, type EmulatorOptions, parseOptions } from './options.js';
import type { RecordedRequest } from './request-log.js';
import { Service } from './service.js';

export type { HiddenField } from './api/hidden-fields.js';
export { type FaultKind, type FaultRule, faultKinds } from './faults/fault-rule.js';
export { parseFault } from './faults/fault-text.js';
export type { EmulatorCredentials } from './network/credentials.js';
export type { EmulatedGroup, EmulatedUser } from './network/network.js';
export type { PageShift } from './network/shifts.js';
export type { EmulatorOptions } from './options.js';
export type { RecordedRequest } from './request-log.js';
export type { Operation };
export { EmulatorOptionError };

/** A running emulator. All its properties are live. */
export interface Emulator {
  /** Such as `http://127.0.0.1:4566`, without a slash at the end. */
  readonly url: string;
  readonly networkId: string;
  readonly region: string;
  /** The credentials that are accepted at present. */
  readonly credentials: EmulatorCredentials;
  /** By user ID. */
  readonly users: ReadonlyMap<string, EmulatedUser>;
  readonly groups: readonly EmulatedGroup[];
  /** In the order of arrival; empty without `keepRequests`. */
  readonly requests: readonly RecordedRequest[];
  /** How many requests of each operation have arrived. */
  readonly counts: Readonly<Record<RecordedRequest['operation'], number>>;
  /** How many requests have been answered with each status; 0 stands for no status line. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Connections that are open now, and the most that were ever open at once. */
  readonly connections: { readonly open: number; readonly peak: number };
  /** Changes a user as another administrator would, without a request. Only the user's ID is checked. */
  edit(userId: string, details: UserDetails): void;
  /** Deletes a user as another administrator would: a new user can have the ID and the username. */
  remove(userId: string): void;
  /** Adds a user as another administrator would, also with an ID that a deleted user had. */
  add(user: EmulatedUser): void;
  /** Requests/s from now on; undefined lifts the limit. `operation`: of this one alone, if `rateScope` says so. */
  setRate(rate: number | undefined, burst?: number, operation?: Operation): void;
  /** Replaces all rules; the new ones count from 0. */
  setFaults(rules: readonly FaultRule[]): void;
  /** Accepts only these from now on; any others are answered with UnrecognizedClientException. */
  setCredentials(credentials: EmulatorCredentials): void;
  /** Answers the present credentials with ExpiredTokenException from now on, until others are set. */
  expireCredentials(): void;
  /** Resolves as soon as `count` requests of the operation (default UpdateUser) have arrived. */
  arrival(count: number, operation?: RecordedRequest['operation']): Promise<void>;
  /** Ends at once, with all connections and pending answers. */
  close(): Promise<void>;
}

/** Starts an emulator. Rejects with an EmulatorOptionError, or with the system's error if the port is in use. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const settings = parseOptions(options);
  const service = new Service(settings);
  const listener = new Listener(service);
  await listener.listen(settings.port);
  const { network, journal, faults, limiter, signatures } = service;
  return {
    url: `http://127.0.0.1:${listener.port}`,
    networkId: settings.networkId,
    region: settings.region,
    get credentials() {
      return signatures.credentials;
    },
    users: network.users,
    groups: settings.groups,
    requests: journal.requests,
    counts: journal.counts,
    statuses: journal.statuses,
    connections: listener.connections,
    edit: (userId, details) => service.edit(userId, details),
    remove: (userId) => service.remove(userId),
    add: (user) => network.add(user),
    setRate(rate, burst, operation) {
      checkRate(rate, burst, settings.limiter);
      if (operation !== undefined && settings.rateScope === 'all') {
        throw new EmulatorOptionError(
          "the emulator's rate cannot be set for one operation",
          'Start it with the rateScope operation.',
        );
      }
      limiter.change(settings.steadyClock(), rate, burst, operation);
    },
    setFaults: (rules) => faults.replace(rules),
    setCredentials: (credentials) => signatures.replace(credentials),
    expireCredentials: () => signatures.expire(),
    arrival: (count, operation = 'UpdateUser') => journal.arrival(count, operation),
    close() {
      journal.close();
      return listener.close();
    },
  };
}
