import type { Socket } from 'node:net';

/**
 * The longest start-up packet, its length included. Source: PostgreSQL, MAX_STARTUP_PACKET_LENGTH in
 * src/include/libpq/pqcomm.h.
 */
const LONGEST_START_UP = 10_000;
/** Of a password message: PG_MAX_AUTH_TOKEN_LENGTH in src/include/libpq/auth.h. */
const LONGEST_PASSWORD = 65_535;
const LENGTH_BYTES = 4;
const CODE_BYTES = 4;

/** Source: PostgreSQL manual, 55.7 Message Formats. */
const CODES = { cancel: 80877102, ssl: 80877103, gss: 80877104 } as const;
const CANCEL_BYTES = 16;
/** Of TLS, where a client begins with it directly. */
const TLS_HANDSHAKE = 0x16;
const NO = Buffer.from('N');

/** Why a client is not let in. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  /** @param sqlState that goes with it */
  constructor(
    readonly sqlState: string,
    message: string,
  ) {
    super(message);
  }
}

/** The client left before it said what it wants. */
export class Departed extends Error {
  override readonly name = 'Departed';
}

/** A client that wants a session. */
export interface StartUp {
  readonly kind: 'session';
  /** Whether it wants a later minor version of the protocol than 3.0. */
  readonly isLater: boolean;
  /** In the order in which they were sent; options of the protocol (`_pq_.`) apart. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Options of the protocol, by their names. */
  readonly protocolOptions: readonly string[];
}

/** A client that wants another one's statement to be cancelled. */
export interface CancelRequest {
  readonly kind: 'cancel';
  readonly pid: number;
  readonly secretKey: number;
}

/**
 * Reads what a client begins with. TLS and GSSAPI are declined: the wire listens on loopback alone.
 * Source: PostgreSQL manual, 55.2.1 Start-up; ProcessStartupPacket in src/backend/tcop/backend_startup.c.
 *
 * @throws Refusal when it is none of the protocol's, or of another version than 3
 * @throws Departed when the client leaves meanwhile
 */
export async function readStartUp(client: Socket): Promise<StartUp | CancelRequest> {
  const declined = new Set<number>();
  for (;;) {
    const packet = await readPacket(client);
    const code = packet.readInt32BE(LENGTH_BYTES);
    const isDeclinable = code === CODES.ssl || code === CODES.gss;
    if (!isDeclinable || declined.has(code)) return understand(packet, code);
    declined.add(code);
    client.write(NO);
  }
}

async function readPacket(client: Socket): Promise<Buffer> {
  const head = await take(client, LENGTH_BYTES);
  if (head[0] === TLS_HANDSHAKE) {
    throw new Refusal(
      '08P01',
      'there is no TLS on this port, which is a local one: connect with sslmode=disable',
    );
  }
  const length = head.readInt32BE();
  if (length < LENGTH_BYTES + CODE_BYTES || length > LONGEST_START_UP)
    throw new Refusal('08P01', 'invalid length of startup packet');
  return Buffer.concat([head, await take(client, length - LENGTH_BYTES)]);
}

function understand(packet: Buffer, code: number): StartUp | CancelRequest {
  if (code === CODES.cancel) return cancelRequest(packet);
  const [major, minor] = [code >>> 16, code & 0xffff];
  if (major !== 3) {
    throw new Refusal('0A000', `unsupported frontend protocol ${major}.${minor}: the wire supports 3.0`);
  }
  const all = readParameters(packet.subarray(LENGTH_BYTES + CODE_BYTES));
  const isOption = ([name]: readonly [string, string]) => name.startsWith('_pq_.');
  return {
    kind: 'session',
    isLater: minor > 0,
    parameters: new Map(all.filter((each) => !isOption(each))),
    protocolOptions: all.filter(isOption).map(([name]) => name),
  };
}

function cancelRequest(packet: Buffer): CancelRequest {
  if (packet.length !== CANCEL_BYTES) throw new Refusal('08P01', 'invalid length of cancel request packet');
  return { kind: 'cancel', pid: packet.readInt32BE(8), secretKey: packet.readInt32BE(12) };
}

function readParameters(body: Buffer): [string, string][] {
  const words = body.toString('utf8').split('\0');
  const end = words.findIndex((word, at) => at % 2 === 0 && word === '');
  // Behind the last value stands an empty name, and nothing behind that.
  if (end === -1 || end !== words.length - 2)
    throw new Refusal('08P01', 'invalid startup packet layout: expected terminator as last byte');
  return Array.from({ length: end / 2 }, (_, at) => [words[2 * at] as string, words[2 * at + 1] as string]);
}

/**
 * Reads the password that a client was asked for.
 *
 * @throws Refusal when it sends something else
 * @throws Departed when it leaves, as psql does that has to ask its user first
 */
export async function readPassword(client: Socket): Promise<Buffer> {
  const head = await take(client, 1 + LENGTH_BYTES);
  const length = head.readInt32BE(1);
  if (head[0] !== 'p'.charCodeAt(0) || length <= LENGTH_BYTES || length > LONGEST_PASSWORD)
    throw new Refusal('08P01', 'expected password response');
  return (await take(client, length - LENGTH_BYTES)).subarray(0, -1);
}

/** Takes so many bytes of a socket that nobody else reads. */
async function take(socket: Socket, bytes: number): Promise<Buffer> {
  let taken = Buffer.alloc(0);
  for (;;) {
    // All that is there: while something is, 'readable' comes again at once, and nothing else is heard of.
    const more = socket.read() as Buffer | null;
    if (more !== null) {
      taken = Buffer.concat([taken, more]);
      if (taken.length > bytes) socket.unshift(taken.subarray(bytes));
      if (taken.length >= bytes) return taken.subarray(0, bytes);
      continue;
    }
    if (socket.readableEnded || socket.destroyed) throw new Departed('the client has left');
    await new Promise<void>((resolve) => {
      const events = ['readable', 'end', 'close'] as const;
      const go = (): void => {
        for (const event of events) socket.off(event, go);
        resolve();
      };
      for (const event of events) socket.on(event, go);
    });
  }
}
