import type { Fields, Message } from './messages.js';

/** What a client sent, up to a Query, Sync, FunctionCall or Flush. */
export interface Request {
  readonly messages: readonly Message[];
}

/** What the server answered to a round trip, in the order in which it came. */
export interface Answer {
  /** Up to its ReadyForQuery, which a Flush has none of. */
  readonly messages: readonly Message[];
  /** The last one of them that is an ErrorResponse. */
  readonly error: Fields | undefined;
  /** The session's state after it: I idle, T in a transaction, E in a failed one. */
  readonly state: TransactionState;
}

export type TransactionState = 'I' | 'T' | 'E';

/** The client has left, or the server: what was under way has no answer. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** A session whose round trips stand at a gate. Each promise is rejected with ConnectionLost where no answer comes. */
export interface GatedSession {
  /** Of the backend. */
  readonly pid: number;
  readonly state: TransactionState;
  /** Sends messages on and lets the answer through as it comes, however long it is. */
  pass(messages: readonly Message[]): Promise<Pick<Answer, 'state'>>;
  /** Sends messages that end in Sync, Query, FunctionCall or Flush, and withholds the answer. */
  exchange(messages: readonly Message[]): Promise<Answer>;
  /** Runs a statement of one's own, of which the client learns nothing but changed parameters and notifications. */
  inject(text: string): Promise<Answer>;
  /** Has what `send` sends go in one packet. */
  together<T>(send: () => T): T;
  /**
   * Gives the client an answer that was withheld.
   *
   * @param state what its ReadyForQuery says instead of what it said
   */
  release(messages: readonly Message[], state?: TransactionState): void;
}

/** Decides when round trips go to the server, and what a client sees of the answers. */
export interface Gate {
  /** A client was let in; it waits for nothing. */
  opened(session: GatedSession): void;
  /**
   * Takes a round trip of which nothing has gone to the server. The next one of the session comes when this one is done.
   * COPY data of the client go by the gate.
   */
  roundTrip(session: GatedSession, request: Request): Promise<void>;
  /** The session has ended. */
  closed(session: GatedSession): void;
  /** `roundTrip` was rejected with something else than ConnectionLost; the connection is reset. */
  failed(session: GatedSession, error: unknown): void;
}
