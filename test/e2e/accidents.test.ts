/** What people meet who have an accident: the whole screen of each, which has to say at once what happened and what to do. */
import { mkdir, readdir, rename } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { isLong } from '../length.js';
import { environmentOf, renames, useWorkplace } from '../workplace.js';
import { type Circumstances, type Ended, run, start } from './command.js';

const place = useWorkplace();
const network = ['--network-id', '12345678'];
const plain = ['update', 'users.csv', ...network];

interface Accident {
  readonly name: string;
  /** What the two lines have to name, within the width of a terminal. */
  readonly cause: RegExp;
  readonly step: RegExp;
  readonly code: number;
  readonly happen: () => Promise<{ args: readonly string[]; ended: Ended }>;
}

/** The command beside the files, as a user has it. */
async function command(args: readonly string[], emulator: Emulator, more: Circumstances = {}) {
  const { env = {}, ...circumstances } = more;
  const given = { ...environmentOf(emulator, place.folder), ...env };
  const cwd = place.path('work');
  const ended = await run([...args], { asGiven: true, ...circumstances, env: given, cwd });
  return { args, ended };
}

/** @param content of the file, by default as many renames as the network has users, the first `rows` of them */
async function desk({ rows = 3, content = renames(rows) }: { rows?: number; content?: string }) {
  await mkdir(place.path('work'), { recursive: true });
  await place.write('work/users.csv', content);
}

type Options = Parameters<typeof place.emulate>[0];
interface Setting extends Circumstances {
  readonly rows?: number;
  readonly content?: string;
  readonly emulator?: Options;
}

const happens =
  (args: readonly string[], { rows, content, emulator: options, ...circumstances }: Setting = {}) =>
  async () => {
    const emulator = await place.emulate({ users: 1200, ...options });
    await desk({ ...(rows !== undefined && { rows }), ...(content !== undefined && { content }) });
    return command(args, emulator, circumstances);
  };

const blind = '--no-keep-before';
const MANY = 600;
const rightNetwork = /Is it the right network/;
const patience = ['--outage-patience', '2', '--max-attempts', '2'];

const elsewhere: readonly Accident[] = (
  [
    ['wrong-network', [], 3, 2],
    ['wrong-network-of-many', [], MANY, 1],
    ['wrong-network-blind', [blind], 3, 3],
    ['wrong-network-blind-of-many', [blind], MANY, 4],
    ['wrong-network-blind-canary', [blind, '--canary', '2'], MANY, 4],
  ] as const
).map(([name, flags, rows, code]) => ({
  ...{
    name,
    cause: /network( \d+ \(|;| was not found)/,
    step: rightNetwork,
    code,
  },
  happen: happens(['update', 'users.csv', '--network-id', '87654321', ...flags], { rows }),
}));

const wrongRegion = {
  ...{ cause: /wrong region/, step: /--region/, code: 6 },
  env: { AWS_REGION: 'eu-west-2' },
};

const noPermission: readonly Accident[] = (
  [
    ['no-permission', 'UpdateUser', [], 3],
    ['no-permission-to-read', 'GetUser', [], 3],
    ['no-permission-to-list', 'ListUsers', [], MANY],
    ['no-permission-blind-of-many', 'UpdateUser', [blind], MANY],
  ] as const
).map(([name, operation, flags, rows]) => ({
  ...{ name, cause: new RegExp(`may not call wickr:${operation}`), code: 6 },
  step: new RegExp(`allow wickr:${operation}`),
  happen: happens([...plain, ...flags], { rows, emulator: { faults: [{ kind: '403', operation }] } }),
}));

const expired: readonly Accident[] = (
  [
    ['expired-keys', []],
    ['expired-keys-blind', [blind]],
  ] as const
).map(([name, flags]) => ({
  ...{ name, cause: /the credentials have expired/, step: /Renew them \("aws sso login"/, code: 6 },
  happen: async () => {
    const emulator = await place.emulate({ users: 3 });
    emulator.expireCredentials();
    await desk({ rows: 3 });
    return command([...plain, ...flags], emulator);
  },
}));

const portal: readonly Accident[] = (
  [
    ['proxy-portal', [], 4],
    ['proxy-portal-blind', [blind], 4],
  ] as const
).map(([name, flags, code]) => ({
  ...{ name, cause: /something else answers in place of the service/, code },
  step: /Open any page in a browser/,
  happen: happens([...plain, ...patience, ...flags], {
    emulator: { faults: [{ kind: 'html', operation: 'any' }] },
  }),
}));

const accidents: readonly Accident[] = [
  ...elsewhere,
  { ...wrongRegion, name: 'wrong-region', happen: happens(plain, wrongRegion) },
  {
    ...wrongRegion,
    name: 'wrong-region-blind-of-many',
    happen: happens([...plain, blind], { ...wrongRegion, rows: MANY }),
  },
  {
    ...{ name: 'wrong-profile', cause: /profile hr.* does not exist/, step: /list-profiles/, code: 6 },
    happen: happens([...plain, '--profile', 'hr']),
  },
  {
    ...{ name: 'unknown-group', cause: /the group is /, step: /Correct them/, code: 2 },
    happen: happens(plain, { content: 'userId,securityGroupNames\n10000001,Salez\n10000002,EMEA\n' }),
  },
  {
    ...{
      name: 'unknown-group-blind-of-many',
      cause: /the group is no group/,
      step: /Correct them/,
      code: 2,
    },
    happen: happens([...plain, blind], {
      content: `userId,securityGroupIds\n${Array.from({ length: MANY }, (_, i) => `${10_000_001 + i},Nowhere1\n`).join('')}`,
    }),
  },
  {
    ...{ name: 'no-file', cause: /no input file users\.cvs/, step: /Is it users\.csv\?/, code: 2 },
    happen: happens(['update', 'users.cvs', ...network]),
  },
  {
    ...{ name: 'unknown-column', cause: /unknown column.*"fristName"/, code: 2 },
    step: /--map "fristName=firstName"/,
    happen: happens(plain, { content: 'userId,fristName\n10000001,Ann\n' }),
  },
  ...expired,
  ...noPermission,
  {
    ...{
      name: 'service-down',
      cause: /the service cannot be reached/,
      step: /Check --endpoint-url/,
      code: 4,
    },
    happen: happens([...plain, ...patience], { env: { AWS_ENDPOINT_URL_WICKR: 'http://127.0.0.1:9' } }),
  },
  {
    ...{ name: 'service-down-in-mid-run', cause: /the service has been down/, code: 4 },
    step: /Resume the run when the service is back/,
    happen: happens([...plain, '--outage-patience', '2'], {
      rows: 100,
      emulator: { faults: [{ kind: '503', after: 50 }] },
    }),
  },
  ...portal,
  {
    ...{ name: 'cap', cause: /3 users would be changed, and --max-changes allows 2/, code: 4 },
    step: /raise --max-changes/,
    happen: happens([...plain, '--max-changes', '2']),
  },
  {
    ...{ name: 'full-disk', cause: /no room/, step: /Make room.*wickr-bulk resume/, code: 1 },
    happen: happens([...plain, blind, '--rate', '2000'], {
      rows: 1000,
      emulator: { latency: 5 },
      through: ['sh', '-c', `trap '' XFSZ; ulimit -f 80; exec "$0" "$@"`],
    }),
  },
  {
    ...{ name: 'held-lock', cause: /another run works on network 12345678/, code: 5 },
    step: /Wait for it to end/,
    happen: async () => {
      const { emulator, first } = await underWay();
      const second = await command(plain, emulator);
      first.child.kill('SIGKILL');
      await first.ended;
      return second;
    },
  },
  {
    ...{ name: 'moved-input', cause: /input is not at/, step: /Put it back, or say with --input/, code: 2 },
    happen: async () => {
      const { emulator, first } = await underWay();
      first.child.kill('SIGINT');
      await first.ended;
      await rename(place.path('work/users.csv'), place.path('work/moved.csv'));
      return command(['resume', '--last'], emulator);
    },
  },
  {
    ...{ name: 'killed-run', cause: /stopped: its process was killed/, code: 0 },
    step: /continue it: wickr-bulk resume/,
    happen: async () => {
      const { emulator, first } = await underWay();
      first.child.kill('SIGKILL');
      await first.ended;
      return command(['status', '--last'], emulator);
    },
  },
];

/** A run that has sent a few of its rows and goes on. */
async function underWay() {
  const emulator = await place.emulate({ users: 400 });
  await desk({ rows: 400 });
  const env = environmentOf(emulator, place.folder);
  const first = start([...plain, '--rate', '10', blind], { env, cwd: place.path('work') });
  await emulator.arrival(5);
  return { emulator, first };
}

/** What differs from one run to the next. */
const variable: readonly (readonly [RegExp, string])[] = [
  [/127\.0\.0\.1:\d+/g, 'HOST'],
  [/\d{4}-\d\d-\d\dT\d{6}Z/g, 'TIME'],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME'],
  [/process \d+ on [^\s:]+/g, 'process 4711 on host'],
  [/[\d.]+ rows\/s(, \d.*)?/g, 'RATE rows/s'],
  [/\d+-[0-9a-f]{12}\.lock/g, 'NETWORK.lock'],
  // How far a run has come when something happens to it.
  [/[1-9]\d* of 400 rows \(\d+ %\): \d+ updated/g, 'SOME of 400 rows (N %): SOME updated'],
  [/[1-9]\d* of 400 rows, \d+ updated/g, 'SOME of 400 rows, SOME updated'],
  [/(?<=not on the disk: )[\d, -]+/g, 'ROWS'],
  [/(?<=^ {2})\d+ (unprocessed: .*), lines? .*/gm, 'SOME $1, LINES'],
  // As many as were on their way when the run was stopped.
  [/(?<=^600 rows: )\d+ failed, \d+ unprocessed/gm, 'SOME failed, SOME unprocessed'],
  [/(?<=^ {2})\d+ (failed: .*), lines .*/gm, 'SOME $1, LINES'],
  [/^\d+ requests?, 0 throttled/gm, 'SOME requests, 0 throttled'],
];

function masked(text: string): string {
  const here = text.replaceAll(place.path('work'), 'FOLDER').replaceAll(place.folder, 'HOME');
  return variable.reduce((masking, [pattern, word]) => masking.replace(pattern, word), here);
}

const COLUMNS = 80;
/** What a command says last: of a run its summary, else its error. */
const endingScreen = ({ stdout, stderr }: Ended): string[] =>
  masked(stdout === '' ? (stderr.split(/^(?=wickr-bulk: (?!network \d))/m).at(-1) ?? '') : stdout).split(
    '\n',
  );

/** One accident of each kind that takes a moment: of the network, the service, the rights, the file and the amount. */
const quick = new Set([...['wrong-network', 'no-permission', 'cap']]);

it.each(accidents.filter(({ name }) => isLong || quick.has(name)))(
  '$name: the first two lines of the ending screen say what happened and what to do',
  async ({ name, cause, step, code, happen }) => {
    const { args, ended } = await happen();
    const screen = masked(`${ended.stderr}${ended.stdout}`);
    await expect(`$ wickr-bulk ${args.join(' ')}\n${screen}(exit code ${ended.code})\n`).toMatchFileSnapshot(
      fileURLToPath(new URL(`accidents/${name}.txt`, import.meta.url)),
    );
    const [first = '', second = ''] = endingScreen(ended);
    expect(first.slice(0, COLUMNS)).toMatch(cause);
    expect(second.slice(0, COLUMNS)).toMatch(step);
    expect(ended.code).toBe(code);
    expect(screen).not.toMatch(/^ +at |First \d|Last, \d/m);
  },
);

it('every screen that is kept is that of an accident, fifteen of them at least', async () => {
  const kept = await readdir(fileURLToPath(new URL('accidents', import.meta.url)));
  expect(kept.toSorted()).toEqual(accidents.map(({ name }) => `${name}.txt`).toSorted());
  expect(accidents.length).toBeGreaterThanOrEqual(15);
});
