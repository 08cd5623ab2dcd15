import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Stands between a client and the server, and breaks the connection at a chosen moment. */
export interface TcpProxy {
  /** The server's URL, by way of the proxy. */
  readonly url: string;
  /** Passes `replies` more answers of the server on, swallows the next, and breaks that connection. */
  loseReplyAfter(replies: number): void;
  /** Breaks every connection and takes no other. */
  shut(): Promise<void>;
}

/** Starts a proxy to the server that a connection URL names. */
export async function startProxy(databaseUrl: string): Promise<TcpProxy> {
  const url = new URL(databaseUrl);
  const target = { host: url.hostname, port: Number(url.port || 5432) };
  const sockets = new Set<Socket>();
  let repliesLeft = Infinity;

  const server = createServer((client) => {
    const upstream = connect(target);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      socket.setNoDelay(true);
    }
    client.on('data', (data) => upstream.write(data));
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    upstream.on('data', (data) => {
      if (repliesLeft > 0) {
        repliesLeft -= 1;
        client.write(data);
        return;
      }
      repliesLeft = Infinity;
      client.destroy();
    });
  });
  await listening(server);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    loseReplyAfter: (replies) => void (repliesLeft = replies),
    shut: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}
