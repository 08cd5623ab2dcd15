import { connect, type Socket } from 'node:net';
import { serialize } from 'pg-protocol';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { withConnectionString } from '#els/database/address.js';
import { parseUrl } from '#els/database/connection/url.js';
import { cstring, int32, message } from '#els/wire/messages.js';
import { MessageScanner } from '#els/wire/scanner.js';
import { RoundTrips } from '#els/wire/round-trips.js';
import { ListeningPort } from '#els/wire/port.js';
import { chooseSeed, drawFrom, times, type Draw } from '../support/draws.js';
import { draws } from '../support/effort.js';
import { RawClient } from './raw-client.js';
import { SCRIPTS } from './scripts.js';

/** How many cases a side: in `npm test` few, in `npm run wire:fuzz` as many as asked for. */
const CASES = Number(process.env['ELS_TEST_WIRE_CASES'] ?? draws(100, 2_000));
const AT_A_TIME = 8;
const HUNG_AFTER_MS = 20_000;
const LIMIT_MS = 3_600_000;

const server = withConnectionString('--database-url', inject('databaseUrl'));
let port: ListeningPort;
beforeAll(async () => {
  port = await ListeningPort.open(server, { rttMs: 0 });
});
afterAll(() => port.close());

/** Performs cases, some at a time; a failure names its seed. */
async function forCases(body: (draw: Draw) => Promise<void>): Promise<void> {
  const first = chooseSeed();
  const cases = process.env['ELS_TEST_SEED'] ? 1 : CASES;
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < cases) {
      const seed = first + next++;
      await body(drawFrom(seed)).catch((error: unknown) => {
        throw new Error(`with ELS_TEST_SEED=${seed}: ${String(error)}`, { cause: error });
      });
    }
  };
  await Promise.all(times(Math.min(AT_A_TIME, cases), lane));
}

function mangled(bytes: Buffer, draw: Draw): Buffer {
  const copy = Buffer.from(bytes);
  switch (draw.integer(0, 3)) {
    case 0:
      return copy.subarray(0, draw.integer(0, copy.length));
    case 1: {
      for (let each = draw.integer(1, 4); each > 0; each -= 1)
        copy[draw.integer(0, copy.length - 1)] = draw.integer(0, 255);
      return copy;
    }
    case 2: {
      const at = draw.integer(0, copy.length);
      return Buffer.concat([copy.subarray(0, at), randomBytes(draw), copy.subarray(at)]);
    }
    default:
      return randomBytes(draw);
  }
}

const randomBytes = (draw: Draw): Buffer =>
  Buffer.from(times(draw.integer(1, 40), () => draw.pick([0, 0, 4, 81, 83, draw.integer(0, 255)])));

/** Writes bytes cut anywhere, ends, and waits until the other side has ended. */
async function sendAll(socket: Socket, bytes: Buffer, draw: Draw): Promise<void> {
  const ended = new Promise<void>((resolve, reject) => {
    const hung = setTimeout(() => reject(new Error('hung')), HUNG_AFTER_MS);
    socket.on('close', () => {
      clearTimeout(hung);
      resolve();
    });
  });
  socket.on('error', () => undefined);
  socket.resume();
  for (let at = 0; at < bytes.length && socket.writable;) {
    const size = draw.pick([1, 3, 7, 50, 4_000]);
    socket.write(bytes.subarray(at, at + size));
    at += size;
    if (draw.integer(0, 2) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  socket.end();
  await ended;
}

const { user = '' } = parseUrl(server.connectionString);
const START_UP = (() => {
  const body = Buffer.concat([int32(3 << 16), cstring('user'), cstring(user), Buffer.alloc(1)]);
  return Buffer.concat([int32(body.length + 4), body, message('p', cstring('wrong'))]);
})();

it(
  'a client that says what it likes before it is let in is refused, and never hangs',
  async () => {
    const begun = port.roundTrips;
    await forCases((draw) => sendAll(connect(port.number, '127.0.0.1'), mangled(START_UP, draw), draw));
    expect([port.sessions.size, port.roundTrips]).toEqual([0, begun]);
  },
  LIMIT_MS,
);

it(
  'a client that says what it likes is refused or passed on, and never hangs',
  async () => {
    const asked = Buffer.concat([
      serialize.query('select 1'),
      serialize.parse({ text: 'select 2' }),
      serialize.bind(),
      serialize.execute(),
      serialize.flush(),
      serialize.sync(),
      serialize.copyData(Buffer.from('1\n')),
      serialize.copyDone(),
    ]);
    await forCases(async (draw) => {
      const client = await RawClient.connect(port.address);
      await sendAll(client.socket, mangled(asked, draw), draw);
    });
    await expect.poll(() => port.sessions.size).toBe(0);
  },
  LIMIT_MS,
);

it(
  'a server that says what it likes is refused or passed on, whatever was asked',
  async () => {
    const replies = Buffer.concat([...'12DCZSNAEGTInst'].map((tag) => message(tag, Buffer.from('I'))));
    const requests = Buffer.concat(SCRIPTS.flatMap(({ steps }) => steps.map(([bytes]) => bytes)));
    await forCases((draw) => {
      const roundTrips = new RoundTrips();
      const [ofClient, ofServer] = [MessageScanner.ofClient(), MessageScanner.ofServer()];
      const from = draw.integer(0, replies.length - 1);
      const said = mangled(Buffer.concat([replies.subarray(from), replies]), draw);
      let sent = 0;
      let ended = 0;
      ofClient.scan(requests, (tag, _start, _end, isWhole) => {
        if (isWhole && draw.integer(0, 1) === 0 && roundTrips.sent(tag)) sent += 1;
      });
      try {
        ofServer.scan(said, (tag, _start, _end, isWhole) => {
          if (isWhole && roundTrips.received(tag) !== undefined) ended += 1;
        });
      } catch (error) {
        expect(error).toMatchObject({ name: 'ProtocolViolation' });
      }
      expect(ended + roundTrips.abandon().length).toBeLessThanOrEqual(sent);
      expect(roundTrips.current).toBeUndefined();
      return Promise.resolve();
    });
  },
  LIMIT_MS,
);
