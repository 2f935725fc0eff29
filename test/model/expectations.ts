/** What the rows of a run want of their users and expect of them, by what the run has kept, and what it has sent. */
import type { Before, Person } from '../../src/model.js';
import type { UserDetails } from '../../src/wire-types.js';
import type { Kept, Run } from './lives.js';
import type { Played } from './play.js';

/** A row, and what its user has to be for it to be sent. */
export interface Expectation {
  readonly row: number;
  readonly userId: string;
  readonly wanted: UserDetails;
  readonly before: Before;
  readonly person?: Person | undefined;
}

/** A request to change a user. */
export interface SentWrite {
  readonly life: number;
  readonly at: number;
  readonly userId: string;
  readonly details: UserDetails;
}

/** Undefined if it is not known what the run is about: it came to no run. */
export function expectationsOf({ story, runs }: Played, run: Run): Expectation[] | undefined {
  // What is begun anew takes the input as it is then.
  if (story.tampering && runs.some(({ begunAnew }) => begunAnew.length > 0)) return undefined;
  const kept = new Map(run.kept?.map((each) => [each.row, each]));
  if (run.verb === 'undo') return (runs[0]?.kept ?? []).map((line, index) => inverse(line, index + 1, run));
  // Of a plan the rows are those that change somebody.
  if (run.verb === 'apply') return run.kept?.map((line, index) => expectation(line, index + 1));
  return story.wishes.map(({ userId, details }, index) => {
    const line = kept.get(index + 1);
    return line
      ? { ...expectation(line, index + 1), wanted: details }
      : { row: index + 1, userId, wanted: details, before: {} };
  });
}

const expectation = ({ userId, userDetails, before, person }: Kept, row: number): Expectation => ({
  ...{ row, userId, wanted: userDetails, before, person },
});

/** The row by which a run is taken back: its user has to be as the run has left them. */
function inverse({ userId, userDetails, before, person }: Kept, row: number, undo: Run): Expectation {
  const wanted = Object.fromEntries(Object.entries(before).filter(([, value]) => value !== null));
  const own = undo.report.find((line) => line.userId === userId);
  return { row: own?.row ?? -row, userId, wanted, before: userDetails as Before, person };
}

/** All that a run has asked the service to change, in order. */
export function sentBy({ world }: Played, run: Run): SentWrite[] {
  const start = world.service.journal.requests.filter(({ operation }) => operation === 'UpdateUser');
  return start.flatMap(({ at: arrived, userId = '', body }) => {
    const at = arrived - (world.clock.trueTime - world.clock.now);
    const life = world.lives.findLastIndex(({ from }) => from <= at) + 1;
    const details = (body as { userDetails?: UserDetails } | undefined)?.userDetails;
    return details && run.lives.some((each) => each.life === life) ? [{ life, at, userId, details }] : [];
  });
}

/** Whether two values of a field are the same to a person. */
export function isLike(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((item) => b.includes(item));
}
