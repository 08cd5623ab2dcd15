import { UsageError } from '../domain/errors.js';
import { placeOf } from './json-error.js';

/** A list of gates or checks in a file of JSON. */
export interface Expressions {
  readonly field: string;
  readonly expressions: readonly string[];
  /** @throws UsageError for one that it refuses */
  readonly read: (expression: string) => unknown;
}

/**
 * Reads the gates or checks of a file of JSON.
 *
 * @param text the file's
 * @param invalid makes the error of what is wrong and where, with the lines that point at it
 */
export function checkExpressions(
  { field, expressions, read }: Expressions,
  text: string,
  invalid: (problem: string, below: readonly string[]) => Error,
): void {
  for (const [position, expression] of expressions.entries()) {
    try {
      read(expression);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const place = placeOf(text, [field, position]);
      throw invalid(`${place}, ${field}[${position}]: ${error.message}`, error.below);
    }
  }
}
