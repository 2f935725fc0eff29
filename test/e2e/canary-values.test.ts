/** What the built command shows, logs and leaves holds no value and no key, whatever the level of the log. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { conditions, former, Gossip, keys, leaked, wanted } from '../canary-values.js';
import { firstOf } from '../length.js';
import { environmentOf, useWorkplace } from '../workplace.js';
import { run } from './command.js';

const place = useWorkplace();
const gossips: Gossip[] = [];
afterEach(() => {
  for (const gossip of gossips.splice(0)) gossip.close();
});

/** Files whose purpose the values are. */
const FOR_VALUES =
  /(^|\/)(failed\.(?:csv|jsonl)|rules\.json|before\.jsonl|lookups\.csv|plan\.jsonl|export\.csv|given\/.*)$/;

async function leftIn(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const shown = files.filter((path) => !FOR_VALUES.test(path));
  return (await Promise.all(shown.map((path) => readFile(path, 'utf8')))).join('\n');
}

/** Command lines, and which of them the service answers as it should. The first ones alone make sense by themselves. */
const story: readonly (readonly [verb: string, exit: number, args: readonly string[], isTrue?: true])[] = [
  [
    'update',
    3,
    ['given/users.csv', '--where', `Works=${conditions.where}`, '--out', 'blind', '--canary', '0'],
  ],
  [
    'update',
    4,
    [
      ...['given/users.csv', '--out', 'stopped', '--keep-before', '--canary', '1', '--json'],
      ...['--metrics-file', 'job.prom'],
    ],
  ],
  ['retry', 3, ['blind', '--out', 'again']],
  ['resume', 4, ['stopped']],
  ['validate', 2, ['given/wrong.csv']],
  ['plan', 0, ['given/users.csv', '--out', 'plan.jsonl', '--redact']],
  ['apply', 3, ['plan.jsonl', '--out', 'applied']],
  ['reconcile', 3, ['given/users.csv', '--max-changes', '9', '--max-renames', '9', '--out', 'nightly']],
  ['update', 0, ['given/users.csv', '--out', 'done', '--keep-before', '--verify', '100%'], true],
  ['undo', 3, ['done', '--out', 'undone']],
  ['status', 0, ['undone']],
  ['export', 0, ['--out', 'export.csv']],
];
const quiet = ['validate', 'status'];
const reading = ['update', 'validate', 'plan', 'reconcile'];

it.each(
  firstOf(1, [
    ['trace', '--log-file'],
    ...['trace', 'debug', 'info', 'warn', 'error', 'silent'].map((level) => [level, ''] as const),
  ] as const),
)('no value and no key is on the screen or on the disk with --log-level %s %s', async (level, toFile) => {
  const users = former.map((person) => ({ ...person, securityGroupIds: [] }));
  const emulator = await place.emulate({ users, credentials: keys });
  const gossip = await new Gossip(emulator).open();
  gossips.push(gossip);
  await mkdir(place.path('given'));
  const lines = wanted.map(
    (one) => `${one.userId},${one.firstName},${one.lastName},${one.username},${conditions.where}\n`,
  );
  const input = `userId,firstName,lastName,username,Works\n${lines.join('')}`;
  await place.write('given/users.csv', input);
  await place.write('given/wrong.csv', `${input}${lines[0]}${lines[1]?.replace('1000', 'x')}`);
  const env = {
    ...environmentOf(emulator, place.path('home')),
    AWS_ENDPOINT_URL_WICKR: gossip.url,
    AWS_SESSION_TOKEN: keys.sessionToken,
  };
  let said = '';
  for (const [verb, exit, args, isTrue = false] of firstOf(2, story)) {
    gossip.isRefusing = !isTrue;
    const log = quiet.includes(verb) ? [] : ['--log-level', level, ...(toFile ? [toFile, 'log'] : [])];
    const given = reading.includes(verb) ? ['--ignore-unknown-columns'] : [];
    const network = [...reading, 'export'].includes(verb) ? ['--network-id', '12345678'] : [];
    const { code, stdout, stderr } = await run([verb, ...args, ...log, ...given, ...network], {
      env,
      cwd: place.folder,
    });
    expect([verb, code], stderr).toEqual([verb, exit]);
    said += `${stdout}\n${stderr}\n`;
  }
  expect(said).toContain('unprocessed');
  expect(await place.read('job.prom')).toContain('wickr_bulk_last_exit_code');
  expect(await place.read('stopped/metrics.jsonl')).toContain('"requests":');
  if (toFile) expect(await place.read('log')).toContain('"level":10');
  expect(leaked(said + (await leftIn(place.folder)))).toEqual([]);
});
