/** What was planned or sent at one endpoint is not gone on with at another: the same IDs mean other users there. */
import { PlanError } from '../errors.js';
import { printable } from '../text/printable.js';
import type { ServiceStage } from './options/parsed-options.js';
import type { RunCommand } from './options/run-kind.js';

/**
 * @param meant URL of the endpoint that the plan or the earlier run names
 * @throws PlanError if the service is at another one
 */
export function checkEndpoint(
  meant: string,
  { endpoint }: Pick<ServiceStage, 'endpoint'>,
  command: RunCommand | 'resume',
): void {
  if (endpoint.href === meant) return;
  const isPlan = command === 'apply';
  throw new PlanError(
    `${isPlan ? 'the plan was made' : 'the run was made'} at another endpoint (${printable(meant)}) than the one that is used now; nothing was sent`,
    isPlan
      ? 'If that endpoint is meant, give it with `endpointUrl`. A plan cannot say itself where your credentials are used.'
      : 'Leave `endpointUrl` out, also in the environment: the run knows where it was. If the service has moved, start a new run there.',
  );
}
