import { serialize } from 'pg-protocol';
import type { Answer, Request } from './gate.js';
import { asMessage, stringAt, type Message } from './messages.js';
import { OF_CLIENT, OF_SERVER } from './tags.js';

/** A round trip in two: PostgreSQL takes the snapshot of a lone SELECT at Bind, and its row locks at Execute. */
export interface SplitRequest {
  /** Up to Bind and Describe, with a Flush at the end. */
  readonly upToBind: readonly Message[];
  /** From Execute on. */
  readonly fromExecute: readonly Message[];
  /** The answers to both as the client expects them. */
  answer(first: Answer, second: Answer): Message[];
}

/** What the answer of a simple Query does not have. */
const OF_EXTENDED: readonly number[] = [OF_SERVER.parseComplete, OF_SERVER.bindComplete, OF_SERVER.noData];

/**
 * Splits a round trip before its first Execute. A simple Query goes by the extended protocol; it must be one statement.
 * Source: PostgreSQL, exec_bind_message and exec_execute_message in src/backend/tcop/postgres.c.
 *
 * @returns undefined where there is no Execute: it is all of one piece
 */
export function splitBeforeExecute({ messages }: Request): SplitRequest | undefined {
  const [first] = messages;
  const isSimple = first?.tag === OF_CLIENT.query;
  const extended = isSimple ? asExtended(stringAt(first, 0)) : messages;
  const at = extended.findIndex(({ tag }) => tag === OF_CLIENT.execute);
  if (at === -1) return undefined;
  return {
    upToBind: [...extended.slice(0, at), asMessage(serialize.flush())],
    fromExecute: extended.slice(at),
    answer({ messages: before }, { messages: after }) {
      const all = [...before, ...after];
      return isSimple ? all.filter(({ tag }) => !OF_EXTENDED.includes(tag)) : all;
    },
  };
}

function asExtended(text: string): Message[] {
  const parts = [
    serialize.parse({ text }),
    serialize.bind({}),
    serialize.describe({ type: 'P' }),
    serialize.execute(),
    serialize.sync(),
  ];
  return parts.map(asMessage);
}
