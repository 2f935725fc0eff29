/** One endpoint for several emulated networks, which notes who has written to each of them. */
import { once } from 'node:events';
import { createServer, request as requestTo, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Emulator } from '../../src/emulator/server.js';

export interface NetworksRouter {
  readonly url: string;
  /** Of each network, the writers of its updates in the order of arrival: the last letter of their access key's ID. */
  readonly writers: ReadonlyMap<string, readonly string[]>;
  close(): Promise<void>;
}

/** The key of a writer: a key's ID is not signed, so one secret does for all of them. */
export const keyOf = ({ credentials }: Emulator, letter: string): string =>
  `${credentials.accessKeyId.slice(0, -1)}${letter}`;

/** Leads each request to the emulator of its network, signed as it came. */
export async function routeNetworks(emulators: readonly Emulator[]): Promise<NetworksRouter> {
  const writers = new Map<string, string[]>();
  const byNetwork = new Map(emulators.map((emulator) => [emulator.networkId, emulator]));
  const server: Server = createServer((request, response) => {
    const networkId = /^\/networks\/(\d{8})/.exec(request.url ?? '')?.[1] ?? '';
    const emulator = byNetwork.get(networkId);
    if (!emulator) return void response.writeHead(404).end();
    const authorization = request.headers.authorization ?? '';
    const key = /Credential=(\w+)\//.exec(authorization)?.[1] ?? '';
    if (request.method !== 'GET') {
      const all = writers.get(networkId) ?? [];
      writers.set(networkId, all);
      all.push(key.slice(-1));
    }
    const { accessKeyId } = emulator.credentials;
    const headers = { ...request.headers, authorization: authorization.replace(key, accessKeyId) };
    const { hostname, port } = new URL(emulator.url);
    const onward = requestTo(
      { hostname, port, path: request.url, method: request.method, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    writers,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
