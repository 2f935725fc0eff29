/** A plan is carried out. */
import { PlanError } from '../errors.js';
import type { Outcome, Summary } from '../model.js';
import { type JobControl, startRunJob } from '../run/job.js';
import type { RunHandle } from '../run/job-handle.js';
import type { ApplyOptions } from '../run/options/run-options.js';
import { startRun } from '../run/start-run.js';
import { checkPlan } from '../run/state/plan-file.js';

/**
 * Makes the changes of a plan, and no others. A user who has changed since the plan was made is a `conflict` and is
 * left alone. So is one whose ID or security groups now mean somebody or something else. Network and region are those of
 * the plan; the endpoint is the caller's, and has to be the one that the plan was made at.
 *
 * A plan shows accidents, such as a line that was cut off. It does not show a forgery: whoever can write the file can
 * also make it fit. Keep it where only you can write.
 *
 * @param path the file that `planUpdate` has written
 * @returns the run, as `updateUsers` does; its `summary` is rejected with a PlanError if the plan is not whole, or is for
 *   another network or endpoint, and with a CredentialsError if it was made with another AWS account
 */
export const applyPlan = (path: string, options: ApplyOptions): RunHandle =>
  startRunJob('apply', options, options.folder, (job) => apply(path, options, job));

async function apply(path: string, options: ApplyOptions, job: JobControl<Outcome>): Promise<Summary> {
  const { head, size, sha256 } = await checkPlan(path);
  const { networkId, region, endpoint, account, allowTemporaryNames, groupNames } = head;
  if (options.networkId !== undefined && options.networkId !== networkId) throw otherNetwork(networkId);
  const given = { ...options, networkId, region, allowTemporaryNames };
  const identity = { identity: { account }, byAccountAlone: true, for: 'the plan was made with those' };
  const constraints = { same: { size, sha256 }, identity, endpoint, ...(groupNames && { groupNames }) };
  return startRun({ ...given, input: path, format: 'jsonl' }, 'apply', job, constraints);
}

const otherNetwork = (networkId: string) =>
  new PlanError(
    `the plan is for network ${networkId}, not for the one that was given; nothing was sent`,
    'Leave out `networkId`, or make a plan for that network.',
  );
