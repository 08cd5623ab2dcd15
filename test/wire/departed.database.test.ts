import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, inject, it } from 'vitest';
import { withConnectionString } from '#els/database/address.js';
import { ListeningPort } from '#els/wire/port.js';

const server = withConnectionString('--database-url', inject('databaseUrl'));

it.each([[[]], [[0]], [[0, 0, 0, 50]], [[0, 0, 0, 50, 0, 3]], [[0, 0, 0, 7, 1, 2, 3]]])(
  'a client that leaves after the bytes %j is let go',
  async (bytes) => {
    const port = await ListeningPort.open(server, { rttMs: 0 });
    const client = connect(port.number, '127.0.0.1').resume();
    client.end(Buffer.from(bytes));
    const left = once(client, 'close').then(() => 'closed');
    expect(await Promise.race([left, new Promise((resolve) => setTimeout(resolve, 1_500))])).toBe('closed');
    await port.close();
  },
);
