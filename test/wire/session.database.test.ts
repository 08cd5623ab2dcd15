import { afterEach, describe, expect, inject, it } from 'vitest';
import { withConnectionString, type ServerAddress } from '#els/database/address.js';
import type { Gate } from '#els/wire/gate.js';
import { ListeningPort, type PortOptions } from '#els/wire/port.js';
import { RawClient } from './raw-client.js';
import { SCRIPTS, type Script } from './scripts.js';

const server = withConnectionString('--database-url', inject('databaseUrl'));
const ports: ListeningPort[] = [];
afterEach(async () => {
  await Promise.all(ports.splice(0).map((port) => port.close()));
});

async function openPort(options: Partial<PortOptions> = {}): Promise<ListeningPort> {
  const port = await ListeningPort.open(server, { rttMs: 0, ...options });
  ports.push(port);
  return port;
}

function gateThat(roundTrip: Gate['roundTrip']): Gate {
  const fail = (_: unknown, error: unknown): void => {
    throw error;
  };
  return { opened: () => undefined, roundTrip, closed: () => undefined, failed: fail };
}

async function performed({ steps }: Script, address: ServerAddress, cut?: number): Promise<Buffer> {
  const client = await RawClient.connect(address);
  for (const [bytes, tags] of steps) {
    await client.send(bytes, cut);
    await client.expect(tags);
  }
  client.close();
  return client.heard;
}

const GATES: Readonly<Record<string, Gate>> = {
  passes: gateThat(async (session, { messages }) => void (await session.pass(messages))),
  withholds: gateThat(async (session, { messages }) =>
    session.release((await session.exchange(messages)).messages),
  ),
};
const INJECTS = gateThat(async (session, { messages }) => {
  const [own] = await Promise.all(
    session.together(() => [session.inject('select 42'), session.pass(messages)] as const),
  );
  expect(own.messages.map(({ tag }) => String.fromCharCode(tag)).join('')).toMatch(/^3(12DC3|E)Z$/);
});

describe.each(SCRIPTS.map((script) => [script.name, script] as const))('%s', (_, script) => {
  it('is the same through the wire, byte for byte, and counted', async () => {
    const port = await openPort();
    const direct = await performed(script, server);
    expect(await performed(script, port.address)).toEqual(direct);
    await expect.poll(() => port.sessions.size).toBe(0);
    expect(port.roundTrips).toBe(script.roundTrips);
  });

  it('is the same cut into single bytes', async () => {
    const port = await openPort();
    expect(await performed(script, port.address, 1)).toEqual(await performed(script, server));
  });

  it('is the same with latency, and nothing is under way at its end', async () => {
    const port = await openPort({ rttMs: 4 });
    expect(await performed(script, port.address)).toEqual(await performed(script, server));
    const client = await RawClient.connect(port.address);
    for (const [bytes, tags] of script.steps) {
      await client.send(bytes);
      await client.expect(tags);
    }
    const session = [...port.sessions].find(({ pid }) => pid === client.pid);
    expect(session?.isBusy).toBe(false);
    client.close();
  });

  it.skipIf(script.waitsUnasked).each(Object.keys(GATES))(
    'is the same behind a gate that %s',
    async (name) => {
      const port = await openPort({ gate: GATES[name] });
      const direct = await performed(script, server);
      expect(await performed(script, port.address)).toEqual(direct);
      expect(await performed(script, port.address, 7)).toEqual(direct);
    },
  );

  it.skipIf(script.takesNoOther ?? script.waitsUnasked)(
    'is the same behind a gate that puts in statements of its own',
    async () => {
      const port = await openPort({ gate: INJECTS });
      expect(await performed(script, port.address)).toEqual(await performed(script, server));
    },
  );
});
