import type { Socket } from 'node:net';
import pg from 'pg';
import { clientConfig, connectTimeoutMs, type ServerAddress } from '../database/address.js';
import { serverError } from '../database/failure.js';
import { failureReason, unavailable } from '../database/pool.js';
import { cstring, int32 } from './messages.js';
import { MessageScanner } from './scanner.js';
import { OF_SERVER } from './tags.js';

/** What the types of node-postgres leave out of its connection. */
interface DriverConnection extends pg.Connection {
  startup(config: unknown): void;
  attachListeners(stream: Socket): void;
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(pid: number, secretKey: number): void;
}

/** A backend that let the tool in. */
export interface Backend {
  readonly socket: Socket;
  readonly pid: number;
  readonly secretKey: number;
  /** All that it said, authentication apart, as it came. */
  readonly greeting: Buffer;
  /** Has seen the greeting. */
  readonly scanner: MessageScanner;
}

/** The server did not let the tool in. */
export class LoginFailure extends Error {
  override readonly name = 'LoginFailure';

  /** @param said what the server said, its ErrorResponse included; undefined where no server did */
  constructor(
    readonly said: Buffer | undefined,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Logs in to a server with the tool's credentials by node-postgres' own client, and takes its socket over.
 *
 * @param parameters of the session to be: those of the client for whom it is made
 * @param abandoned the client has left
 * @throws LoginFailure when no session was made
 */
export async function login(
  address: ServerAddress,
  parameters: ReadonlyMap<string, string>,
  abandoned: AbortSignal,
): Promise<Backend> {
  const timeout = { connectionTimeoutMillis: connectTimeoutMs(address), keepAlive: true };
  const driver = new pg.Client({ ...clientConfig(address), ...timeout });
  const { connection } = driver as unknown as { connection: DriverConnection };
  const heard: Buffer[] = [];
  const hear = (chunk: Buffer): void => void heard.push(chunk);
  const attach = connection.attachListeners.bind(connection);
  connection.attachListeners = (stream) => attach(stream.on('data', hear));
  connection.startup = () => void (connection.stream as Socket).write(startUpPacket(parameters));
  // Its session is the wire's from then on, and so are its ends.
  driver.on('error', () => undefined);
  const leave = (): void => void connection.stream.destroy();
  abandoned.addEventListener('abort', leave);
  try {
    await driver.connect();
    const socket = connection.stream as Socket;
    socket.removeAllListeners('data');
    return { socket, ...read(Buffer.concat(heard)) };
  } catch (error) {
    connection.stream.destroy();
    throw failure(address, error, heard);
  } finally {
    abandoned.removeEventListener('abort', leave);
  }
}

function failure(address: ServerAddress, error: unknown, heard: readonly Buffer[]): unknown {
  if (!(error instanceof Error)) return error;
  const said = serverError(error) && read(Buffer.concat(heard)).greeting;
  return new LoginFailure(said, unavailable(address, failureReason(address, error)).message);
}

/** node-postgres would add an encoding of its own. */
function startUpPacket(parameters: ReadonlyMap<string, string>): Buffer {
  const pairs = [...parameters].flatMap(([name, value]) => [cstring(name), cstring(value)]);
  const body = Buffer.concat([int32(3 << 16), ...pairs, Buffer.alloc(1)]);
  return Buffer.concat([int32(body.length + 4), body]);
}

/** Takes apart what a server said during a login. */
function read(heard: Buffer): Omit<Backend, 'socket'> {
  const scanner = MessageScanner.ofServer();
  const kept: Buffer[] = [];
  let [pid, secretKey] = [0, 0];
  scanner.scan(heard, (tag, start, end) => {
    if (tag === OF_SERVER.authentication) return;
    kept.push(heard.subarray(start, end));
    if (tag === OF_SERVER.backendKeyData) {
      pid = heard.readInt32BE(start + 5);
      secretKey = heard.readInt32BE(start + 9);
    }
  });
  return { pid, secretKey, greeting: Buffer.concat(kept), scanner };
}

/**
 * Passes a request to cancel on, by TLS where the server is spoken to by TLS.
 *
 * @returns when the server has closed the connection: it has taken note then; or when none could be made
 */
export function passCancelOn(address: ServerAddress, pid: number, secretKey: number): Promise<void> {
  const { host = 'localhost', port = 5432, ssl, sslnegotiation } = clientConfig(address);
  const connection = new pg.Connection({ ssl, sslNegotiation: sslnegotiation } as object) as DriverConnection;
  const cancel = (): void => connection.cancel(pid, secretKey);
  connection.on('connect', () => {
    if (!ssl) cancel();
    else if (sslnegotiation !== 'direct') connection.requestSsl();
  });
  connection.on('sslconnect', cancel);
  return new Promise((resolve) => {
    const impatience = setTimeout(() => connection.stream.destroy(), connectTimeoutMs(address) || undefined);
    const end = (): void => {
      clearTimeout(impatience);
      connection.stream.destroy();
      resolve();
    };
    connection.on('end', end);
    connection.on('error', end);
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
    else connection.connect(port, host);
  });
}
