import {
  findNodeAtLocation,
  parse,
  parseTree,
  printParseErrorCode,
  visit,
  type JSONPath,
  type ParseError,
} from 'jsonc-parser';
import { escapeInvisible, quote } from '../base/wording.js';

/**
 * Parses a file of JSON; a field that an object has twice is refused.
 *
 * @param invalid makes the error of what is wrong, and where
 */
export function parseJson(text: string, invalid: (problem: string) => Error): unknown {
  try {
    const value: unknown = JSON.parse(text);
    const twice = fieldGivenTwice(text);
    if (twice === undefined) return value;
    throw invalid(twice);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalid(describeJsonError(text, error));
  }
}

/** JSON.parse takes the last one and says nothing. Of a text that is too deep to be walked nothing is said. */
function fieldGivenTwice(text: string): string | undefined {
  const open: Set<string>[] = [];
  let problem: string | undefined;
  try {
    visit(text, {
      onObjectBegin: () => void open.push(new Set()),
      onObjectEnd: () => void open.pop(),
      onObjectProperty: (name, offset) => {
        const names = open.at(-1);
        if (names?.has(name))
          problem ??= `${lineAndColumn(text, offset)}: field ${quote(name)} is given twice; accepted: once`;
        names?.add(name);
      },
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return problem;
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
  const problem = printParseErrorCode(error.error)
    .replace(/\B[A-Z]/g, ' $&')
    .toLowerCase();
  return `${lineAndColumn(text, error.offset)}: ${problem}`;
}

/**
 * Where a value stands in a text of JSON: `line 3 column 7`.
 *
 * @param path of the value, e.g. gates, 0
 */
export function placeOf(text: string, path: JSONPath): string {
  const root = parseTree(text);
  const node = root && findNodeAtLocation(root, path);
  return lineAndColumn(text, node?.offset ?? 0);
}

function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  const column = [...(before.at(-1) ?? '')].length + 1;
  return `line ${before.length} column ${column}`;
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
