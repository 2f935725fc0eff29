/** What has to hold of a story that was played, whatever happened in it. */
import type { EmulatedUser } from '../../src/emulator/network/network.js';
import type { Outcome } from '../../src/model.js';
import type { UserDetails } from '../../src/wire-types.js';
import { type Expectation, expectationsOf, isLike, type SentWrite, sentBy } from './expectations.js';
import type { Run } from './lives.js';
import type { Played } from './play.js';
import type { Wish } from './story.js';

type Value = keyof UserDetails & keyof EmulatedUser;

/** What is wrong, in a line each; empty if nothing is. */
export function faultsOf(played: Played): string[] {
  return [
    ...played.runs.flatMap((run) => [
      ...faultsOfReports(run),
      ...faultsOfRequests(played, run),
      ...faultsOfGuard(played, run),
      ...faultsOfOutcomes(played, run),
      ...faultsOfCanary(played, run),
      ...faultsOfEnd(played, run),
      ...faultsOfProblems(played, run),
    ]),
    ...faultsOfStalls(played),
    ...faultsOfTemporaryNames(played),
    ...faultsOfExclusions(played),
    ...faultsOfUndo(played),
  ];
}

/** Each row has one line in the end, and a line that is there stays. */
function faultsOfReports({ verb, lives, end, report, isForged }: Run): string[] {
  const faults: string[] = [];
  let done = new Map<number, Outcome>();
  for (const { life, report: lines } of isForged ? [] : lives) {
    const now = new Map<number, Outcome>();
    for (const line of lines) {
      if (now.has(line.row)) faults.push(`${verb}: row ${line.row} has two lines after life ${life}`);
      now.set(line.row, line);
    }
    for (const [row, { status }] of done)
      if (now.size > 0 && now.get(row)?.status !== status)
        faults.push(`${verb}: row ${row} was ${status}, and is ${now.get(row)?.status} after life ${life}`);
    done = new Map([...now].filter(([, { status }]) => status !== 'unprocessed'));
  }
  if (end === 'complete' && report.some(({ status }) => status === 'unprocessed'))
    faults.push(`${verb}: it has ended, with rows unprocessed`);
  return faults;
}

/** Only what a row wants is sent, of rows that have no line yet. */
function faultsOfRequests(played: Played, run: Run): string[] {
  const faults: string[] = [];
  const expected = expectationsOf(played, run);
  if (expected === undefined) return [];
  const writes = sentBy(played, run);
  for (const write of writes) {
    const { userId, details, life } = write;
    const own = expected.filter((each) => each.userId === userId);
    const isWanted = own.some(({ wanted }) => isPartOf(details, wanted));
    const isStep = isAboutUsername(details) && own.some(({ wanted }) => wanted.username !== undefined);
    if (!isWanted && !isStep)
      faults.push(`${run.verb}: user ${userId} was sent ${JSON.stringify(details)}, which no row says`);
    const earlier = run.lives.filter((each) => each.life < life).at(-1)?.report ?? [];
    const isDone = (each: Expectation) =>
      earlier.some(({ row, status }) => row === each.row && status !== 'unprocessed');
    if (isWanted && own.filter(({ wanted }) => isPartOf(details, wanted)).every(isDone))
      faults.push(`${run.verb}: user ${userId} was sent again, though the row had its line before`);
  }
  if (run.end === 'refused' && writes.length > 0) faults.push(`${run.verb}: refused, but it has sent`);
  return faults;
}

const isPartOf = (part: UserDetails, whole: UserDetails): boolean =>
  Object.entries(part).every(([name, value]) => isLike(value, whole[name as Value]));

const isAboutUsername = (details: UserDetails): boolean => Object.keys(details).join() === 'username';

/**
 * Nothing that another wrote after the run's last look is overwritten: within the time that the guard allows before the
 * request left, there was a moment at which the user was as the row expects. A read may be as old as reads lag.
 */
function faultsOfGuard(played: Played, run: Run): string[] {
  const faults: string[] = [];
  const { story, world } = played;
  const expected = expectationsOf(played, run);
  if (expected === undefined || !isGuarded(played, run)) return [];
  const { readLag = 0, travel, latency = 0 } = story.world;
  // A look takes a moment itself, in which nobody can look again.
  const lookTime = 2 * travel + 1.3 * latency + 1;
  const reach = Math.max(story.options.maxAgeMs, lookTime) + readLag;
  for (const change of world.history.changes) {
    const { by, userId, at } = change;
    if (by === undefined || !run.lives.some(({ life }) => life === by.life)) continue;
    // What the user has already is nobody's loss.
    if (Object.entries(by.details).every(([name, value]) => isLike(change.before?.[name as Value], value)))
      continue;
    const own = expected.filter((each) => each.userId === userId);
    const versions = world.history.between(userId, by.sentAt - reach, by.sentAt);
    const fits = own.some((each) => versions.some(({ user }) => isExpected(each, user, by.details, run)));
    if (own.length > 0 && !fits)
      faults.push(
        `${run.verb}: user ${userId} was sent ${JSON.stringify(by.details)} at ${Math.round(by.sentAt)} (carried out at ${Math.round(at)}), though others had changed the user`,
      );
  }
  return faults;
}

/** Whether the run reads its users before it changes them. */
function isGuarded({ story }: Played, { verb }: Run): boolean {
  return verb !== 'update' || story.options.keepBefore;
}

function isExpected(
  { wanted, before, person }: Expectation,
  user: EmulatedUser | undefined,
  sent: UserDetails,
  { verb }: Run,
): boolean {
  if (user === undefined) return false;
  // A user between two steps, as one who is given the former values back, keeps what others have set since.
  const isPartly = verb === 'undo' || isTemporary(user.username);
  const fields = (isPartly ? Object.keys(sent) : Object.keys({ ...before, ...wanted })) as Value[];
  const isAsMeant = fields.every((name) => {
    const expected = before[name];
    if (isLike(user[name], wanted[name])) return true;
    if (name === 'username' && isTemporary(user.username)) return true;
    return expected === null || isLike(user[name], expected);
  });
  const names = (isPartly ? ['username'] : ['username', 'firstName', 'lastName']) as (Value &
    keyof typeof person)[];
  const isSame = names.every(
    (name) =>
      wanted[name] !== undefined || name in before || !person?.[name] || isLike(user[name], person[name]),
  );
  const isSuspended = (user.suspended ?? false) === (person?.suspended ?? user.suspended ?? false);
  return isAsMeant && isSame && (isSuspended || isPartly);
}

export const isTemporary = (username: string | undefined): boolean =>
  username !== undefined && /\.tmp[0-9]+@/.test(username);

/** What the report says of a row is so, or others have changed it since. */
function faultsOfOutcomes(played: Played, run: Run): string[] {
  const expected = expectationsOf(played, run);
  if (expected === undefined || run.end === 'refused') return [];
  return run.report.flatMap((outcome) => {
    const own = expected.find(({ row }) => row === outcome.row);
    if (!own) return [];
    if (outcome.status === 'updated' || outcome.status === 'unchanged')
      return faultsOfSuccess(played, run, outcome, own, expected);
    if (outcome.status === 'conflict') return faultsOfConflict(played, run, outcome, own);
    if (outcome.status === 'mismatch') return faultsOfMismatch(played, run, outcome, own);
    return [];
  });
}

function faultsOfSuccess(
  { world, story, runs }: Played,
  run: Run,
  { row, status, changed }: Outcome,
  { userId, wanted }: Expectation,
  all: readonly Expectation[],
): string[] {
  const { history } = world;
  // What a later run of the story has made of it is another matter.
  const end = runs.indexOf(run) < runs.length - 1 ? runs[runs.indexOf(run) + 1]?.from : undefined;
  const until = end ?? Number.POSITIVE_INFINITY;
  const user = history.between(userId, until, until).at(-1)?.user;
  const writes = history.of(userId).filter(({ by }) => by && run.lives.some(({ life }) => life === by.life));
  const { readLag = 0 } = story.world;
  // Undoing gives back what the run has set, and nothing that others have set meanwhile.
  const set = run.verb === 'undo' ? runs[0]?.report.find((line) => line.userId === userId) : undefined;
  return (Object.keys(wanted) as Value[]).flatMap((name) => {
    if (isLike(user?.[name], wanted[name])) return [];
    if (
      set &&
      (set.status === 'conflict' || set.status === 'mismatch' || !(set.changed as string[]).includes(name))
    )
      return [];
    const isAnotherRows = all.some((each) => each.userId === userId && each.row > row && name in each.wanted);
    const last = writes.findLast(({ by }) => by && name in by.details)?.at;
    const since = last !== undefined && (changed as string[]).includes(name) ? last : run.from - readLag;
    const byOthers = history
      .others(userId, since)
      .some(({ before, after }) => !isLike(before?.[name], after?.[name]) || !after || !before);
    if (byOthers || isAnotherRows) return [];
    return [
      `${run.verb}: row ${row} (user ${userId}) is ${status}, but its ${name} is not as the row wants it`,
    ];
  });
}

/**
 * Nobody's change but somebody else's is a conflict. Undoing what has left a user with a temporary username may call it
 * one all the same.
 */
function faultsOfConflict(
  { world, story, runs }: Played,
  run: Run,
  { row }: Outcome,
  { userId, wanted }: Expectation,
): string[] {
  const { history } = world;
  const { readLag = 0 } = story.world;
  const others = history.others(userId, run.from - readLag);
  const first = run.verb === 'undo' ? history.others(userId, 0) : others;
  // A username can also be lost to somebody else.
  const isAboutNames = wanted.username !== undefined && history.changes.some(({ by }) => by === undefined);
  const isHalfDone = runs[0]?.report.some((line) => line.userId === userId && line.temporaryName);
  if (first.length > 0 || isAboutNames || (run.verb === 'undo' && isHalfDone)) return [];
  return [`${run.verb}: row ${row} (user ${userId}) is a conflict, but nobody else has changed the user`];
}

function faultsOfMismatch({ world }: Played, run: Run, { row }: Outcome, { userId }: Expectation): string[] {
  if (world.history.others(userId, run.from).length > 0) return [];
  return [`${run.verb}: row ${row} (user ${userId}) is a mismatch, but nobody else has changed the user`];
}

/** No row but those of the canary is sent before it has passed. */
function faultsOfCanary(played: Played, run: Run): string[] {
  const { canary } = played.story.options;
  if (canary === 0) return [];
  return run.lives.flatMap(({ life }) => {
    const writes = sentBy(played, run).filter((write) => write.life === life);
    const early = writes.filter((write) => !run.confirmed.some((at) => at <= write.at));
    const users = new Set(early.map(({ userId }) => userId));
    if (users.size <= canary) return [];
    return [
      `${run.verb}: ${users.size} users were sent in life ${life} before the canary of ${canary} had passed`,
    ];
  });
}

/** A run comes to its end, and nothing but the story keeps it from that. What is no run has sent nothing. */
function faultsOfEnd(played: Played, run: Run): string[] {
  const { story } = played;
  const { verb, end, errors, stops, begunAnew } = run;
  const lost = sentBy(played, run).some(({ life }) => life <= (begunAnew.at(-1) ?? 0));
  if (lost) return [`${verb}: the run has sent, and what it left is no run`];
  if (run.isForged)
    return end === 'complete' ? [`${verb}: nobody has noticed that a line of the report was taken out`] : [];
  if (end !== 'left') return [];
  if (story.tampering || stops.length > 0) return [];
  // Somebody who is never to be changed has another name by now: nothing is sent then.
  if (errors.some((error) => String(error).includes('`exclude`')) && story.deeds.length > 0) return [];
  return [`${verb}: it does not come to its end: ${errors.map(String).join('; ')}`];
}

/** Who is in the network all the time is never said to be none of its users. */
function faultsOfProblems({ story, world, runs }: Played, run: Run): string[] {
  const { readLag = 0 } = story.world;
  const reported = run.verb === 'update' || run.verb === 'reconcile' ? run.report : [];
  const said = [
    ...run.problems.map(({ line, reason }) => [line - (story.input === 'csv' ? 1 : 0), reason] as const),
    ...reported.flatMap(({ row, status, message = '' }) =>
      status === 'invalid' ? [[row, message] as const] : [],
    ),
  ];
  return said.flatMap(([row, reason]) => {
    const wish = story.wishes[row - 1];
    if (!wish || !/is no (user of|username in) the network/.test(reason)) return [];
    const end = runs[runs.indexOf(run) + 1]?.from ?? world.clock.now;
    const versions = world.history.between(wish.userId, run.from - readLag, end);
    const isThere = versions.every(
      ({ user }) => user && (!wish.lookupUsername || user.username === wish.lookupUsername),
    );
    return isThere ? [`${run.verb}: row ${row} (user ${wish.userId}) is said to be about nobody`] : [];
  });
}

/** ms without a request after which a process that has something to do stands still. */
const STALL = 60_000;

function faultsOfStalls({ world }: Played): string[] {
  const origin = world.clock.trueTime - world.clock.now;
  const times = world.service.journal.requests.map(({ at }) => at - origin);
  return world.lives.flatMap(({ from, to }, index) => {
    const own = [from, ...times.filter((at) => at >= from && at <= to), to];
    const longest = Math.max(...own.slice(1).map((at, place) => at - (own[place] ?? 0)));
    return longest > STALL ? [`life ${index + 1} stands still for ${Math.round(longest)} ms`] : [];
  });
}

/** Nobody is left with a temporary username that the report does not tell of. */
function faultsOfTemporaryNames({ world, runs }: Played): string[] {
  // A run that cannot be resumed has nobody who tells of them.
  if (runs.some(({ end }) => end === 'left')) return [];
  return [...world.service.network.users.values()].flatMap(({ userId, username }) => {
    if (!isTemporary(username)) return [];
    const isTold = runs.some(({ report }) =>
      report.some(
        (line) =>
          line.userId === userId && line.temporaryName && line.message?.includes('temporary username'),
      ),
    );
    return isTold ? [] : [`user ${userId} has a temporary username, and no report says so`];
  });
}

function faultsOfExclusions({ story, world }: Played): string[] {
  const safe = new Set(
    story.users.filter(({ username = '' }) => story.excluded.includes(username)).map(({ userId }) => userId),
  );
  return world.history.changes.flatMap(({ by, userId }) =>
    by && safe.has(userId) ? [`user ${userId}, who is never to be changed, was changed`] : [],
  );
}

/** What a run has set is taken back, unless others have changed the user or the report says why not. */
function faultsOfUndo({ world, runs }: Played): string[] {
  const [main, undo] = runs;
  if (!main?.kept || undo?.verb !== 'undo' || undo.end !== 'complete') return [];
  return main.kept.flatMap(({ userId, row, userDetails, before }) => {
    const isOurs = world.history
      .of(userId)
      .some(({ by }) => by && main.lives.some(({ life }) => life === by.life));
    const user = world.service.network.users.get(userId);
    const isBack = (Object.keys(userDetails) as Value[]).every(
      (name) => before[name] == null || isLike(user?.[name], before[name]),
    );
    const isTold = undo.report.some((line) => line.userId === userId);
    if (!isOurs || isBack || isTold || world.history.others(userId, main.from).length > 0) return [];
    return [
      `undo: row ${row} (user ${userId}) was changed by the run and is neither as before nor in the report`,
    ];
  });
}

/** The same story, with and without processes that are killed, comes to the same. */
export function differences(story: readonly Wish[], struck: Played, calm: Played): string[] {
  const faults: string[] = [];
  const users = struck.world.service.network.users;
  for (const [userId, user] of calm.world.service.network.users) {
    const other = users.get(userId);
    for (const name of ['firstName', 'lastName', 'username', 'securityGroupIds'] as const)
      if (!isLike(user[name], other?.[name]))
        faults.push(`user ${userId} has another ${name} than without the kills`);
  }
  for (const [index, run] of calm.runs.entries()) {
    const lines = new Map(struck.runs[index]?.report.map((line) => [line.row, line]));
    for (const { row, status } of run.report) {
      const other = lines.get(row)?.status;
      if (other !== status && !(isDone(status) && isDone(other)))
        faults.push(`${run.verb}: row ${row} of ${story.length} is ${other}, without the kills ${status}`);
    }
  }
  return faults;
}

/** A row that was carried out without a line says so as well when it is found done. */
const isDone = (status: Outcome['status'] | undefined) => status === 'updated' || status === 'unchanged';

export type { SentWrite };
