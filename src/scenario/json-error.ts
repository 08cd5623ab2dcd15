import { quote } from '../gate/wording.js';

type Kind = 'value' | 'string' | '{' | '}' | '[' | ']' | ',' | ':' | 'end' | 'bad';

interface Token {
  readonly kind: Kind;
  readonly start: number;
  /** One past the last character; for a bad token, the character that is wrong. */
  readonly end: number;
}

/** What may stand next, and how a message says it. */
const EXPECTED = {
  value: 'a value',
  firstValue: 'a value or ]',
  key: 'a field name in double quotes',
  firstKey: 'a field name in double quotes or }',
  colon: ':',
  next: ', or the closing bracket',
  end: 'the end of the file',
} as const;
type Expected = keyof typeof EXPECTED;

const SPACE = /[ \t\n\r]*/y;
const STRING_BODY = /"[ !#-[\]-\u{10ffff}]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\u{10ffff}]*)*/uy;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Where and how a text breaks the grammar of JSON (RFC 8259): `line 3 column 7: …`, or undefined where it does
 * not. JSON.parse itself gives no position for some errors. Nesting costs no stack.
 */
export function findJsonError(text: string): string | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected | 'done' = 'value';
  let offset = 0;
  while (expected !== 'done') {
    const token = readToken(text, offset);
    const following = advance(expected, token.kind, open);
    if (following === undefined) return describe(text, token, EXPECTED[expected]);
    expected = following;
    offset = token.end;
  }
  return undefined;
}

/** What is expected after this token, or undefined where the token itself is not. Keeps `open` up to date. */
function advance(expected: Expected, kind: Kind, open: ('{' | '[')[]): Expected | 'done' | undefined {
  switch (expected) {
    case 'value':
      return startValue(kind, open);
    case 'firstValue':
      return kind === ']' ? close(open) : startValue(kind, open);
    case 'key':
      return kind === 'string' ? 'colon' : undefined;
    case 'firstKey':
      return kind === '}' ? close(open) : advance('key', kind, open);
    case 'colon':
      return kind === ':' ? 'value' : undefined;
    case 'next':
      return continueOrClose(kind, open);
    case 'end':
      return kind === 'end' ? 'done' : undefined;
  }
}

function startValue(kind: Kind, open: ('{' | '[')[]): Expected | undefined {
  if (kind === 'value' || kind === 'string') return afterValue(open);
  if (kind !== '{' && kind !== '[') return undefined;
  open.push(kind);
  return kind === '{' ? 'firstKey' : 'firstValue';
}

function continueOrClose(kind: Kind, open: ('{' | '[')[]): Expected | undefined {
  const inObject = open.at(-1) === '{';
  if (kind === ',') return inObject ? 'key' : 'value';
  return kind === (inObject ? '}' : ']') ? close(open) : undefined;
}

function close(open: ('{' | '[')[]): Expected {
  open.pop();
  return afterValue(open);
}

function afterValue(open: readonly ('{' | '[')[]): Expected {
  return open.length === 0 ? 'end' : 'next';
}

function readToken(text: string, offset: number): Token {
  const start = endOfMatch(SPACE, text, offset) ?? offset;
  const character = text[start];
  switch (character) {
    case undefined:
      return { kind: 'end', start, end: start };
    case '{':
    case '}':
    case '[':
    case ']':
    case ',':
    case ':':
      return { kind: character, start, end: start + 1 };
    case '"':
      return readString(text, start);
    default:
      return readScalar(text, start);
  }
}

function readString(text: string, start: number): Token {
  const end = endOfMatch(STRING_BODY, text, start) ?? start;
  return text[end] === '"' ? { kind: 'string', start, end: end + 1 } : { kind: 'bad', start, end };
}

function readScalar(text: string, start: number): Token {
  const end = endOfMatch(SCALAR, text, start);
  return end === undefined ? { kind: 'bad', start, end: start } : { kind: 'value', start, end };
}

function endOfMatch(pattern: RegExp, text: string, offset: number): number | undefined {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function describe(text: string, token: Token, expected: string): string {
  const inString = token.kind === 'bad' && token.end > token.start;
  const offset = inString ? token.end : token.start;
  const accepted = inString ? 'the rest of a string and its closing "' : expected;
  return `${position(text, offset)}: unexpected ${found(text, offset)}; accepted: ${accepted}`;
}

function position(text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n');
  const column = Array.from(lines.at(-1) ?? '').length + 1;
  return `line ${lines.length} column ${column}`;
}

function found(text: string, offset: number): string {
  const code = text.codePointAt(offset);
  return code === undefined ? 'end of the file' : quote(String.fromCodePoint(code));
}
