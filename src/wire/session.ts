import type { Socket } from 'node:net';
import { ConnectionLost, type Answer, type Gate, type GatedSession, type TransactionState } from './gate.js';
import { GateQueue } from './gate-queue.js';
import { fatalError, fieldsOf, ownStatement, type Message } from './messages.js';
import { OneWay } from './one-way.js';
import { RoundTrips, type RoundTrip } from './round-trips.js';
import { MessageScanner, ProtocolViolation } from './scanner.js';
import { isAsynchronous, OF_CLIENT, OF_SERVER } from './tags.js';

const NOTHING = Buffer.alloc(0);
/** PostgreSQL's SQLSTATE for what the protocol does not know. */
const PROTOCOL_VIOLATION = '08P01';

/** A client that was let in, and the backend that was logged in to for it. */
export interface Connected {
  readonly client: Socket;
  readonly server: Socket;
  readonly pid: number;
  readonly secretKey: number;
  /** What the server said since the login, authentication apart: goes to the client first. */
  readonly greeting: Buffer;
  /** Has seen the greeting. */
  readonly scanner: MessageScanner;
}

export interface SessionOptions {
  /** What a round trip takes longer: half of it each way. */
  readonly rttMs: number;
  /** Without one, everything goes by as it comes. */
  readonly gate?: Gate | undefined;
  /** Told when a reply that was to be lost was lost. */
  readonly onReplyLost: () => void;
  /** Told when the server's side has ended under a round trip whose client waits for an answer. */
  readonly onCutOff: () => void;
  /** Told when the server's side has ended. */
  readonly onClosed: () => void;
}

/** Where the answer of a round trip goes that has passed a gate. */
interface Destination {
  /** The answer so far, if it is withheld. */
  readonly withheld: Message[] | undefined;
  /** Whether the statement is the wire's own. */
  readonly isOwn: boolean;
  readonly settle: (answer: Answer) => void;
  readonly fail: (error: Error) => void;
}

/** A connection through the wire. */
export class Session implements GatedSession {
  readonly pid: number;
  readonly secretKey: number;
  /** Round trips that were answered. */
  roundTripCount = 0;
  #state: TransactionState = 'I';
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #options: SessionOptions;
  readonly #roundTrips = new RoundTrips<Destination>();
  readonly #clientScanner = MessageScanner.ofClient();
  readonly #serverScanner: MessageScanner;
  readonly #requests: OneWay;
  readonly #replies: OneWay;
  readonly #gateQueue: GateQueue | undefined;
  /** Answers that are on their way to the client. */
  #undelivered = 0;
  /** Parts of the answer under way have gone to the client. */
  #isReplyBegun = false;
  /** How many ReadyForQuery more go by before the reply that is to be lost; undefined: none is. */
  #repliesUntilLoss: number | undefined;
  /** A part of the reply that is lost was swallowed. */
  #isLosing = false;
  /** The answer under way was asked for before the one before it had come. */
  #isPipelined = false;
  /** The parts so far of a message that is withheld. */
  #parts: Buffer[] = [];
  #isOver = false;
  #isServerGone = false;

  constructor({ client, server, pid, secretKey, greeting, scanner }: Connected, options: SessionOptions) {
    this.pid = pid;
    this.secretKey = secretKey;
    this.#client = client;
    this.#server = server;
    this.#options = options;
    this.#serverScanner = scanner;
    this.#requests = new OneWay(client, server, options.rttMs / 2);
    this.#replies = new OneWay(server, client, options.rttMs / 2);
    const { gate } = options;
    this.#gateQueue = gate && new GateQueue(this, gate, (bytes) => (this.#requests.kept = bytes));
    this.#replies.push(greeting);
    this.#listen();
    gate?.opened(this);
  }

  get state(): TransactionState {
    return this.#state;
  }

  /** Whether the client is there and waits for an answer. */
  get isBusy(): boolean {
    if (this.#hasClientLeft) return false;
    return (
      this.#roundTrips.current !== undefined || this.#undelivered > 0 || this.#gateQueue?.isBusy === true
    );
  }

  get #hasClientLeft(): boolean {
    return this.#client.readableEnded || this.#client.destroyed;
  }

  /** Whether the server takes COPY data that go by the gate. */
  get takesCopyData(): boolean {
    return this.#roundTrips.takesCopyData;
  }

  /** How many bytes of both directions this process holds. */
  get bufferedBytes(): number {
    return this.#requests.bufferedBytes + this.#replies.bufferedBytes;
  }

  /**
   * The next answer that ends in ReadyForQuery and of which nothing has gone to the client is swallowed, and the connection reset
   * when it has come. A Flush is no such answer: its statement would be undone.
   */
  loseNextReply(): void {
    const isFlush = this.#roundTrips.current?.end === OF_CLIENT.flush;
    this.#repliesUntilLoss = this.#isReplyBegun && !isFlush ? 1 : 0;
  }

  /** A reply that was swallowed in part is lost all the same. */
  loseNoReply(): void {
    if (!this.#isLosing) this.#repliesUntilLoss = undefined;
  }

  /** Breaks the connection on both sides. */
  reset(): void {
    this.#client.resetAndDestroy();
    this.#server.destroy();
  }

  // ---- what a gate does

  pass(messages: readonly Message[]): Promise<Answer> {
    return this.#send(messages, { isWithheld: false, isOwn: false });
  }

  exchange(messages: readonly Message[]): Promise<Answer> {
    return this.#send(messages, { isWithheld: true, isOwn: false });
  }

  inject(text: string): Promise<Answer> {
    return this.#send(ownStatement(text), { isWithheld: true, isOwn: true });
  }

  together<T>(send: () => T): T {
    this.#server.cork();
    try {
      return send();
    } finally {
      this.#server.uncork();
    }
  }

  release(messages: readonly Message[], state?: TransactionState): void {
    const bytes = messages.map(({ tag, raw }) => {
      if (state === undefined || tag !== OF_SERVER.readyForQuery) return raw;
      return Buffer.concat([raw.subarray(0, -1), Buffer.from(state)]);
    });
    if (bytes.length > 0) this.#replies.push(Buffer.concat(bytes));
  }

  /** Sends COPY data, and what ends them, past the gate. */
  sendAside({ tag, raw }: Message): void {
    this.#roundTrips.sent(tag);
    this.#requests.push(raw);
  }

  #send(
    messages: readonly Message[],
    { isWithheld, isOwn }: { isWithheld: boolean; isOwn: boolean },
  ): Promise<Answer> {
    if (this.#isOver) return Promise.reject(new ConnectionLost('the connection is gone'));
    return new Promise((settle, fail) => {
      const answer: Destination = { withheld: isWithheld ? [] : undefined, isOwn, settle, fail };
      const isAnswered = messages.map(({ tag }) => this.#roundTrips.sent(tag, answer)).includes(true);
      this.#requests.push(Buffer.concat(messages.map(({ raw }) => raw)));
      // The server skips it after an error, or a Flush has nothing to wait for.
      if (!isAnswered) this.#settle(answer);
    });
  }

  // ---- from the client

  readonly #noteRequest = (tag: number, _start: number, _end: number, isWhole: boolean): void => {
    if (isWhole) this.#roundTrips.sent(tag);
  };

  #ofClient(chunk: Buffer): void {
    // As a client of a server that is gone sees it that writes once more.
    if (this.#isServerGone) return void this.#client.resetAndDestroy();
    if (this.#gateQueue !== undefined) return this.#gateQueue.push(chunk, this.#clientScanner);
    this.#clientScanner.scan(chunk, this.#noteRequest);
    this.#requests.push(chunk);
  }

  // ---- from the server

  #ofServer(chunk: Buffer): void {
    if (this.#gateQueue === undefined && this.#repliesUntilLoss === undefined) this.#passOn(chunk);
    else this.#sort(chunk);
  }

  /** The whole chunk goes to the client. */
  #passOn(chunk: Buffer): void {
    let delivered = 0;
    this.#serverScanner.scan(chunk, (tag, _start, end, isWhole) => {
      if (!isWhole) return void (this.#isReplyBegun ||= !isAsynchronous(tag));
      if (this.#received(tag, chunk, end) !== undefined) delivered += 1;
      else if (!isAsynchronous(tag)) this.#isReplyBegun = true;
    });
    if (delivered === 0 || this.#options.rttMs === 0) return this.#replies.push(chunk);
    this.#undelivered += delivered;
    this.#replies.push(chunk, () => (this.#undelivered -= delivered));
  }

  /** Notes the end of a message; returns the round trip that it ends. */
  #received(tag: number, chunk: Buffer, end: number): RoundTrip<Destination> | undefined {
    if (tag === OF_SERVER.readyForQuery)
      this.#state = String.fromCharCode(chunk[end - 1] as number) as TransactionState;
    const ended = this.#roundTrips.received(tag);
    if (ended === undefined) return undefined;
    this.#isReplyBegun = false;
    this.#isPipelined = this.#roundTrips.current !== undefined;
    this.roundTripCount += 1;
    return ended;
  }

  /** Each message goes where it belongs: to the client, to who withholds it, or nowhere. */
  #sort(chunk: Buffer): void {
    let from = 0;
    let to = 0;
    const flush = (): void => {
      if (to > from) this.#replies.push(chunk.subarray(from, to));
    };
    this.#serverScanner.scan(chunk, (tag, start, end, isWhole) => {
      if (this.#isOver) return;
      const { current } = this.#roundTrips;
      const keeper = this.#keeperOf(tag, current);
      const isLost = keeper === undefined && this.#isLost(tag, current);
      this.#isLosing ||= isLost;
      if (keeper === undefined && !isLost) {
        if (start !== to) {
          flush();
          from = start;
        }
        to = end;
        if (!isAsynchronous(tag)) this.#isReplyBegun = true;
      }
      if (keeper !== undefined) this.#withhold(keeper, tag, chunk.subarray(start, end), isWhole);
      if (!isWhole) return;
      if (current?.answer?.withheld && isCopyResponse(tag)) this.release(current.answer.withheld.splice(0));
      const ended = this.#received(tag, chunk, end);
      if (isCopyResponse(tag)) this.#gateQueue?.copyBegins();
      if (ended === undefined) return;
      if (isLost) {
        // What the chunk holds of the reply before it goes to the client.
        flush();
        return this.#lose();
      }
      if (this.#repliesUntilLoss && ended.end !== OF_CLIENT.flush) this.#repliesUntilLoss -= 1;
      if (ended.answer !== undefined) {
        // What goes through is given to the client before anything that the gate says next.
        flush();
        from = to = end;
        this.#settle(ended.answer);
      }
    });
    if (!this.#isOver) flush();
  }

  /** Whose answer the message is a part of that is withheld. */
  #keeperOf(tag: number, current: RoundTrip<Destination> | undefined): Message[] | undefined {
    const { withheld, isOwn = false } = current?.answer ?? {};
    const isForClient = tag === OF_SERVER.parameterStatus || tag === OF_SERVER.notificationResponse;
    return isOwn && isForClient ? undefined : withheld;
  }

  #withhold(keeper: Message[], tag: number, part: Buffer, isWhole: boolean): void {
    this.#parts.push(part);
    if (!isWhole) return;
    keeper.push({ tag, raw: this.#parts.length === 1 ? part : Buffer.concat(this.#parts) });
    this.#parts = [];
  }

  /** The client must hear that its COPY data are waited for, or no end of the reply comes. */
  #isLost(tag: number, current: RoundTrip<Destination> | undefined): boolean {
    const isNext = this.#repliesUntilLoss === 0 && current !== undefined;
    return isNext && current.end !== OF_CLIENT.flush && !isCopyResponse(tag);
  }

  /**
   * A reset takes with it what the client has not read. Of the replies before, that can be only where this one was asked for
   * before they came: there the connection ends behind them.
   */
  #lose(): void {
    this.#options.onReplyLost();
    this.#server.destroy();
    this.#serverGone(() => (this.#isPipelined ? this.#client.end() : this.#client.resetAndDestroy()));
  }

  #settle({ withheld, settle }: Destination): void {
    const messages = withheld ?? [];
    const error = messages.findLast(({ tag }) => tag === OF_SERVER.errorResponse);
    settle({ messages, error: error && fieldsOf(error), state: this.#state });
  }

  // ---- ends

  #listen(): void {
    const [client, server] = [this.#client, this.#server];
    client.on('data', (chunk: Buffer) => this.#guarded(() => this.#ofClient(chunk)));
    server.on('data', (chunk: Buffer) => this.#guarded(() => this.#ofServer(chunk)));
    client.on('end', () => this.#requests.afterAll(() => server.end()));
    client.on('error', () => server.destroy());
    client.on('close', () => {
      if (!client.readableEnded) server.destroy();
    });
    server.on('end', () => this.#serverGone(() => client.end()));
    server.on('error', () => this.#serverGone(() => whenWritten(client, () => client.resetAndDestroy())));
    server.on('close', () => {
      this.#serverGone(() => client.destroy());
      this.#options.onClosed();
    });
    client.resume();
    server.resume();
  }

  /** All that the server said before is given to the client first. */
  #serverGone(tellClient: () => void): void {
    if (this.#isServerGone) return;
    this.#isServerGone = this.#isOver = true;
    const abandoned = this.#roundTrips.abandon();
    if (abandoned.length > 0 && !this.#hasClientLeft) this.#options.onCutOff();
    // A FATAL error has no ReadyForQuery behind it.
    for (const { answer } of abandoned) if (answer?.isOwn === false) this.release(answer.withheld ?? []);
    this.#replies.afterAll(tellClient);
    for (const { answer } of abandoned) answer?.fail(new ConnectionLost('the connection is gone'));
    this.#options.gate?.closed(this);
  }

  #guarded(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.#server.destroy();
      this.#serverGone(() => this.#client.end(fatalError(PROTOCOL_VIOLATION, error.message)));
    }
  }
}

function isCopyResponse(tag: number): boolean {
  return tag === OF_SERVER.copyInResponse || tag === OF_SERVER.copyBothResponse;
}

function whenWritten(socket: Socket, action: () => void): void {
  if (!socket.writable || socket.writableLength === 0) action();
  else socket.write(NOTHING, action);
}
