import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startEmulator } from '../../src/emulator/server.js';
import { call, emulate, getUser, sign, USER, update } from './call.js';

const UPDATES = '/networks/12345678/users';

it('a closed emulator leaves nothing for the process to wait for', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const sockets = () => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'));
  const emulator = await startEmulator({ latency: 3_600_000 });
  const { host, port } = new URL(emulator.url);
  const headers = await sign({ path: UPDATES }, host, emulator.credentials);
  const socket = connect(Number(port), '127.0.0.1');
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${UPDATES} HTTP/1.1\r\n${lines.join('')}\r\n`);
  await emulator.arrival(1, 'ListUsers');
  await new Promise(setImmediate);
  expect([sockets().sort(), vi.getTimerCount()]).toEqual([
    ['TCPServerWrap', 'TCPSocketWrap', 'TCPSocketWrap'],
    1,
  ]);
  await Promise.all([emulator.close(), once(socket, 'close')]);
  expect([sockets(), vi.getTimerCount()]).toEqual([[], 0]);
});

describe('a body', () => {
  it('of more than a mebibyte is refused', async () => {
    const emulator = await emulate();
    const body = JSON.stringify({ userId: USER, userDetails: { firstName: 'x'.repeat(1024 * 1024) } });
    const reply = await call(emulator, { method: 'PATCH', path: UPDATES, body });
    expect([reply.status, emulator.requests[0]?.applied]).toEqual([413, false]);
  });

  it('of just less is taken', async () => {
    const emulator = await emulate();
    expect((await update(emulator, { firstName: 'x'.repeat(1024 * 1024 - 100) })).status).toBe(200);
  });

  it('that never ends changes nothing', async () => {
    const emulator = await emulate();
    const socket = connect(Number(new URL(emulator.url).port), '127.0.0.1');
    socket.write(`PATCH ${UPDATES} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"userId"`);
    await emulator.arrival(1);
    socket.destroy();
    expect((await getUser(emulator)).status).toBe(200);
    expect(emulator.requests).toMatchObject([{ status: 0, applied: false }, { status: 200 }]);
  });
});

it('an answer that is still to come does not keep the emulator from closing', async () => {
  const emulator = await emulate({ latency: 3_600_000, jitter: 0 });
  const pending = update(emulator, { firstName: 'New' }).catch((error) => error.code);
  await emulator.arrival(1);
  await emulator.close();
  expect(await pending).toBe('ECONNRESET');
});

it('pipelined requests are answered in order', async () => {
  const emulator = await emulate({ latency: 5, jitter: 1, keepRequests: false });
  const { host, port } = new URL(emulator.url);
  const path = (userId: number) => `${UPDATES}/${userId}`;
  const ids = [10000001, 10000002, 10000003, 10000004];
  const texts = await Promise.all(
    ids.map(async (id) => {
      const headers = await sign({ path: path(id) }, host, emulator.credentials);
      const last = id === ids.at(-1) ? 'connection: close\r\n' : '';
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      return `GET ${path(id)} HTTP/1.1\r\n${lines.join('')}${last}\r\n`;
    }),
  );
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(texts.join(''));
  const answers = await text(socket);
  expect([...answers.matchAll(/"userId":"(\d+)"/g)].map(([, id]) => Number(id))).toEqual(ids);
});

describe('closing', () => {
  it('ends idle, silent and hanging connections, and nothing stays open', async () => {
    const emulator = await emulate({ faults: [{ kind: 'hang' }] });
    const agent = new Agent({ keepAlive: true });
    await getUser(emulator, USER, { agent });
    const silent = connect(Number(new URL(emulator.url).port), '127.0.0.1');
    silent.on('error', () => {});
    await once(silent, 'connect');
    const hanging = update(emulator, { firstName: 'A' }, USER, { agent }).catch((error) => error.code);
    await emulator.arrival(1);
    expect(emulator.close()).toBe(emulator.close());
    await Promise.all([emulator.close(), once(silent, 'close')]);
    expect(await hanging).toBe('ECONNRESET');
    expect(emulator.connections.open).toBe(0);
    await expect(getUser(emulator)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    agent.destroy();
  });

  it('counts the connections there are, and the most there were', async () => {
    const emulator = await emulate({ faults: [{ kind: 'hang', operation: 'GetUser' }] });
    const agent = new Agent();
    const waiting = [1, 2, 3].map(() => getUser(emulator, USER, { agent }).catch(() => {}));
    await emulator.arrival(3, 'GetUser');
    expect(emulator.connections).toEqual({ open: 3, peak: 3 });
    agent.destroy();
    emulator.setFaults([]);
    do {
      await getUser(emulator);
    } while (emulator.connections.open > 1);
    await getUser(emulator);
    expect(emulator.connections.peak).toBeGreaterThanOrEqual(3);
    await emulator.close();
    await Promise.all(waiting);
    expect(emulator.connections.open).toBe(0);
  });
});

it('a taken port is an error', async () => {
  const { port } = new URL((await emulate()).url);
  await expect(startEmulator({ port: Number(port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
