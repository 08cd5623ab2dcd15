import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Stands between a client and the server, and breaks the connection at a chosen moment. */
export interface TcpProxy {
  /** The server's URL, by way of the proxy. */
  readonly url: string;
  /** Passes `replies` more answers of the server on, swallows the next, and breaks that connection. */
  loseReplyAfter(replies: number): void;
  /** Keeps the server's next ReadyForQuery back until the server closes: then it and the last error come at once. */
  holdReadyUntilClosed(): void;
  /** Breaks every connection and takes no other. */
  shut(): Promise<void>;
}

/** Source: PostgreSQL manual, 55.7 Message Formats. */
const READY_FOR_QUERY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** Starts a proxy to the server that a connection URL names. */
export async function startProxy(databaseUrl: string): Promise<TcpProxy> {
  const url = new URL(databaseUrl);
  const address = { host: url.hostname, port: Number(url.port || 5432) };
  const sockets = new Set<Socket>();
  let repliesLeft = Infinity;
  let holdsNext = false;

  const server = createServer((client) => {
    const upstream = connect(address);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      socket.setNoDelay(true);
    }
    client.on('data', (data) => upstream.write(data));
    client.on('close', () => upstream.destroy());
    const held: Buffer[] = [];
    upstream.on('close', () => {
      holdsNext = false;
      client.end(Buffer.concat(held));
    });
    upstream.on('data', (data) => {
      if (held.length > 0 || (holdsNext && data.subarray(-READY_FOR_QUERY.length).equals(READY_FOR_QUERY))) {
        holdsNext = false;
        held.push(data);
        return;
      }
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
    holdReadyUntilClosed: () => void (holdsNext = true),
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
