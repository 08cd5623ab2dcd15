import { UsageError } from '../domain/errors.js';
import { parseGate } from '../gate/index.js';
import { placeOf } from './json-error.js';

/**
 * Reads the gates of a file of JSON.
 *
 * @param text the file's
 * @param invalid makes the error of what is wrong and where, with the lines that point at it
 */
export function checkFileGates(
  gates: readonly string[],
  text: string,
  invalid: (problem: string, below: readonly string[]) => Error,
): void {
  for (const [position, gate] of gates.entries()) {
    try {
      parseGate(gate);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const place = placeOf(text, ['gates', position]);
      throw invalid(`${place}, gates[${position}]: ${error.message}`, error.below);
    }
  }
}
