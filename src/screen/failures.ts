/** Why rows did not succeed, and what to do about it, as lines. */
import type { FailureGroup, Summary } from '../model.js';
import { count } from '../text/count.js';

/** What helps, by the service's error code; of other kinds by the row's status. */
const hints: Readonly<Record<string, string>> = {
  ResourceNotFoundError:
    'Are these user IDs of this network? "wickr-bulk export" lists those that are; --missing skip leaves out the others.',
  ValidationError: 'Correct what the message names in these lines.',
  RateLimitError: 'The rate limit was used up for too long: run them again later.',
};
const WRONG_NETWORK = 'Is it the right network? Check --network-id, --region and the account.';
const hintsOfStatus: Readonly<Record<string, string>> = {
  invalid: 'Correct these lines.',
  conflict: 'Look at these users: somebody else has changed them. A new plan shows them as they are now.',
  mismatch: 'Look at these users: the service took the change and shows something else.',
};

/** Stops of which rows are the reason: any other has a hint of its own. */
const ROWS_STOP = new Set<string | undefined>([undefined, 'SAME_ERROR', 'CANARY', 'MAX_ERRORS']);

/** Whether no row has found its user, nor the network maybe: then a hint on each user is no help. */
export function isElsewhere({
  statuses,
  failures = [],
  stopped,
}: Pick<Summary, 'statuses' | 'failures' | 'stopped'>): boolean {
  if (!ROWS_STOP.has(stopped?.code)) return false;
  if (statuses.updated + statuses.unchanged > 0 || failures.length === 0) return false;
  return failures.every(({ errorCode }) => errorCode === 'ResourceNotFoundError');
}

/** What happened then, and what to do. */
export const elsewhereLines = (networkId: string): string[] => [
  `nobody was changed: nothing was found in network ${networkId} (ResourceNotFoundError)`,
  `  ${WRONG_NETWORK}`,
];

/**
 * A line for each reason, the most frequent first, and a line of what helps.
 *
 * @param failed rows that did not succeed, those not counted that were not processed
 * @param hasHints whether to say what helps
 */
export function failureLines(groups: readonly FailureGroup[], failed: number, hasHints: boolean): string[] {
  const told = groups.reduce((rows, group) => rows + (group.status === 'unprocessed' ? 0 : group.rows), 0);
  const rest = failed - told;
  return [
    ...groups.flatMap((group) => [
      `  ${count(group.rows)} ${group.status}: ${reasonOf(group)}`,
      ...(hasHints ? hintOf(group) : []),
    ]),
    ...(rest > 0 ? [`  ${count(rest)} for other reasons, which the report has`] : []),
  ];
}

function reasonOf({ errorCode, message, rows, lines }: FailureGroup): string {
  const code = errorCode === '' ? '' : ` (${errorCode})`;
  const said = message === '' ? errorCode || 'for reasons that the report has' : `${message}${code}`;
  if (lines.length === 0) return said;
  const more = rows > lines.length ? ` and ${count(rows - lines.length)} more` : '';
  return `${said}, ${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}${more}`;
}

function hintOf(group: FailureGroup): string[] {
  const hint = hintFor(group);
  return hint ? [`    ${hint}`] : [];
}

/** What helps; undefined if nothing is known. */
export const hintFor = ({
  errorCode,
  status,
}: Pick<FailureGroup, 'errorCode' | 'status'>): string | undefined =>
  (status === 'failed' && Object.hasOwn(hints, errorCode) && hints[errorCode]) || hintsOfStatus[status];
