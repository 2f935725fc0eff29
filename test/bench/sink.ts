/**
 * A service that says yes to every UpdateUser at once, in a process of its own, so that what is measured is the
 * client. It speaks just enough HTTP for that, without node:http, which would be slower than the client.
 */
import { createServer } from 'node:net';

const END = '\r\n\r\n';

const server = createServer((socket) => {
  let pending = '';
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    pending += chunk.toString('latin1');
    for (;;) {
      const head = pending.indexOf(END);
      if (head === -1) return;
      const length = Number(/content-length: (\d+)/i.exec(pending.slice(0, head))?.[1] ?? 0);
      const end = head + END.length + length;
      if (pending.length < end) return;
      const networkId = /^\S+ \/networks\/(\d+)\//.exec(pending)?.[1] ?? '';
      const userId = /"userId":"(\d+)"/.exec(pending.slice(head))?.[1] ?? '';
      pending = pending.slice(end);
      const body = `{"userId":"${userId}","networkId":"${networkId}","suspended":false}`;
      socket.write(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-amzn-requestid: 2f0e6a3c-8d1b-4a57-9a55-0c7b2b1f4d11\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
    }
  });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.send?.(address.port);
});
process.on('disconnect', () => process.exit());
