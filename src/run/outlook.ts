/** What a run or a plan comes to, before anything is sent. */
import { secondsFor } from '../plan/send-time.js';
import { goesByList } from './batch/list-order.js';
import type { ParsedOptions } from './options/parsed-options.js';
import type { RunStart } from './options/table/run-events.js';
import type { Compared, PlannedInput } from './prepare/plan-input.js';
import type { Session } from './service/session.js';

/** Seconds for a run or a plan. @param rate requests/s @param maxAge ms */
export const timeFor = ({ changes, plan: { pages } }: Compared, rate: number, maxAge: number): number =>
  secondsFor(changes.updates, rate, maxAge, goesByList(changes.changed, pages) ? pages : undefined);

/** What a new run is about to do. */
export function startOf(
  { batch, report }: ParsedOptions,
  { validation, compared }: PlannedInput,
  { knownRate }: Session,
  networkName?: string,
): RunStart {
  const { networkId, rows } = validation;
  const { leavers: _, ...changes } = compared?.changes ?? { leavers: undefined };
  const seconds = (rate: number) => (compared ? timeFor(compared, rate, batch.maxAgeMs) : rows / rate);
  return {
    networkId,
    ...(networkName !== undefined && { networkName }),
    rows,
    ...('rows' in changes && { changes }),
    ...(knownRate && { seconds: seconds(knownRate) }),
    canBeUndone: report.keepBefore,
  };
}
