/** The built command behind a company's proxy: who sees what, and what the proxy's password is never in. */
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { type ForwardProxy, type ForwardProxyOptions, forwardProxy, tlsFront } from '../forward-proxy.js';
import { firstOf, isLong } from '../length.js';
import { authority } from '../wickr/own-authority.js';
import { environmentOf, notRenamed, renames, useWorkplace } from '../workplace.js';
import { type Ended, run } from './command.js';
import { key, ssoToken, ssoTokenFile, startFakeAws } from './fake-aws.js';

const place = useWorkplace();

const WICKR = 'admin.wickr.us-east-1.amazonaws.com:443';
const STS = 'sts.us-east-1.amazonaws.com:443';
const SSO = 'portal.sso.us-east-1.amazonaws.com:443';
const PASSWORD = 'pr0xy-s3cret';

/** An STS that knows everybody. */
async function startSts(): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const identity =
      '<Arn>arn:aws:iam::123456789012:user/admin</Arn><UserId>A</UserId><Account>123456789012</Account>';
    response.end(
      `<GetCallerIdentityResponse><GetCallerIdentityResult>${identity}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
    );
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, asked };
}

interface Company {
  readonly emulator: Emulator;
  readonly proxy: ForwardProxy;
  readonly env: Record<string, string>;
  readonly args: string[];
}

/** Wickr and STS under AWS's own names, to be reached by way of the proxy only. */
async function company(options: Partial<ForwardProxyOptions> = {}): Promise<Company> {
  const emulator = await place.emulate({ users: 30 });
  const sts = await startSts();
  const proxy = await forwardProxy({
    login: `admin:${PASSWORD}`,
    leads: { [WICKR]: await tlsFront(Number(new URL(emulator.url).port)), [STS]: await tlsFront(sts.port) },
    ...options,
  });
  const bundle = await place.write('company.pem', authority);
  const { AWS_ENDPOINT_URL_WICKR: _, ...env } = environmentOf(emulator, place.folder);
  const url = `${options.tls ? 'https' : 'http'}://admin:${PASSWORD}@localhost:${proxy.port}`;
  const input = await place.write('users.csv', renames(30));
  return {
    emulator,
    proxy,
    env: { ...env, HTTPS_PROXY: url, AWS_CA_BUNDLE: bundle },
    args: [
      'update',
      input,
      '--network-id',
      emulator.networkId,
      '--out',
      place.path('run'),
      '--no-rate-memory',
    ],
  };
}

/** Of every file that the command may have written, and what it said. */
async function everything({ stdout, stderr }: Ended): Promise<string> {
  const names = await readdir(place.folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile() && !entry.name.endsWith('.pem'));
  const texts = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')));
  return [stdout, stderr, ...texts].join('\n');
}

describe('an update', () => {
  it.each(
    firstOf(1, [
      ['in TLS', true],
      ['in plain HTTP', false],
    ]),
  )('by way of a proxy %s with a password, which is in nothing', async (_case, tls) => {
    const { emulator, proxy, env, args } = await company({ tls });
    const ended = await run([...args, '--log-level', 'trace', '--log-file', place.path('log')], { env });
    expect(ended.code, ended.stderr).toBe(0);
    expect(notRenamed(emulator, 30)).toEqual([]);
    expect(new Set(proxy.connects)).toEqual(new Set([WICKR, STS]));
    expect(proxy.others).toEqual([]);
    const all = await everything(ended);
    expect(all).not.toContain(PASSWORD);
    expect(all).not.toContain(Buffer.from(`admin:${PASSWORD}`).toString('base64'));
    const { caller } = JSON.parse(await place.read('run/summary.json')) as { caller?: unknown };
    expect(JSON.stringify(caller)).toContain('123456789012');
  });

  it.runIf(isLong)('with the settings of the shared config file', async () => {
    const { emulator, proxy, env, args } = await company();
    const { AWS_CA_BUNDLE: bundle, ...others } = env;
    await mkdir(place.path('.aws'));
    await writeFile(place.path('.aws/config'), `[profile hr]\nca_bundle = ${bundle}\n`);
    const { HTTPS_PROXY: url = '', ...variables } = { ...others, AWS_DEFAULT_PROFILE: 'hr' };
    const ended = await run(args, { env: { ...variables, https_proxy: url } });
    expect(ended.code, ended.stderr).toBe(0);
    expect(notRenamed(emulator, 30)).toEqual([]);
    expect(proxy.connects).toContain(WICKR);
  });

  it.runIf(isLong)(
    'with a role that is assumed as somebody of SSO asks all three by way of the proxy',
    async () => {
      const aws = await startFakeAws();
      onTestFinished(() => aws.close());
      const front = await tlsFront(Number(new URL(aws.url).port));
      const { proxy, env, args } = await company({ leads: { [WICKR]: front, [STS]: front, [SSO]: front } });
      const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...variables } = env;
      await mkdir(place.path('.aws/sso/cache'), { recursive: true });
      await place.write(ssoTokenFile('corp'), ssoToken(3_600_000));
      const session = 'sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Hr\n';
      const corp = 'sso_region = us-east-1\nsso_start_url = https://corp.example/start\n';
      const role = 'role_arn = arn:aws:iam::111122223333:role/ROLE\nsource_profile = base\n';
      await place.write(
        '.aws/config',
        `[profile base]\n${session}[sso-session corp]\n${corp}[profile hr]\n${role}`,
      );
      const ended = await run([...args, '--profile', 'hr'], { env: variables });
      expect(ended.code, ended.stderr).toBe(0);
      expect(new Set(aws.wickr)).toEqual(new Set([key('ROLE')]));
      expect(aws.sts).toEqual([`AssumeRole ${key('SSO')}`, `GetCallerIdentity ${key('ROLE')}`]);
      expect(new Set(proxy.connects)).toEqual(new Set([WICKR, STS, SSO]));
      expect(await everything(ended)).not.toContain(PASSWORD);
    },
  );

  it('whose login the proxy does not take stops at once, says so, and sends nothing', async () => {
    const { emulator, env, args } = await company({ login: 'admin:another' });
    const ended = await run([...args, '--log-level', 'trace'], { env });
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('the proxy wants a user name and a password, or other ones (Http407)');
    expect(ended.stdout).toContain('HTTPS_PROXY');
    expect(emulator.counts.UpdateUser).toBe(0);
    expect(await everything(ended)).not.toContain(PASSWORD);
  });

  it.runIf(isLong)('without the bundle trusts neither the proxy nor what is behind it', async () => {
    const { emulator, env, args } = await company();
    const { AWS_CA_BUNDLE: _, ...variables } = env;
    const ended = await run(args, { env: variables });
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('AWS_CA_BUNDLE');
    expect(emulator.counts.UpdateUser).toBe(0);
  });

  it.runIf(isLong)('with NODE_EXTRA_CA_CERTS in place of the bundle, and beside another one', async () => {
    const { emulator, env, args } = await company();
    const { AWS_CA_BUNDLE: bundle = '', ...variables } = env;
    const { cert } = await import('../wickr/self-signed.js');
    const other = await place.write('other.pem', cert);
    const extra = { ...variables, NODE_EXTRA_CA_CERTS: bundle };
    const alone = await run(args, { env: extra });
    expect(alone.code, alone.stderr).toBe(0);
    const beside = await run([...args.slice(0, -2), place.path('run2'), '--no-rate-memory'], {
      env: { ...extra, AWS_CA_BUNDLE: other },
    });
    expect(beside.code, beside.stderr).toBe(0);
    expect(emulator.counts.UpdateUser).toBe(60);
  });
});

describe('NO_PROXY', () => {
  it.runIf(isLong)('spares hosts the proxy, and this machine is always spared', async () => {
    const { emulator, proxy, env, args } = await company();
    const here = { ...env, AWS_ENDPOINT_URL_WICKR: emulator.url, HTTP_PROXY: env.HTTPS_PROXY ?? '' };
    expect(await run(args, { env: here })).toMatchObject({ code: 0 });
    expect(proxy.connects).toEqual([]);
    // A name that no resolver knows: with the proxy, it is the proxy that is asked for it.
    const elsewhere = { ...env, AWS_ENDPOINT_URL_WICKR: 'https://wickr.invalid' };
    const again = [
      ...args.slice(0, -2),
      place.path('run2'),
      '--no-rate-memory',
      '--max-attempts',
      '1',
      '--limit',
      '3',
    ];
    const spared = await run(again, { env: { ...elsewhere, NO_PROXY: 'example.com,.invalid' } });
    expect(spared.stdout).toContain('host name');
    expect(proxy.connects).toEqual([]);
    const behind = [...again, '--out', place.path('run3')];
    const unspared = await run(behind, { env: { ...elsewhere, NO_PROXY: 'example.com' } });
    expect(unspared.stdout).toContain('ProxyError');
    expect(proxy.connects).toContain('wickr.invalid:443');
  });
});

describe('a setting that cannot be used', () => {
  it.each(
    firstOf(1, [
      [{ HTTPS_PROXY: 'socks5://me:secret@proxy:1' }, 'HTTPS_PROXY is not the URL of an HTTP proxy'],
      [
        { AWS_CA_BUNDLE: '/nonexistent/ca.pem' },
        'the CA bundle /nonexistent/ca.pem (AWS_CA_BUNDLE) cannot be read (ENOENT)',
      ],
      [{ AWS_USE_FIPS_ENDPOINT: 'yes' }, 'AWS_USE_FIPS_ENDPOINT is neither true nor false'],
      [
        { AWS_USE_FIPS_ENDPOINT: 'true' },
        '(AWS_ENDPOINT_URL_WICKR) cannot be combined with FIPS (AWS_USE_FIPS_ENDPOINT)',
      ],
    ]),
  )('%j', async (variables, message) => {
    const emulator = await place.emulate({ users: 1 });
    const env = { ...environmentOf(emulator, place.folder), ...variables };
    const input = await place.write('users.csv', renames(1));
    const ended = await run(['update', input, '--network-id', emulator.networkId], { env });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(message);
    expect(ended.stderr).not.toContain('secret');
    expect(emulator.requests).toEqual([]);
  });
});
