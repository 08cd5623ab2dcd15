import { CommanderError } from 'commander';
import { escapeInvisible } from '../base/wording.js';
import { EXIT, InfrastructureError, UsageError } from '../domain/errors.js';

/** What a command that could not end as it should says of it. */
export interface CommandFailure {
  readonly code: string;
  /** One line without control characters. */
  readonly message: string;
  readonly exitCode: number;
  /** Lines that show where the mistake is. */
  readonly below?: readonly string[];
}

/** What an error means for whoever gave the command; one that is none of the tool's own is a defect. */
export function toFailure(error: unknown): CommandFailure {
  if (error instanceof UsageError) {
    const { code, message, exitCode, below } = error;
    return { code, message: oneLine(message), exitCode, below };
  }
  if (error instanceof InfrastructureError) {
    return { code: error.code, message: oneLine(error.message), exitCode: error.exitCode };
  }
  if (error instanceof CommanderError) {
    const code = error.code.replace('commander.', '');
    return { code, message: oneLine(error.message.replace(/^error: /, '')), exitCode: EXIT.usage };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: 'internal_error',
    message: oneLine(`internal error: ${message}`),
    exitCode: EXIT.infrastructure,
  };
}

/** A message on one line; whatever else would act on a terminal is shown as an escape. */
export function oneLine(text: string): string {
  return escapeInvisible(text.replace(/\s*\n\s*/g, ' '));
}
