/** Sessions with a second factor, as the AWS CLI keeps them: the names of the files are botocore 1.43's own. */
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withSecondFactor } from '../../../src/wickr/sources/assume-role.js';
import { cacheKey, keptSession, sessionPath } from '../../../src/wickr/sources/mfa-session.js';

const role = { arn: 'arn:aws:iam::111122223333:role/Hr', mfaSerial: 'arn:aws:iam::111122223333:mfa/me' };
const base = {
  kind: 'keys',
  profile: 'base',
  credentials: { accessKeyId: 'A', secretAccessKey: 's' },
} as const;
const source = { kind: 'assume-role', profile: 'hr', role, with: base } as const;
const HOUR = 3_600_000;

it('a file is named as botocore names it', () => {
  expect(cacheKey(role)).toBe('7109880ab6a20d26fb8e9291663dd290efac2384');
  expect(cacheKey({ ...role, sessionName: 'jürgen', externalId: 'x"y', duration: 3600 })).toBe(
    '9701922cef1f33f11acf987a4a355add6c2ac4a1',
  );
});

describe('a session', () => {
  let env: { HOME: string };
  beforeEach(async () => {
    env = { HOME: await mkdtemp(join(tmpdir(), 'wickr-bulk-')) };
  });
  afterEach(() => rm(env.HOME, { recursive: true, force: true }));

  const session = (life: number) => ({
    ...{ accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 't', accountId: '111122223333' },
    expiration: new Date(Math.floor((Date.now() + life) / 1000) * 1000),
  });

  it('is opened with one code and then kept, for its owner alone', async () => {
    const asked: string[] = [];
    const open = () =>
      withSecondFactor(
        source,
        env,
        async () => ' 123456\n',
        async (code) => {
          asked.push(code);
          return session(HOUR);
        },
      );
    const first = await open();
    expect(await open()).toEqual(first);
    expect(asked).toEqual(['123456']);
    const path = sessionPath(role, env);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(path).toBe(join(env.HOME, '.aws/cli/cache/7109880ab6a20d26fb8e9291663dd290efac2384.json'));
    expect(JSON.parse(await readFile(path, 'utf8')).Credentials).toEqual({
      ...{ AccessKeyId: 'ASIA', SecretAccessKey: 's', SessionToken: 't', AccountId: '111122223333' },
      Expiration: first.expiration?.toISOString().replace('.000Z', 'UTC'),
    });
  });

  it.each([
    ['an hour, as the AWS CLI writes it', HOUR, 'UTC', true],
    ['an hour, with an offset', HOUR, '+00:00', true],
    ['ten minutes', HOUR / 6, 'UTC', false],
  ])('of the AWS CLI that lasts %s is used: %s', async (_, life, zone, isUsed) => {
    const path = sessionPath(role, env);
    await mkdir(dirname(path), { recursive: true });
    const Expiration = new Date(Date.now() + life).toISOString().replace(/\.\d+Z$/, zone);
    const Credentials = { AccessKeyId: 'ASIA', SecretAccessKey: 's', SessionToken: 't', Expiration };
    await writeFile(path, JSON.stringify({ Credentials, AssumedRoleUser: {}, ResponseMetadata: {} }));
    expect((await keptSession(path, Date.now()))?.accessKeyId).toBe(isUsed ? 'ASIA' : undefined);
  });

  it('needs somebody to ask, and digits', async () => {
    const never = () => Promise.reject(new Error('STS is asked without a code'));
    await expect(withSecondFactor(source, env, undefined, never)).rejects.toThrow('no terminal to ask on');
    await expect(withSecondFactor(source, env, async () => '', never)).rejects.toThrow(
      'what was given is none',
    );
  });
});
