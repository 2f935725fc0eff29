/** A plan is carried out. */
import { PlanError } from '../errors.js';
import type { Summary } from '../model.js';
import type { ApplyOptions } from '../run/options/run-options.js';
import { startRun } from '../run/start-run.js';
import { checkPlan } from '../run/state/plan-file.js';

/** What `applyPlan` can be told beside how to carry it out. */
export interface ApplyPlanOptions extends ApplyOptions {
  /** What the plan's network has to be. Default: whichever it is. */
  networkId?: string;
}

/**
 * Makes the changes of a plan, and no others. A user who is no longer as he was when it was made is a `conflict`.
 *
 * @param path the file that `planUpdate` has written
 * @throws PlanError where it was altered, or is for another network or account; else as `runUpdate` does
 */
export async function applyPlan(path: string, options: ApplyPlanOptions = {}): Promise<Summary> {
  const { head, size, sha256 } = await checkPlan(path);
  const { networkId, region, endpoint, account, allowTemporaryNames } = head;
  if (options.networkId !== undefined && options.networkId !== networkId) throw otherNetwork(networkId);
  const given = { endpointUrl: endpoint, ...options, networkId, region, allowTemporaryNames };
  const constraints = { same: { size, sha256 }, account };
  return startRun({ ...given, input: path, format: 'jsonl' }, 'apply', constraints);
}

const otherNetwork = (networkId: string) =>
  new PlanError(
    `the plan is for network ${networkId}, not for the one that was given; nothing was sent`,
    'Leave out --network-id, or make a plan for that network.',
  );
