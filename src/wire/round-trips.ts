import { OF_CLIENT, OF_SERVER } from './tags.js';

/** A round trip that the server owes an answer of. */
export interface RoundTrip<Answer = unknown> {
  /** The type of the message that ended what the client sent: Sync, Query, FunctionCall or Flush. */
  end: number;
  /** Where its answer goes, for who sent it. */
  readonly answer: Answer | undefined;
  /**
   * Messages of it that are yet to be answered before its end: for a Flush, after which comes no ReadyForQuery; and for a Query
   * or FunctionCall behind messages of the extended protocol without a Sync.
   */
  owed: number;
}

/** In the order of what was sent: CopyDone or CopyFail. */
const END_OF_COPY = Symbol('end of copy');

/**
 * Knows which round trips of a connection are under way, by the types of the messages that go by in both directions.
 * Source: PostgreSQL manual, 55.2.3 Extended Query, 55.2.4 Pipelining, 55.2.6 COPY Operations; PostgresMain in
 * src/backend/tcop/postgres.c: after an error in the extended protocol everything up to the next Sync is skipped.
 */
export class RoundTrips<Answer = unknown> {
  readonly #sent: (RoundTrip<Answer> | typeof END_OF_COPY)[] = [];
  #owed = 0;
  /** The server skips what comes until a Sync, for an error came. */
  #isSkipping = false;
  /** The server reads data for COPY: Sync and Flush say nothing to it. */
  #isCopying = false;
  /** COPY has failed and the client has not said the end of its data, which says nothing then. */
  #hasCopyFailed = false;
  /** The Sync that is to come ends the round trip under way, for the server ignored the one before its COPY data. */
  #awaitsSync = false;

  /** The round trip whose answer comes next; undefined where none is under way. */
  get current(): RoundTrip<Answer> | undefined {
    const [first] = this.#sent;
    return first === END_OF_COPY ? this.#sent.find((each) => each !== END_OF_COPY) : first;
  }

  /** Whether the server waits for COPY data, or for the Sync behind them, of the round trip under way. */
  get takesCopyData(): boolean {
    return this.#isCopying || this.#awaitsSync;
  }

  /**
   * Notes a message that went to the server.
   *
   * @param answer kept with the round trip that the message ends
   * @returns whether the message ends a round trip that will be answered
   */
  sent(tag: number, answer?: Answer): boolean {
    switch (tag) {
      case OF_CLIENT.parse:
      case OF_CLIENT.bind:
      case OF_CLIENT.describe:
      case OF_CLIENT.execute:
      case OF_CLIENT.close:
        if (!this.#isSkipping && !this.#isCopying) this.#owed += 1;
        return false;
      case OF_CLIENT.sync:
        return this.#sentSync(answer);
      case OF_CLIENT.query:
      case OF_CLIENT.functionCall:
        return !this.#isSkipping && !this.#isCopying && this.#expect(tag, this.#owed, answer);
      case OF_CLIENT.flush:
        return this.#owed > 0 && this.#expect(tag, this.#owed, answer);
      case OF_CLIENT.copyDone:
      case OF_CLIENT.copyFail:
        if (this.#isCopying) this.#isCopying = false;
        else if (this.#hasCopyFailed) this.#hasCopyFailed = false;
        else if (this.#sent.length > 0 || this.#owed > 0) this.#sent.push(END_OF_COPY);
        return false;
      default:
        return false;
    }
  }

  /**
   * Notes a message of the server.
   *
   * @returns the round trip whose answer it ends
   */
  received(tag: number): RoundTrip<Answer> | undefined {
    const { current } = this;
    switch (tag) {
      case OF_SERVER.readyForQuery:
        this.#isCopying = this.#awaitsSync = this.#hasCopyFailed = false;
        return this.#shift();
      case OF_SERVER.errorResponse:
        // COPY has failed: what comes of its data is passed over.
        this.#hasCopyFailed ||= this.#isCopying;
        this.#isCopying = false;
        return (current?.owed ?? this.#owed) > 0 ? this.#skipToSync() : undefined;
      case OF_SERVER.copyInResponse:
      case OF_SERVER.copyBothResponse:
        this.#beginCopy(current);
        return undefined;
      case OF_SERVER.parseComplete:
      case OF_SERVER.bindComplete:
      case OF_SERVER.closeComplete:
      case OF_SERVER.rowDescription:
      case OF_SERVER.noData:
      case OF_SERVER.commandComplete:
      case OF_SERVER.emptyQueryResponse:
      case OF_SERVER.portalSuspended:
        return this.#answered(current);
      default:
        return undefined;
    }
  }

  /** Forgets all that is under way and returns it: the connection has ended. */
  abandon(): RoundTrip<Answer>[] {
    return this.#sent.splice(0).filter((each) => each !== END_OF_COPY);
  }

  #sentSync(answer: Answer | undefined): boolean {
    if (this.#isCopying) return false;
    if (this.#awaitsSync) {
      this.#awaitsSync = false;
      this.#owed = 0;
      return false;
    }
    this.#isSkipping = false;
    return this.#expect(OF_CLIENT.sync, 0, answer);
  }

  #expect(end: number, owed: number, answer: Answer | undefined): true {
    this.#owed = 0;
    this.#sent.push({ end, owed, answer });
    return true;
  }

  #shift(): RoundTrip<Answer> | undefined {
    const ended = this.current;
    while (this.#sent[0] === END_OF_COPY) this.#sent.shift();
    this.#sent.shift();
    return ended;
  }

  #answered(current: RoundTrip<Answer> | undefined): RoundTrip<Answer> | undefined {
    if (current === undefined) {
      // Nobody asked for it yet: the server had more to say than it keeps back.
      this.#owed = Math.max(0, this.#owed - 1);
      return undefined;
    }
    if (current.owed === 0) return undefined;
    current.owed -= 1;
    return current.owed === 0 && current.end === OF_CLIENT.flush ? this.#shift() : undefined;
  }

  /** Nothing more is answered up to a Sync, whether that was sent already or not. */
  #skipToSync(): RoundTrip<Answer> | undefined {
    const ended = this.#shift();
    const sync = this.#sent.findIndex((each) => each !== END_OF_COPY && each.end === OF_CLIENT.sync);
    this.#isSkipping = sync === -1;
    this.#isCopying = false;
    if (this.#isSkipping) this.#owed = 0;
    this.#sent.splice(0, sync === -1 ? this.#sent.length : sync);
    return ended;
  }

  /** The server ignores each Sync and Flush that it finds before the end of the data. */
  #beginCopy(current: RoundTrip<Answer> | undefined): void {
    const end = this.#sent.indexOf(END_OF_COPY);
    this.#isCopying = end === -1;
    // What stands before the end of the data but for the round trip under way.
    const from = this.#sent[0] === current ? 1 : 0;
    this.#sent.splice(from, (end === -1 ? this.#sent.length : end + 1) - from);
    if (from === 0 || current === undefined || isOfSimpleProtocol(current)) return;
    // What a Flush waits for comes behind the data, and not before the next Sync.
    current.end = OF_CLIENT.sync;
    current.owed = 0;
    const [, next] = this.#sent;
    if (next === undefined || next === END_OF_COPY) this.#awaitsSync = true;
    else this.#sent.splice(1, 1);
  }
}

function isOfSimpleProtocol({ end }: RoundTrip): boolean {
  return end === OF_CLIENT.query || end === OF_CLIENT.functionCall;
}
