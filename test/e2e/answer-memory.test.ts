/** Answers that are made to fill the memory: 500 of them at once, in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { isLong } from '../length.js';

const AT_ONCE = 500;
const MOST = 150;
/** Headers of two bytes, fewer than are refused. */
const MANY = Math.floor(500_000 / AT_ONCE);
const send = fileURLToPath(new URL('../../dist/wickr/send.js', import.meta.url));

/** Asks for ordinary answers, then for those that are meant, and says by how many MB its memory has grown at the most. */
const asking = `const { createSender } = await import(${JSON.stringify(send)});
const [ordinary, hostile, atOnce] = process.argv.slice(1).map(Number);
const all = async (port, timeout) => {
  const endpoint = new URL('http://127.0.0.1:' + port);
  const sender = createSender({ endpoint, connections: atOnce, timeout, userAgent: 'x' }, async () => ({}));
  const answers = Array.from({ length: atOnce }, () => sender.send({ method: 'GET', path: '/' }, new Date()));
  const codes = (await Promise.all(answers)).map(({ code, status }) => code ?? status);
  await sender.close();
  return [...new Set(codes)];
};
for (let i = 0; i < 5; i += 1) await all(ordinary, 60_000);
const base = process.memoryUsage().rss;
let most = base;
const watch = setInterval(() => { most = Math.max(most, process.memoryUsage().rss); }, 20);
const codes = await all(hostile, 5_000);
clearInterval(watch);
console.log(JSON.stringify({ megabytes: Math.round((most - base) / 1e6), codes }));`;

const servers: { close(): unknown }[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});

async function serve(answer: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('data', () => answer(socket));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const HEAD = 'HTTP/1.1 200 OK\r\n';
/** Writes for as long as it is taken. */
const endless = (first: string, part: string) => (socket: Socket) => {
  socket.write(first);
  const block = part.repeat(Math.ceil(16_000 / part.length));
  const more = () => {
    while (!socket.destroyed && socket.write(block));
  };
  socket.on('drain', more);
  more();
};

describe.runIf(isLong)('the answers that are under way take less than 150 MB, if', () => {
  it.each<[string, (socket: Socket) => void]>([
    [
      'they have as many headers as they can',
      (socket) => void socket.write(`${HEAD}${'a:b\r\n'.repeat(MANY)}\r\n{`),
    ],
    ['they come in chunks of one byte', endless(`${HEAD}transfer-encoding: chunked\r\n\r\n`, '1\r\nx\r\n')],
    ['their headers do not end', endless(HEAD, `a:${'b'.repeat(500)}\r\n`)],
    ['none but interim ones come', endless('', 'HTTP/1.1 102 Processing\r\n\r\n')],
    ['a header does not end', endless(`${HEAD}a: `, 'b')],
    ['they are large', endless(`${HEAD}content-length: 40000000\r\n\r\n`, ' '.repeat(1000))],
    [
      'they stop right before they are large',
      (socket) => {
        socket.write(`${HEAD}content-length: 4000000\r\n\r\n`);
        socket.write(' '.repeat(65_000));
      },
    ],
  ])('%s', async (_name, answer) => {
    const ordinary = await serve((socket) => socket.write(`${HEAD}content-length: 2\r\n\r\n{}`));
    const hostile = await serve(answer);
    const args = ['--input-type=module', '-e', asking, String(ordinary), String(hostile), String(AT_ONCE)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const said = JSON.parse(await text(child.stdout)) as { megabytes: number; codes: unknown[] };
    expect(said.codes).not.toContain(200);
    expect(said.megabytes).toBeLessThan(MOST);
  });
});
