import { escapeInvisible, maskPasswords, quote } from '../base/wording.js';
import { UsageError } from '../domain/errors.js';

/** Longer than any gate a person writes; it also bounds how deep parentheses nest. */
export const MAX_GATE_LENGTH = 500;

/** What is wrong with an expression, and where; `reading` says what it was meant to be. */
export class ExpressionError extends Error {
  /**
   * @param text the whole expression, as the user wrote it
   * @param offset of the offending character in `text`, from 0
   * @param problem what is wrong and what is accepted instead
   */
  constructor(
    readonly text: string,
    readonly offset: number,
    readonly problem: string,
  ) {
    super(problem);
  }
}

/**
 * Reads an expression that is meant to be a gate or a check.
 *
 * @throws UsageError `invalid_gate` or `invalid_check` for an ExpressionError: one line that says what is wrong and where;
 *   below it the expression, and a caret under the character
 */
export function reading<T>(kind: 'gate' | 'check', read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const { text, offset, problem } = error;
    const message = `${kind} ${quote(text, MAX_GATE_LENGTH)}: column ${offset + 1}: ${problem}`;
    throw new UsageError(`invalid_${kind}`, message, { below: caretLines(text, offset) });
  }
}

function caretLines(text: string, offset: number): string[] {
  const masked = maskPasswords(text);
  const before = escapeInvisible(masked.slice(0, offset));
  const after = escapeInvisible(masked.slice(offset, MAX_GATE_LENGTH));
  return [`  ${before}${after}`, `  ${' '.repeat([...before].length)}^`];
}
