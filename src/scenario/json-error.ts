import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { escapeInvisible } from '../domain/wording.js';

/**
 * Parses a file of JSON.
 *
 * @param invalid makes the error of what is wrong, and where
 */
export function parseJson(text: string, invalid: (problem: string) => Error): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalid(describeJsonError(text, error));
  }
}

/**
 * Says in one line where and how a text breaks the grammar of JSON: `line 3 column 7: property name expected`.
 * JSON.parse gives no position for some errors.
 *
 * @param text that JSON.parse refused
 * @param refusal what JSON.parse said, for what jsonc-parser would accept or is too deep for it
 */
export function describeJsonError(text: string, refusal: SyntaxError): string {
  const error = firstError(text);
  if (error === undefined) return escapeInvisible(refusal.message);
  const before = text.slice(0, error.offset).split('\n');
  const column = [...(before.at(-1) ?? '')].length + 1;
  const problem = printParseErrorCode(error.error)
    .replace(/\B[A-Z]/g, ' $&')
    .toLowerCase();
  return `line ${before.length} column ${column}: ${problem}`;
}

function firstError(text: string): ParseError | undefined {
  const errors: ParseError[] = [];
  try {
    parse(text, errors, { disallowComments: true });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return errors[0];
}
