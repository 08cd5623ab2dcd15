// Types of messages by their first byte. Source: PostgreSQL manual, 55.7 Message Formats.

const code = (letter: string): number => letter.charCodeAt(0);

/** What a client sends. */
export const OF_CLIENT = {
  bind: code('B'),
  close: code('C'),
  copyData: code('d'),
  copyDone: code('c'),
  copyFail: code('f'),
  describe: code('D'),
  execute: code('E'),
  flush: code('H'),
  functionCall: code('F'),
  parse: code('P'),
  password: code('p'),
  query: code('Q'),
  sync: code('S'),
  terminate: code('X'),
} as const;

/** What a server sends, as far as the wire looks at it. */
export const OF_SERVER = {
  authentication: code('R'),
  backendKeyData: code('K'),
  bindComplete: code('2'),
  closeComplete: code('3'),
  commandComplete: code('C'),
  copyBothResponse: code('W'),
  copyInResponse: code('G'),
  emptyQueryResponse: code('I'),
  errorResponse: code('E'),
  noData: code('n'),
  noticeResponse: code('N'),
  notificationResponse: code('A'),
  parameterStatus: code('S'),
  parseComplete: code('1'),
  portalSuspended: code('s'),
  readyForQuery: code('Z'),
  rowDescription: code('T'),
} as const;

/** Whether a message of the server may come at any time, so that it says nothing of a round trip. */
export function isAsynchronous(tag: number): boolean {
  return (
    tag === OF_SERVER.noticeResponse ||
    tag === OF_SERVER.notificationResponse ||
    tag === OF_SERVER.parameterStatus
  );
}
