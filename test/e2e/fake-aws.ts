/**
 * What stands in for AWS: Wickr, STS, SSO, a container's and an instance's service on one port of this machine. It says
 * yes to everybody and remembers which key signed what; the keys that it gives are named for the service.
 */
import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Keys as AWS makes them, with a name in them. */
export const key = (name: string) => `AKIA${name}`.padEnd(20, '0');
const SECRET = 'secretsecretsecretsecretsecretsecretsecr';
const LIFE = 3_600_000;

/** What a service does with a request, if it does not say yes. */
export type Behaviour = 'hang' | 'deny' | 'fail';
/** `caller` is STS's GetCallerIdentity. */
type Service = 'sts' | 'caller' | 'sso' | 'container' | 'instance';

export interface FakeAws {
  readonly url: string;
  /** The keys that signed requests to Wickr, in the order of arrival. */
  readonly wickr: string[];
  /** Operations of STS and the keys that signed them. */
  readonly sts: string[];
  readonly behaviours: Partial<Record<Service, Behaviour>>;
  /** Account of a key, if not `111122223333`. */
  readonly accounts: Record<string, string>;
  /** ARN of a key, if not that of a user of its account with its name. */
  readonly arns: Record<string, string>;
  /** What Wickr answers to the key, if it is refused. */
  refuses: (signer: string) => boolean;
  /** Resolves when the service is asked next. */
  asked(service: Service): Promise<unknown>;
  reset(): void;
  close(): void;
}

const xml = (operation: string, inner: string) =>
  `<${operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${operation}Result>${inner}</${operation}Result></${operation}Response>`;
const end = () => new Date(Date.now() + LIFE).toISOString();
const sessionXml = (name: string) =>
  `<AssumedRoleUser><AssumedRoleId>AROAX:s</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/${name}/s</Arn></AssumedRoleUser>` +
  `<Credentials><AccessKeyId>${key(name)}</AccessKeyId><SecretAccessKey>${SECRET}</SecretAccessKey><SessionToken>token</SessionToken><Expiration>${end()}</Expiration></Credentials>`;
const neighbourJson = (name: string) =>
  JSON.stringify({
    ...{ Code: 'Success', AccessKeyId: key(name), SecretAccessKey: SECRET, Token: 'token' },
    Expiration: end(),
  });

export async function startFakeAws(): Promise<FakeAws> {
  const events = new EventEmitter();
  const server = createServer((request, response) => {
    void answer(request, response);
  });

  const serviceOf = (path: string, scope: string): Service | undefined => {
    if (path.startsWith('/container')) return 'container';
    if (path.startsWith('/latest/')) return 'instance';
    if (path.startsWith('/federation/') || path === '/token') return 'sso';
    return scope === 'wickr' ? undefined : 'sts';
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request).catch(() => '');
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fake');
    const [, signer = '', scope = ''] =
      /Credential=(\w+)\/\d+\/[\w-]+\/(\w+)\//.exec(request.headers.authorization ?? '') ?? [];
    const service = serviceOf(pathname, scope);
    if (service === undefined) return wickr(signer, body, response);
    const form = new URLSearchParams(body);
    const operation = form.get('Action') ?? searchParams.get('Action') ?? '';
    if (service === 'sts') fake.sts.push(`${operation} ${signer}`);
    events.emit(service);
    const behaviour = fake.behaviours[operation === 'GetCallerIdentity' ? 'caller' : service];
    if (behaviour === 'hang') return;
    if (behaviour === 'fail') return void response.writeHead(500).end();
    if (behaviour === 'deny') return deny(service, response);
    yes(service, operation, pathname, signer, form, response);
  }

  function wickr(signer: string, body: string, response: ServerResponse): void {
    // A read, which no run here depends on.
    if (body === '') return void response.writeHead(404).end();
    fake.wickr.push(signer);
    const headers = { 'content-type': 'application/json', 'x-amzn-requestid': 'a1'.repeat(8) };
    if (fake.refuses(signer))
      return void response
        .writeHead(403, { ...headers, 'x-amzn-errortype': 'ExpiredTokenException' })
        .end('{"message":"The security token included in the request is expired"}');
    const { userId } = JSON.parse(body) as { userId: string };
    response.writeHead(200, headers).end(JSON.stringify({ userId, networkId: '12345678', suspended: false }));
  }

  function deny(service: Service, response: ServerResponse): void {
    if (service === 'sts')
      response
        .writeHead(403, { 'content-type': 'text/xml' })
        .end(
          '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>',
        );
    else
      response
        .writeHead(401, { 'content-type': 'application/json', 'x-amzn-errortype': 'UnauthorizedException' })
        .end('{"message":"Session token not found or invalid"}');
  }

  function yes(
    service: Service,
    operation: string,
    path: string,
    signer: string,
    form: URLSearchParams,
    response: ServerResponse,
  ): void {
    if (service === 'container') response.end(neighbourJson('ECS'));
    else if (service === 'instance') response.end(instanceAnswer(path));
    else if (service === 'sso')
      response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          roleCredentials: {
            ...{ accessKeyId: key('SSO'), secretAccessKey: SECRET, sessionToken: 'token' },
            expiration: Date.now() + LIFE,
          },
        }),
      );
    else response.writeHead(200, { 'content-type': 'text/xml' }).end(stsAnswer(operation, signer, form));
  }

  function stsAnswer(operation: string, signer: string, form: URLSearchParams): string {
    if (operation === 'GetCallerIdentity')
      return xml(
        operation,
        `<Arn>${fake.arns[signer] ?? `arn:aws:iam::${fake.accounts[signer] ?? '111122223333'}:user/${signer.slice(4)}`}</Arn>`,
      );
    return xml(operation, sessionXml(form.get('RoleArn')?.split('/').at(-1) ?? ''));
  }

  const instanceAnswer = (path: string): string => {
    if (path === '/latest/api/token') return 'token';
    return path.endsWith('/security-credentials/') ? 'machine' : neighbourJson('IMDS');
  };

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fake: FakeAws = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    wickr: [],
    sts: [],
    behaviours: {},
    accounts: {},
    arns: {},
    refuses: () => false,
    asked: (service) => once(events, service),
    reset() {
      fake.wickr.length = 0;
      fake.sts.length = 0;
      for (const all of [fake.behaviours, fake.accounts, fake.arns] as Record<string, unknown>[])
        for (const name of Object.keys(all)) delete all[name];
      fake.refuses = () => false;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return fake;
}

/** Keys of a profile. */
export const keys = (name: string) => `aws_access_key_id = ${key(name)}\naws_secret_access_key = ${SECRET}\n`;

/** Variables with keys. */
export const keyVariables = (name: string) => ({
  AWS_ACCESS_KEY_ID: key(name),
  AWS_SECRET_ACCESS_KEY: SECRET,
});

/** What a `credential_process` prints. @param life ms; undefined: for ever */
export const processOutput = (name: string, life?: number) =>
  JSON.stringify({
    ...{ Version: 1, AccessKeyId: key(name), SecretAccessKey: SECRET, SessionToken: 'token' },
    ...(life !== undefined && { Expiration: new Date(Date.now() + life).toISOString() }),
  });

/** The file, below the home folder, of what "aws sso login" leaves. @param of the session's name, or its start URL */
export const ssoTokenFile = (of: string) =>
  `.aws/sso/cache/${createHash('sha1').update(of).digest('hex')}.json`;

export const ssoToken = (life: number) =>
  JSON.stringify({ accessToken: 'token', expiresAt: new Date(Date.now() + life).toISOString() });
