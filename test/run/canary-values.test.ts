/** Values that belong to a person reach only the files whose purpose they are. */
import { readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { resumeRun, retryRun, updateUsers } from '../../src/index.js';
import { serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();
const servers: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** No word of any message contains one of these. */
const values = ["Qu'xanne", 'Vorzblatt', 'zyxwvut@example.com', 'Departmentzilla', 'Formerle', 'Oldworthy'];
const spellings = [
  ...values,
  'Qu\u2019xanne',
  'Qu%27xanne',
  'Qu&#39;xanne',
  ...values.map((value) => Buffer.from(value).toString('base64')),
  ...values.map((value) => value.slice(0, 5)),
];

/** A service that refuses each update with a message that repeats all it knows, in all spellings. */
async function gossip(accessKeyId: string): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(422, { 'x-amzn-errortype': accessKeyId, 'x-amzn-requestid': accessKeyId });
      const reasons = spellings.map((text) => ({ field: accessKeyId, reason: `it was ${text} before` }));
      response.end(JSON.stringify({ message: `not ${spellings.join(', not ')}`, reasons }));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('no canary value, former value or access key is in a log, a message or a file that is not made for values', async () => {
  const emulator = await place.emulate({ users: 1 });
  const accessKeyId = 'AKIAIOSFODNN7EXAMPLE';
  const logged: string[] = [];
  const log = (...line: unknown[]) => void logged.push(JSON.stringify(line));
  const input = await place.write(
    'users.csv',
    `userId,firstName,lastName,username,Department\n10000001,Qu'xanne,Vorzblatt,zyxwvut@example.com,Departmentzilla\n`,
  );
  const run = updateUsers({
    ...{ input, folder: place.path('run'), ...serviceOf(emulator), endpointUrl: await gossip(accessKeyId) },
    ...{ where: ['Department=Departmentzilla'], map: ['auto'], skipRenameCheck: true },
    credentials: async () => ({ ...emulator.credentials, accessKeyId }),
    logger: { trace: log, debug: log, info: log, warn: log, error: log } as never,
  });
  const summary = await run.summary;
  expect(summary.statuses.failed).toBe(1);
  expect(logged.length).toBeGreaterThan(2);
  const files = await readdir(place.path('run'));
  expect(files).toContain('rules.json');
  expect((await stat(place.path('run/rules.json'))).mode & 0o777).toBe(0o600);
  const forValues = ['failed.csv', 'rules.json'];
  const shown = files.filter((name) => !forValues.includes(name)).map((name) => place.read(`run/${name}`));
  const all = [...(await Promise.all(shown)), ...logged, JSON.stringify(summary)].join('\n').toLowerCase();
  for (const value of [...spellings, accessKeyId]) expect(all, value).not.toContain(value.toLowerCase());
});

it('conditions are read back from their own file by resume and retry, which refuse another one', async () => {
  const emulator = await place.emulate({ users: 3, faults: [{ kind: 'echo', times: 1 }] });
  const input = await place.write(
    'users.csv',
    'userId,firstName,Department\n10000001,A,x\n10000002,B,Secretish\n10000003,C,Secretish\n',
  );
  const service = serviceOf(emulator);
  const { networkId: _, region: __, ...reach } = service;
  const given = {
    input,
    folder: place.path('run'),
    map: ['auto'],
    where: ['Department=Secretish'],
    ...service,
  };
  const { statuses } = await updateUsers(given).summary;
  expect(statuses).toMatchObject({ skipped: 1, updated: 1, failed: 1 });
  const retried = await retryRun(place.path('run'), { ...reach, folder: place.path('again') }).summary;
  expect(retried.statuses).toMatchObject({ updated: 1 });
  expect(await place.read('again/rules.json')).toContain('Secretish');
  await rm(place.path('run/summary.json'));
  const { statuses: resumed } = await resumeRun(place.path('run'), reach).summary;
  expect(resumed).toMatchObject({ skipped: 1 });
  await place.write('run/rules.json', '{"where":["Department=x"]}\n');
  await expect(resumeRun(place.path('run'), reach).summary).rejects.toThrow(
    /rules\.json is missing or is not as/,
  );
});
