/** Whose key signs what is sent: of the source that was named, or nobody's. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { firstOf, isLong } from '../length.js';
import { renames, until, useWorkplace } from '../workplace.js';
import { run, start } from './command.js';
import { type Setup, setups } from './credential-setups.js';
import { type FakeAws, key, keys, processOutput, startFakeAws } from './fake-aws.js';

const place = useWorkplace();
let aws: FakeAws;
beforeAll(async () => {
  aws = await startFakeAws();
});
afterAll(() => aws.close());
beforeEach(() => aws.reset());

const home = () => place.path('home');

async function writeAll(files: Setup['files'] = {}): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(home(), name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, filled(text));
  }
}

const filled = (text: string) => text.replaceAll('HOME', home()).replaceAll('URL/', `${aws.url}/`);

const environment = (env: Setup['env'] = {}): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  HOME: home(),
  AWS_REGION: 'us-east-1',
  AWS_ENDPOINT_URL_WICKR: aws.url,
  AWS_ENDPOINT_URL_STS: aws.url,
  AWS_ENDPOINT_URL_SSO: aws.url,
  AWS_EC2_METADATA_SERVICE_ENDPOINT: aws.url,
  ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value)])),
});

const update = (input: string, { args = [], env }: Pick<Setup, 'args' | 'env'>, folder = 'run') =>
  [
    ['update', input, '--network-id', '12345678', '--no-progress', '--out', place.path(folder), ...args],
    { env: environment(env) },
  ] as const;

describe('a set-up', () => {
  it.each(firstOf(2, setups))('$name', async (setup) => {
    await mkdir(home(), { recursive: true });
    await writeAll(setup.files);
    Object.assign(aws.behaviours, setup.behaviours);
    const { code, stderr } = await run(...update(await place.write('users.csv', renames(3)), setup));
    const { signer, says = /^$/ } = setup;
    expect({ code, signers: [...new Set(aws.wickr)] }, stderr).toEqual(
      signer === undefined ? { code: 6, signers: [] } : { code: 0, signers: [key(signer)] },
    );
    if (signer === undefined) expect(stderr).toMatch(says);
    else
      expect(stderr).toMatch(
        /^update .*\nnetwork {3}12345678 at .*\n( {10}.*\n)+account {3}arn:aws:iam::111122223333:user\/.*\n( {10}.*\n)*changes .*\ntime .*\nundo .*\n$/,
      );
    expect(stderr).not.toMatch(/AKIA|secretsecret|at .*\.js/);
    const asked = aws.sts.filter((line) => !line.startsWith('GetCallerIdentity'));
    expect([...new Set(asked)]).toEqual(setup.sts ?? []);
    if (signer !== undefined) expect(aws.sts).toContain(`GetCallerIdentity ${key(signer)}`);
  });

  it('is one of many', () => {
    expect(setups.length).toBeGreaterThan(40);
    expect(new Set(setups.map(({ name }) => name)).size).toBe(setups.length);
  });
});

const profileOf = (name: string, text: string) => ({ '.aws/config': `[profile ${name}]\n${text}\n` });
const hr = ['--profile', 'hr'];
const rows = 40;
const users = () => place.write('users.csv', renames(rows));
const summaryIn = async (folder: string) => JSON.parse(await place.read(`${folder}/summary.json`));
/** Locks of networks and runs that are held. */
const locks = async (): Promise<string[]> => {
  const found = await readdir(place.folder, { recursive: true });
  return found.filter((name) => /lock/.test(name) && !name.endsWith('locks'));
};

describe('in mid-run', () => {
  beforeEach(() => mkdir(home(), { recursive: true }));

  /** A process that gives the keys of its file, and fails without one. */
  const byProcess = profileOf('hr', `credential_process = sh -c 'echo x >>HOME/started; cat HOME/keys'`);
  const keysAre = (name: string, life?: number) => writeAll({ keys: processOutput(name, life) });
  const started = async () => (await place.read('home/started')).length / 2;

  it.runIf(isLong)('a process that fails stops the run: nobody else signs, and nothing is lost', async () => {
    await writeAll(byProcess);
    await keysAre('HR');
    aws.refuses = () => {
      if (aws.wickr.length < 20) return false;
      rmSync(join(home(), 'keys'), { force: true });
      return true;
    };
    const { code, stderr, stdout } = await run(...update(await users(), { args: hr }));
    expect({ code, signers: [...new Set(aws.wickr)] }, stderr).toEqual({ code: 6, signers: [key('HR')] });
    expect(stdout).toMatch(
      /refused the credentials.*no others: no credentials from profile hr.*No such file/,
    );
    const { statuses } = await summaryIn('run');
    expect(statuses.updated + statuses.unprocessed).toBe(rows);
    expect(statuses.unprocessed).toBeGreaterThan(0);
  });

  it('a file of keys that was rewritten is read again', async () => {
    await writeAll({ '.aws/credentials': `[hr]\n${keys('OLD')}` });
    aws.refuses = (signer) => {
      if (signer !== key('OLD') || aws.wickr.length < 20) return false;
      writeFileSync(join(home(), '.aws/credentials'), `[hr]\n${keys('NEW')}`);
      return true;
    };
    aws.arns[key('OLD')] = aws.arns[key('NEW')] = 'arn:aws:iam::111122223333:user/hr';
    const { code, stderr } = await run(...update(await users(), { args: hr }));
    expect({ code, signers: [...new Set(aws.wickr)] }, stderr).toEqual({
      code: 0,
      signers: [key('OLD'), key('NEW')],
    });
  });

  it.each(
    firstOf(1, [
      [
        'another account',
        'arn:aws:iam::444455556666:user/hr',
        /of AWS account 444455556666 .*not 111122223333/,
      ],
      ['another user', 'arn:aws:iam::111122223333:user/it', /of arn:.*user\/it, not arn:.*user\/hr/],
    ]),
  )('new keys of %s are not used', async (_, arn, says) => {
    await writeAll(byProcess);
    await keysAre('HR');
    aws.arns[key('HR')] = 'arn:aws:iam::111122223333:user/hr';
    aws.arns[key('IT')] = arn;
    aws.refuses = () => {
      if (aws.wickr.length < 20) return false;
      writeFileSync(join(home(), 'keys'), processOutput('IT'));
      return true;
    };
    const { code, stdout } = await run(...update(await users(), { args: hr }));
    expect({ code, signers: [...new Set(aws.wickr)] }, stdout).toEqual({ code: 6, signers: [key('HR')] });
    expect(stdout).toMatch(says);
  });

  it.runIf(isLong)('a process whose keys end soon is not started at each request', async () => {
    await writeAll(byProcess);
    await keysAre('HR', 240_000);
    expect((await run(...update(await users(), { args: hr }))).code).toBe(0);
    expect(aws.wickr.length).toBe(rows);
    expect(await started()).toBe(1);
  });
});

describe('a run that goes on', () => {
  beforeEach(() => mkdir(home(), { recursive: true }));
  const both = { '.aws/credentials': `[hr]\n${keys('HR')}[it]\n${keys('IT')}` };
  const again = (command: string, args: readonly string[], env: Setup['env'] = {}) =>
    run([command, place.path('run'), '--no-progress', ...args], { env: environment(env) });

  /** A run that is stopped after some rows, as the profile that AWS_PROFILE names. */
  async function stopped(): Promise<void> {
    await writeAll(both);
    aws.refuses = () => aws.wickr.length >= 20;
    expect((await run(...update(await users(), { env: { AWS_PROFILE: 'hr' } }))).code).toBe(6);
    aws.refuses = () => false;
    aws.wickr.length = 0;
  }

  it.runIf(isLong)('keeps the profile that AWS_PROFILE named', async () => {
    await stopped();
    const { identity } = JSON.parse(await place.read('run/run.json'));
    expect(identity).toMatchObject({ profile: 'hr', by: 'AWS_PROFILE', account: '111122223333' });
    const { code, stderr } = await again('resume', [], { AWS_PROFILE: 'it' });
    expect({ code, signers: [...new Set(aws.wickr)] }, stderr).toEqual({ code: 0, signers: [key('HR')] });
    expect((await summaryIn('run')).identity).toMatchObject({ profile: 'hr' });
  });

  it.runIf(isLong)(
    'does not go on in another account, and as somebody else only if that is said',
    async () => {
      await stopped();
      await writeAll({
        '.aws/credentials': both['.aws/credentials'].replace('[hr]', '[old]').replace('[it]', '[hr]'),
      });
      const refused = await again('resume', []);
      expect(refused.code).toBe(6);
      expect(refused.stderr).toMatch(
        /of arn:.*user\/IT0*, not arn:.*user\/HR0*: the run was started with those/,
      );
      aws.accounts[key('IT')] = '444455556666';
      for (const command of ['resume', 'retry']) {
        const { code, stderr } = await again(command, [
          '--other-identity',
          ...(command === 'retry' ? ['--out', place.path('second')] : []),
        ]);
        expect({ code, requests: aws.wickr.length }, stderr).toEqual({ code: 6, requests: 0 });
        expect(stderr).toMatch(/of AWS account 444455556666 .*not 111122223333/);
      }
      delete aws.accounts[key('IT')];
      const { code, stderr } = await again('resume', ['--other-identity']);
      expect({ code, signers: [...new Set(aws.wickr)] }, stderr).toEqual({ code: 0, signers: [key('IT')] });
    },
  );
});

describe('what hangs', () => {
  beforeEach(() => mkdir(home(), { recursive: true }));
  const base = { '.aws/credentials': `[base]\n${keys('BASE')}` };
  const role = 'role_arn = arn:aws:iam::111122223333:role/ROLE\nsource_profile = base\n';

  it.each<[string, Setup['files'], 'sts' | 'process']>(
    firstOf(1, [
      ['an STS', { ...base, ...profileOf('hr', role) }, 'sts'],
      [
        'a process',
        profileOf('hr', `credential_process = sh -c 'echo >HOME/started; sleep 1000'`),
        'process',
      ],
    ]),
  )('%s: a signal ends the wait, and no lock stays', async (_, files, what) => {
    await writeAll(files);
    aws.behaviours.sts = 'hang';
    const { child, ended } = start(...update(await users(), { args: hr }));
    if (what === 'sts') await aws.asked('sts');
    else await until(() => existsSync(join(home(), 'started')));
    child.kill('SIGTERM');
    const { code, stderr } = await ended;
    expect({ code, sent: aws.wickr.length }, stderr).toEqual({ code: 143, sent: 0 });
    expect(await locks()).toEqual([]);
  });

  it.runIf(isLong)('in a run that goes on: a signal ends the wait, and no lock stays', async () => {
    await writeAll({ ...base, ...profileOf('hr', role) });
    aws.refuses = () => aws.wickr.length >= 20;
    await run(...update(await users(), { args: hr }));
    aws.behaviours.sts = 'hang';
    const { child, ended } = start(['resume', place.path('run'), '--no-progress'], { env: environment() });
    await aws.asked('sts');
    expect((await locks()).length).toBe(2);
    child.kill('SIGTERM');
    const { code, stderr } = await ended;
    expect(code, stderr).toBe(143);
    expect(await locks()).toEqual([]);
  });

  it.runIf(isLong)('an STS that never says who the caller is costs some seconds and is told', async () => {
    await writeAll({ '.aws/credentials': `[hr]\n${keys('HR')}` });
    aws.behaviours.caller = 'hang';
    const { code, stderr } = await run(...update(await users(), { args: hr }));
    expect(code).toBe(0);
    expect(stderr).toContain('account   not known, as STS did not answer (profile hr (access keys))');
  });
});

it.runIf(isLong)('--log-level debug shows what is behind an error', async () => {
  await mkdir(home(), { recursive: true });
  await writeAll(profileOf('hr', 'credential_process = exit 7'));
  const { code, stderr } = await run(...update(await users(), { args: [...hr, '--log-level', 'debug'] }));
  expect(code).toBe(6);
  const line = stderr.split('\n').find((text) => text.includes('"msg":"cause"')) ?? '{}';
  expect(JSON.parse(line)).toMatchObject({
    level: 20,
    error: 'CredentialsError',
    causes: [{ name: 'ProcessError' }, {}],
  });
});
