/** The recipe for joiners and leavers, night by night, as cron would run it: each exit code is told to somebody else. */

import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { lockNetwork } from '../../src/run/lock/lock.js';
import { isLong } from '../length.js';
import { environmentOf, lockTerms, useWorkplace } from '../workplace.js';
import { main } from './command.js';

const place = useWorkplace();
const recipes = await readFile(fileURLToPath(new URL('../../docs/recipes.md', import.meta.url)), 'utf8');
const [, recipe = ''] = /## Joiners and leavers\n[\s\S]*?```sh\n([\s\S]*?)```/.exec(recipes) ?? [];

const users = Array.from({ length: 60 }, (_, i) => ({
  userId: String(10_000_001 + i),
  username: `user${i + 1}@example.com`,
  firstName: `First${i + 1}`,
  lastName: 'Last',
}));

/** A night after the other: the file that HR has left, and what became of it. */
async function nights() {
  const emulator = await place.emulate({ users });
  await mkdir(place.path('bin'));
  await mkdir(place.path('hr'));
  await mkdir(place.path('wickr'));
  await place.write('wickr/keep.txt', 'user60@example.com\n');
  const program = async (name: string, text: string) => {
    await writeFile(place.path(`bin/${name}`), `#!/bin/sh\n${text}\n`);
    await chmod(place.path(`bin/${name}`), 0o755);
  };
  await program('wickr-bulk', `exec "${process.execPath}" "${main}" "$@"`);
  // Two nights can be in one second here.
  await program('date', `n=$(ls "${place.path('wickr')}/nights" 2>/dev/null | grep -c log); echo "night-$n"`);
  await program('mail', `{ echo "to $3: $2"; cat; echo; } >> "${place.path('mails')}"`);
  await program(
    'wickr-nightly',
    recipe
      .replace(/^#!.*\n/, '')
      .replaceAll('/var/lib/wickr', place.path('wickr'))
      .replaceAll('/srv/hr', place.path('hr')),
  );
  const night = async (rows: readonly string[], env: Record<string, string> = {}) => {
    await place.write('hr/users.csv', `Work Email,First Name\n${rows.map((row) => `${row}\n`).join('')}`);
    await place.write('mails', '');
    const told = environmentOf(emulator, place.folder);
    const options = {
      env: {
        ...told,
        PATH: `${place.path('bin')}:${told.PATH}`,
        XDG_STATE_HOME: place.path('state'),
        ...env,
      },
    };
    const code = await new Promise((resolve) =>
      execFile(place.path('bin/wickr-nightly'), options, (error) => resolve(error?.code ?? 0)),
    );
    const mails = await place.read('mails');
    const subjects = [...mails.matchAll(/^to (\w+)@example\.com: Wickr, this night: (.*)$/gm)];
    return { code, mails, told: subjects.map(([, to, what]) => `${to}: ${what}`) };
  };
  return { emulator, night };
}

const row = (n: number, name = `First${n}`) => `user${n}@example.com,${name}`;
const rows = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => row(from + i));
const sent = ({ counts }: Emulator) => counts.UpdateUser ?? 0;

it.runIf(isLong)('a file with joiners and leavers, then with nothing new, then the accidents', async () => {
  const { emulator, night } = await nights();
  // HR has a new name for one, two who are not there, and no more the 57th to 59th; nobody asks for the 60th.
  const first = await night([...rows(2, 56), row(1, 'Renamed'), row(61), row(62)]);
  expect([first.code, first.told, sent(emulator)]).toEqual([0, ['wickr: joiners', 'wickr: leavers'], 1]);
  expect(first.mails).toContain(
    'Work Email,First Name\nuser61@example.com,First61\nuser62@example.com,First62\n',
  );
  expect(first.mails.match(/^1000\d+,.*$/gm)?.sort()).toEqual([
    '10000057,user57@example.com',
    '10000058,user58@example.com',
    '10000059,user59@example.com',
  ]);

  // They are invited and suspended.
  for (const n of [61, 62])
    emulator.add({ userId: String(10_000_000 + n), username: `user${n}@example.com`, status: 1 });
  for (const n of [57, 58, 59]) {
    const userId = String(10_000_000 + n);
    const user = users[n - 1];
    emulator.remove(userId);
    emulator.add({ ...user, userId, suspended: true });
  }
  const everybody = [...rows(2, 56), row(1, 'Renamed'), row(61), row(62)];
  const second = await night(everybody);
  expect([second.code, second.told, sent(emulator)]).toEqual([0, [], 3]);
  const third = await night(everybody);
  expect([third.code, third.told, sent(emulator)]).toEqual([0, [], 3]);

  const accidents: [number, string, readonly string[], Record<string, string>?][] = [
    [2, 'hr: the file was refused, nobody was changed', [...everybody, row(1, '#REF!')]],
    [4, 'wickr: a cap or a breaker stopped it, see nights/night-4', rows(1, 30)],
    [4, 'wickr: a cap or a breaker stopped it, see nights/night-5', everybody.map((each) => `other-${each}`)],
    [6, 'aws: credentials', everybody, { AWS_SECRET_ACCESS_KEY: 'wrong' }],
  ];
  for (const [code, message, file, env] of accidents) {
    const accident = await night(file, env);
    expect([accident.code, accident.told, sent(emulator)]).toEqual([code, [message], 3]);
  }

  emulator.setFaults([{ kind: 'refused', userId: '10000002' }]);
  const refused = await night([...everybody.slice(1), row(2, 'Refused')]);
  expect([refused.code, refused.told]).toEqual([
    3,
    ['wickr: some rows failed, see nights/night-7/failed.csv'],
  ]);
  emulator.setFaults([]);

  const locks = place.path('state/wickr-bulk/locks');
  const held = await lockNetwork(locks, new URL(emulator.url), emulator.networkId, lockTerms());
  const locked = await night(everybody);
  await held.release();
  expect([locked.code, locked.told]).toEqual([5, ['wickr: another run is still at work']]);
});
