/** What rows come to, in numbers. */
import type { RunStart } from '../run/options/table/run-events.js';
import { count } from '../text/count.js';
import { duration } from './plain.js';

type Counts = NonNullable<RunStart['changes']>;
type Part = readonly [number, string];

/** Those that are not 0: `40 unchanged, 2 in conflict`. */
export const listed = (parts: readonly Part[]): string =>
  parts.flatMap(([number, what]) => (number > 0 ? [`${count(number)} ${what}`] : [])).join(', ');

/** What changes, and of how many users: `username of 40, security groups of 2`. */
export const changeKinds = ({ names, usernames, groups, invites }: Counts): string =>
  (
    [
      [names, 'first or last name'],
      [usernames, 'username'],
      [groups, 'security groups'],
      [invites, 'invite'],
    ] as const
  )
    .flatMap(([users, what]) => (users > 0 ? [`${what} of ${count(users)}`] : []))
    .join(', ');

/** Rows that change nobody. */
export const otherRows = ({ unchanged, conflicts, invalid, skipped, missing }: Counts): Part[] => [
  [unchanged, 'unchanged'],
  [conflicts, 'in conflict'],
  [invalid, 'invalid'],
  [skipped - missing, 'skipped'],
  [missing, 'not in the network'],
];

export const timeText = ({ seconds }: Pick<RunStart, 'seconds'>): string =>
  seconds === undefined
    ? 'how fast the service takes them is not known yet'
    : `about ${duration(Math.max(1, seconds))} at the rate that is known`;
