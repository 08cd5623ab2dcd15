import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { withConnectionString, type ServerAddress } from '../database/address.js';
import { parseUrl, toUrl } from '../database/connection/url.js';
import type { Gate } from './gate.js';
import { login, LoginFailure, passCancelOn } from './login.js';
import { ASK_FOR_PASSWORD, AUTHENTICATION_OK, fatalError, negotiateProtocolVersion } from './messages.js';
import { Session } from './session.js';
import {
  Departed,
  readPassword,
  readStartUp,
  Refusal,
  type CancelRequest,
  type StartUp,
} from './start-up.js';

const LOOPBACK = '127.0.0.1';
const PASSWORD_BYTES = 24;
/** PostgreSQL's default of authentication_timeout. */
const LET_IN_WITHIN_MS = 60_000;

export interface PortOptions {
  /** What a round trip takes longer by the wire; may have fractions. */
  readonly rttMs: number;
  /** Holds every round trip of the port; without one, they go by. */
  readonly gate?: Gate | undefined;
  /** Told of each reply that was lost on purpose. */
  readonly onReplyLost?: (() => void) | undefined;
}

/** A port on loopback that leads to a server: for one client program, with a password of its own. */
export class ListeningPort {
  readonly #upstream: ServerAddress;
  readonly #options: PortOptions;
  readonly #password = randomBytes(PASSWORD_BYTES).toString('base64url');
  readonly #server: Server;
  readonly #sessions = new Set<Session>();
  readonly #clients = new Set<Socket>();
  #roundTripsOfEnded = 0;
  #cutOff = 0;

  private constructor(upstream: ServerAddress, options: PortOptions) {
    this.#upstream = upstream;
    this.#options = options;
    // One side may have said all while the other still speaks.
    this.#server = createServer(
      { allowHalfOpen: true, noDelay: true },
      (client) => void this.#receive(client),
    );
  }

  /** Begins to listen. */
  static async open(upstream: ServerAddress, options: PortOptions): Promise<ListeningPort> {
    const port = new ListeningPort(upstream, options);
    await new Promise<void>((resolve, reject) => {
      port.#server.once('error', reject);
      port.#server.listen(0, LOOPBACK, resolve);
    });
    return port;
  }

  get number(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How a client connects: a one-time password, and what of the server's own address means anything to a client. */
  get address(): ServerAddress {
    const { user, dbname, options, application_name, connect_timeout } = parseUrl(
      this.#upstream.connectionString,
    );
    const kept = Object.entries({ user, dbname, options, application_name, connect_timeout });
    const url = toUrl({
      ...Object.fromEntries(kept.filter(([, value]) => value !== undefined)),
      ...{ host: LOOPBACK, port: String(this.number), password: this.#password, sslmode: 'disable' },
    });
    return withConnectionString(this.#upstream.source, url);
  }

  /** Connections whose backend has not ended. */
  get sessions(): ReadonlySet<Session> {
    return this.#sessions;
  }

  /** How many connections lost their backend, or the server, under a round trip. */
  get cutOff(): number {
    return this.#cutOff;
  }

  /** How many round trips were answered. */
  get roundTrips(): number {
    return [...this.#sessions].reduce(
      (sum, { roundTripCount }) => sum + roundTripCount,
      this.#roundTripsOfEnded,
    );
  }

  /** Ends the port and every connection of it. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const session of this.#sessions) session.reset();
    for (const client of this.#clients) client.destroy();
    await closed;
  }

  async #receive(client: Socket): Promise<void> {
    this.#clients.add(client);
    client.on('close', () => this.#clients.delete(client));
    // What breaks is seen by 'close'.
    client.on('error', () => undefined);
    const impatience = setTimeout(() => client.destroy(), LET_IN_WITHIN_MS);
    try {
      const wish = await readStartUp(client);
      if (wish.kind === 'cancel') await this.#cancel(client, wish);
      else await this.#letIn(client, wish, () => clearTimeout(impatience));
    } catch (error) {
      refuse(client, error);
    } finally {
      clearTimeout(impatience);
    }
  }

  async #letIn(client: Socket, wish: StartUp, onAuthenticated: () => void): Promise<void> {
    if (wish.isLater || wish.protocolOptions.length > 0)
      client.write(negotiateProtocolVersion(wish.protocolOptions));
    this.#checkUser(wish.parameters.get('user'));
    client.write(ASK_FOR_PASSWORD);
    this.#checkPassword(await readPassword(client));
    onAuthenticated();
    const left = new AbortController();
    const leave = (): void => left.abort();
    client.on('close', leave);
    const backend = await login(this.#upstream, wish.parameters, left.signal);
    client.off('close', leave);
    const { socket, pid, secretKey, scanner } = backend;
    const greeting = Buffer.concat([AUTHENTICATION_OK, backend.greeting]);
    const session = new Session(
      { client, server: socket, pid, secretKey, greeting, scanner },
      {
        rttMs: this.#options.rttMs,
        gate: this.#options.gate,
        onReplyLost: () => this.#options.onReplyLost?.(),
        onCutOff: () => (this.#cutOff += 1),
        onClosed: () => {
          this.#sessions.delete(session);
          this.#roundTripsOfEnded += session.roundTripCount;
        },
      },
    );
    this.#sessions.add(session);
  }

  #checkUser(user: string | undefined): void {
    if (user === undefined || user === '')
      throw new Refusal('28000', 'no PostgreSQL user name specified in startup packet');
    const { user: own } = parseUrl(this.#upstream.connectionString);
    if (user !== own) {
      const accepted = `accepted here is ${JSON.stringify(own)} alone, as whom the tool logs in`;
      throw new Refusal('28000', `role ${JSON.stringify(user)} is not let in: ${accepted}`);
    }
  }

  #checkPassword(given: Buffer): void {
    const expected = Buffer.from(this.#password);
    const isRight = given.length === expected.length && timingSafeEqual(given, expected);
    if (!isRight)
      throw new Refusal('28P01', 'password authentication failed: it is not the one of this port');
  }

  /** Only with a key that was handed out here; the client learns nothing, as of a server. */
  async #cancel(client: Socket, { pid, secretKey }: CancelRequest): Promise<void> {
    const isKnown = [...this.#sessions].some((each) => each.pid === pid && each.secretKey === secretKey);
    if (isKnown) await passCancelOn(this.#upstream, pid, secretKey);
    client.end();
    client.resume();
  }
}

/** Says why to the client. */
function refuse(client: Socket, error: unknown): void {
  if (error instanceof Departed) return void client.destroy();
  if (error instanceof Refusal) client.end(fatalError(error.sqlState, error.message));
  else if (error instanceof LoginFailure) client.end(error.said ?? fatalError('08006', error.message));
  else throw error;
  client.resume();
}
