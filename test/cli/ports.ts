import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A port of 127.0.0.1 on which nobody listens. */
export async function closedPort(): Promise<number> {
  const { port, close } = await listen(() => undefined);
  await close();
  return port;
}

/** Something on 127.0.0.1 that takes connections and is no PostgreSQL. */
export async function listen(
  onConnection: (socket: Socket) => void,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
