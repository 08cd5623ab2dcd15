import { serialize } from 'pg-protocol';

/** A whole message: its type, and all its bytes with type and length. */
export interface Message {
  readonly tag: number;
  readonly raw: Buffer;
}

/** Fields of an ErrorResponse or NoticeResponse by their letters: C the SQLSTATE, M the message, S the severity. */
export type Fields = Readonly<Partial<Record<string, string>>>;

const HEADER_BYTES = 5;
/** 3.0, as in a start-up packet. */
const PROTOCOL_3_0 = 3 << 16;

/** Writes a message of type and body. */
export function message(type: string, ...body: readonly Buffer[]): Buffer {
  const length = body.reduce((sum, { byteLength }) => sum + byteLength, 4);
  const head = Buffer.alloc(HEADER_BYTES);
  head.write(type, 'latin1');
  head.writeInt32BE(length, 1);
  return Buffer.concat([head, ...body]);
}

export const cstring = (text: string): Buffer => Buffer.from(`${text}\0`);

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/**
 * An error that ends the connection.
 * Source: PostgreSQL manual, 55.8 Error and Notice Message Fields.
 */
export function fatalError(sqlState: string, text: string): Buffer {
  const fields = { S: 'FATAL', V: 'FATAL', C: sqlState, M: text };
  return message('E', ...Object.entries(fields).map(([key, value]) => cstring(key + value)), Buffer.alloc(1));
}

export const ASK_FOR_PASSWORD = message('R', int32(3));
export const AUTHENTICATION_OK = message('R', int32(0));

/** Tells a client that wants a later minor version, or options, that it gets 3.0 and none of them. */
export function negotiateProtocolVersion(optionsNotKnown: readonly string[]): Buffer {
  return message('v', int32(PROTOCOL_3_0), int32(optionsNotKnown.length), ...optionsNotKnown.map(cstring));
}

/** Reads an ErrorResponse or NoticeResponse. */
export function fieldsOf({ raw }: Message): Fields {
  const fields = raw.toString('utf8', HEADER_BYTES).split('\0').filter(Boolean);
  return Object.fromEntries(fields.map((field) => [field.slice(0, 1), field.slice(1)]));
}

/** The text of a message that begins with strings, e.g. of a Query; the second one of a Parse. */
export function stringAt({ raw }: Message, position: number): string {
  let from = HEADER_BYTES;
  for (let each = 0; each < position; each += 1) from = raw.indexOf(0, from) + 1;
  return raw.toString('utf8', from, raw.indexOf(0, from));
}

/** The name of statements and portals of the wire's own. */
const OWN = 'els_assign_wire';

/**
 * A statement that is put between those of a client, without parameters. Never a simple Query, and never without a name: both
 * destroy the client's unnamed statement, which drivers parse in one round trip and bind in the next. Closed first and
 * parsed each time: DISCARD ALL, or an error half-way, leaves nothing to rely on.
 * Source: PostgreSQL manual, 55.2.3 Extended Query.
 */
export function ownStatement(text: string): Message[] {
  return [
    serialize.close({ type: 'S', name: OWN }),
    serialize.parse({ name: OWN, text, types: [] }),
    serialize.bind({ portal: OWN, statement: OWN }),
    serialize.execute({ portal: OWN }),
    serialize.close({ type: 'P', name: OWN }),
    serialize.sync(),
  ].map(asMessage);
}

/** A message by its bytes. */
export function asMessage(raw: Buffer): Message {
  return { tag: raw[0] as number, raw };
}
