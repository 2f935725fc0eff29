import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { withExitCode } from '../../src/cli/exit-codes.js';
import type { UpdateOptions } from '../../src/index.js';
import { renames, serviceOf, updateIn, useWorkplace } from '../workplace.js';

const place = useWorkplace();
const hashOf = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

/** Stands in for STS. Gives its URL. */
async function answering(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const xml = (arn: string) =>
  `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${arn}</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`;
const ARN = 'arn:aws:sts::123456789012:assumed-role/HrAdmin/jane.doe@example.com';

describe('the receipt', () => {
  it('has the hashes of the files as they are, and the options', async () => {
    const emulator = await place.emulate({ users: 5 });
    const options = { skipInvalid: true, keepBefore: true };
    const summary = await updateIn(place, `${renames(3)}x,C,D\n`, options, emulator);
    expect(summary.hashes).toEqual({
      input: await hashOf(place.path('users.csv')),
      report: await hashOf(summary.report),
      failed: await hashOf(summary.failed ?? ''),
      before: await hashOf(place.path('run/before.jsonl')),
    });
    expect(summary.options).toMatchObject({ skipInvalid: true, keepBefore: true, rate: 5000 });
    expect(summary).not.toHaveProperty('caller');
    expect(JSON.parse(await place.read('run/summary.json'))).toEqual(summary);
  });

  it('vouches for whom the rows mean, and not for rows of an input that was changed', async () => {
    const emulator = await place.emulate({ users: 5 });
    const [user] = [...emulator.users.values()];
    const input = `lookupUsername,firstName\n${user?.username},A\nnobody@example.org,B\n`;
    const hashes = async (options: Partial<UpdateOptions>, out: string) =>
      (await updateIn(place, input, { skipInvalid: true, folder: place.path(out), ...options }, emulator))
        .hashes;
    expect(await hashes({}, 'run')).toEqual({
      input: expect.any(String),
      report: expect.any(String),
      failed: await hashOf(place.path('run/failed.csv')),
      lookups: await hashOf(place.path('run/lookups.csv')),
    });
    const onProgress = () => writeFileSync(place.path('users.csv'), input.replace('nobody', 'sombdy'));
    expect(await hashes({ onProgress }, 'changed')).not.toHaveProperty('failed');
  });

  it('names the caller as STS does', async () => {
    const emulator = await place.emulate({ users: 5 });
    const asked: (string | undefined)[] = [];
    const stsEndpointUrl = await answering((request, response) => {
      asked.push(request.url, request.headers.authorization);
      response.end(xml(ARN));
    });
    const summary = await updateIn(place, renames(5), { stsEndpointUrl }, emulator);
    expect(summary.caller).toBe(ARN);
    expect(asked[0]).toBe('/?Action=GetCallerIdentity&Version=2011-06-15');
    expect(asked[1]).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIA\w+\/\d{8}\/us-east-1\/sts\/aws4_request/);
    const identity = { source: 'the program', account: '123456789012', arn: ARN };
    expect(summary.identity).toEqual(identity);
    expect(JSON.parse(await place.read('run/run.json'))).toMatchObject({ identity });
  });

  it.each<[string, RequestListener]>([
    ['refuses', (_, response) => response.writeHead(403).end(xml(ARN))],
    ['answers rubbish', (_, response) => response.end('<Arn>javascript:alert(1)</Arn>')],
    ['answers somebody odd', (_, response) => response.end(xml('arn:aws:sts::123456789012:\u202ename'))],
    ['hangs up', (request) => request.socket.destroy()],
    ['never answers', () => {}],
  ])('goes without if STS %s', async (_, listener) => {
    const emulator = await place.emulate({ users: 5 });
    const stsEndpointUrl = await answering(listener);
    const summary = await updateIn(place, renames(5), { stsEndpointUrl }, emulator);
    expect(withExitCode(summary)).toMatchObject({ exitCode: 0, statuses: { updated: 5 } });
    expect(summary).not.toHaveProperty('caller');
  });

  it('is not asked for if something stands in for Wickr', async () => {
    const emulator = await place.emulate({ users: 5 });
    expect(serviceOf(emulator)).not.toHaveProperty('stsEndpointUrl');
    await updateIn(place, renames(5), {}, emulator);
    expect(emulator.requests.map(({ operation }) => operation)).toEqual(Array(5).fill('UpdateUser'));
  });
});
