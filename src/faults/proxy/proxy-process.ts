import { createServer, type AddressInfo, type NetConnectOpts } from 'node:net';
import { ProxiedConnection } from './connection.js';
import type { FromProxy, ToProxy } from './messages.js';

// The program of the proxy process: a TCP proxy on 127.0.0.1 between a run's workers and the server. A process of
// its own, so that what it costs is not the coordinator's time.

const connections = new Set<ProxiedConnection>();
let lost = 0;

// The coordinator decides what a signal to the group means.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit());
process.on('message', (message: ToProxy) => void handle(message).then(answer));

function answer(value: number): void {
  process.send?.({ value } satisfies FromProxy);
}

async function handle(message: ToProxy): Promise<number> {
  switch (message.type) {
    case 'open':
      return open(message.upstream, message.rttMs);
    case 'lose-next-replies':
      lost = 0;
      for (const connection of connections) connection.loseNextReply(() => (lost += 1));
      return connections.size;
    case 'lose-no-replies':
      for (const connection of connections) connection.loseNextReply(undefined);
      return connections.size;
    case 'replies-lost':
      return lost;
    case 'reset-busy':
      return resetBusy();
  }
}

function open(upstream: NetConnectOpts, rttMs: number): Promise<number> {
  const server = createServer((client) => {
    const connection = new ProxiedConnection(client, upstream, rttMs, () => connections.delete(connection));
    connections.add(connection);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function resetBusy(): number {
  const busy = [...connections].filter((connection) => connection.busy);
  for (const connection of busy) connection.reset();
  return busy.length;
}
