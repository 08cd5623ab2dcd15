import { quote } from '../base/wording.js';
import { ExpressionError, MAX_GATE_LENGTH } from './gate-error.js';
import type { Dimension } from './values.js';

/** One word of a gate. `offset`: where it starts in the text, in UTF-16 units from 0. */
export type Token =
  | {
      readonly kind: 'number';
      readonly value: number;
      readonly dimension: Dimension;
      readonly text: string;
      readonly offset: number;
    }
  | {
      readonly kind: 'name';
      readonly name: string;
      /** What stands before the point: a built-in name as it is, any other in quotes. */
      readonly strategy: string | undefined;
      readonly text: string;
      readonly offset: number;
    }
  | { readonly kind: 'operator' | 'end'; readonly text: string; readonly offset: number };

/** A unit in microseconds, as a power of ten: `1.001e3` is read exactly, 1.001 × 1000 is not 1001. */
const EXPONENT_OF_UNIT: ReadonlyMap<string, number> = new Map([
  ['us', 0],
  ['ms', 3],
  ['s', 6],
]);

const TOKEN =
  /(?<space>[ \t]+)|(?<number>\d+(?:\.\d+)?)[ \t]*(?<unit>[\p{L}_][\p{L}\w]*)?|(?:(?:(?<strategy>[A-Za-z_]\w*)|"(?<file>[^"]+)")\.)?(?<name>[A-Za-z_]\w*)|(?<operator><=|>=|==|!=|[<>+\-*/()])/uy;

/**
 * Splits a gate's text into words.
 *
 * @throws ExpressionError
 */
export function tokenize(text: string): readonly Token[] {
  if (text.length > MAX_GATE_LENGTH) {
    throw new ExpressionError(
      text,
      MAX_GATE_LENGTH,
      `it is too long; accepted: at most ${MAX_GATE_LENGTH} characters`,
    );
  }
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < text.length) {
    const match = matchAt(text, offset);
    const token = toToken(text, match, offset);
    if (token) tokens.push(token);
    offset += match[0].length;
  }
  return tokens;
}

function matchAt(text: string, offset: number): RegExpExecArray {
  TOKEN.lastIndex = offset;
  const match = TOKEN.exec(text);
  if (match) return match;
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  throw new ExpressionError(
    text,
    offset,
    `unexpected ${quote(character)}; accepted: numbers, names, + - * / ( ) and one of < <= > >= == !=`,
  );
}

function toToken(text: string, match: RegExpExecArray, offset: number): Token | undefined {
  const { number, unit, strategy, file, name, operator } = match.groups ?? {};
  if (number !== undefined) return numberToken(text, { number, unit, written: match[0], offset });
  if (strategy !== undefined && name === 'sql') throw unquoted(text, match[0], offset + strategy.length + 1);
  if (name !== undefined) return { kind: 'name', name, strategy: strategy ?? file, text: match[0], offset };
  if (operator !== undefined) return { kind: 'operator', text: operator, offset };
  return undefined;
}

/** The likely mistake: the point of a file's name was meant to be part of it. */
function unquoted(text: string, file: string, offset: number): Error {
  return new ExpressionError(
    text,
    offset,
    `${file} is no name; accepted: a file in double quotes, "${file}".p95`,
  );
}

function numberToken(
  text: string,
  part: { number: string; unit: string | undefined; written: string; offset: number },
): Token {
  const { number, unit, written, offset } = part;
  const exponent = unit === undefined ? 0 : EXPONENT_OF_UNIT.get(unit);
  if (exponent === undefined) {
    const unitOffset = offset + written.length - (unit ?? '').length;
    throw new ExpressionError(text, unitOffset, `unknown unit ${unit}; accepted: us, ms, s or none`);
  }
  const value = Number(`${number}e${exponent}`);
  if (value > Number.MAX_SAFE_INTEGER) {
    throw new ExpressionError(
      text,
      offset,
      `the number is too large; accepted: at most 2^53 - 1 (durations: of us)`,
    );
  }
  const dimension = unit === undefined ? 'number' : 'duration';
  return { kind: 'number', value, dimension, text: written.trimEnd(), offset };
}
