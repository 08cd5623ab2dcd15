import { escapeInvisible, maskPasswords, quote } from '../base/wording.js';
import { UsageError } from '../domain/errors.js';

/** Longer than any gate a person writes; it also bounds how deep parentheses nest. */
export const MAX_GATE_LENGTH = 500;

/**
 * One line that says what is wrong with a gate and where; below it the gate, and a caret under the character.
 *
 * @param text the whole gate, as the user wrote it
 * @param offset of the offending character in `text`, from 0
 * @param problem what is wrong and what is accepted instead
 */
export function gateError(text: string, offset: number, problem: string): UsageError {
  return new UsageError(
    'invalid_gate',
    `gate ${quote(text, MAX_GATE_LENGTH)}: column ${offset + 1}: ${problem}`,
    { below: caretLines(text, offset) },
  );
}

function caretLines(text: string, offset: number): string[] {
  const masked = maskPasswords(text);
  const before = escapeInvisible(masked.slice(0, offset));
  const after = escapeInvisible(masked.slice(offset, MAX_GATE_LENGTH));
  return [`  ${before}${after}`, `  ${' '.repeat([...before].length)}^`];
}
