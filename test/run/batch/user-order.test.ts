import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { withExitCode } from '../../../src/cli/exit-codes.js';
import { resumeRun } from '../../../src/index.js';
import { outcomes, reachOf, updateIn, useWorkplace, withoutReportMarks } from '../../workplace.js';

const place = useWorkplace();
const USERS = 20;
const EACH = 10;

/** Each user's rows, mingled with those of the others: the last name is the number of the row for that user. */
const mingled = () =>
  `userId,lastName\n${Array.from({ length: USERS * EACH }, (_, i) => `${10_000_001 + (i % USERS)},${Math.floor(i / USERS)}\n`).join('')}`;

it('rows for one user are sent in order and never at the same time', async () => {
  const emulator = await place.emulate({
    users: USERS,
    latency: 5,
    faults: [{ kinds: ['500', 'reset-after', 'throttle'], share: 0.1 }],
  });
  const summary = await updateIn(place, mingled(), { allowDuplicates: true }, emulator);
  expect(withExitCode(summary)).toMatchObject({ exitCode: 0, statuses: { updated: USERS * EACH } });
  for (let user = 10_000_001; user <= 10_000_000 + USERS; user += 1) {
    const sent = emulator.requests
      .filter(({ userId }) => userId === String(user))
      .map(({ body }) => Number((body as { userDetails: { lastName: string } }).userDetails.lastName));
    expect(sent).toEqual(sent.toSorted((a, b) => a - b));
    expect(new Set(sent).size).toBe(EACH);
  }
});

it('after a row that failed, the later ones for its user wait for it in the failed file, also over a resume', async () => {
  const emulator = await place.emulate({ users: 3 });
  const rows = ['10000001,A', '10000001,', '10000002,B', '10000001,C', '10000001,D'];
  emulator.setFaults([{ kind: 'echo', userId: '10000001', times: 1, after: 1 }]);
  const content = `userId,lastName,firstName\n${rows.map((row, i) => `${row},${i}\n`).join('')}`;
  const summary = await updateIn(place, content, { allowDuplicates: true, concurrency: 1 }, emulator);
  const byRow = (await outcomes(summary.report)).sort((a, b) => a.row - b.row);
  expect(byRow.map(({ errorCode }) => errorCode)).toEqual([
    undefined,
    'ValidationError',
    undefined,
    'EarlierRowFailed',
    'EarlierRowFailed',
  ]);
  expect(await readFile(place.path('run/failed.csv'), 'utf8')).toBe(
    'userId,lastName,firstName\n10000001,,1\n10000001,C,3\n10000001,D,4\n',
  );
  const lines = (await place.read('run/report.csv')).split('\n');
  await writeFile(place.path('run/report.csv'), lines.filter((line) => !/^[45],/.test(line)).join('\n'));
  await appendFile(place.path('run/report.csv'), '4,torn');
  await withoutReportMarks(place.path('run'));
  await writeFile(place.path('run/summary.json'), '{"statuses":{"unprocessed":2}}');
  const resumed = await resumeRun(place.path('run'), reachOf(emulator)).summary;
  expect(resumed.errors).toMatchObject({ ValidationError: 1, EarlierRowFailed: 2 });
});

it('a row that is invalid holds back no later row of its user, whether or not the run was resumed', async () => {
  const emulator = await place.emulate({ users: 2 });
  const content = 'userId,lastName,inviteCodeTtl\n10000001,A,\n10000001,B,soon\n10000001,C,\n10000001,D,\n';
  const options = { allowDuplicates: true, skipInvalid: true };
  const summary = await updateIn(place, content, options, emulator);
  expect(summary.statuses).toMatchObject({ updated: 3, invalid: 1 });
  const lines = (await place.read('run/report.csv')).split('\n');
  await writeFile(place.path('run/report.csv'), lines.filter((line) => !/^[34],/.test(line)).join('\n'));
  await withoutReportMarks(place.path('run'));
  await writeFile(place.path('run/summary.json'), '{"statuses":{"unprocessed":2}}');
  const resumed = await resumeRun(place.path('run'), reachOf(emulator)).summary;
  expect(resumed.statuses).toEqual(summary.statuses);
});

it('a row waits for an earlier one of its user that waits for others, also between the two steps of a swap', async () => {
  const emulator = await place.emulate({ users: 4 });
  const username = (userId: string) => emulator.users.get(userId)?.username;
  const content = [
    'userId,lastName,username',
    `10000001,A,${username('10000002')}`,
    '10000001,B,',
    '10000002,,new.name@example.com',
    `10000003,C,${username('10000004')}`,
    '10000003,D,',
    `10000004,,${username('10000003')}`,
    '',
  ].join('\n');
  const summary = await updateIn(
    place,
    content,
    { allowDuplicates: true, allowTemporaryNames: true, concurrency: 1 },
    emulator,
  );
  expect(summary.statuses.updated).toBe(6);
  expect(emulator.users.get('10000001')?.lastName).toBe('B');
  expect(emulator.users.get('10000003')?.lastName).toBe('D');
});
