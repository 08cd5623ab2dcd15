import { InfrastructureError, UsageError } from '../../domain/errors.js';

const INSTEAD = 'give --database-url, DATABASE_URL or the PG* variables instead';

/** The binaries are not installed or do not run here; `reason` completes "the embedded server …". */
export function unavailable(reason: string, cause?: unknown): InfrastructureError {
  const message = `the embedded PostgreSQL server ${reason}; ${INSTEAD}`;
  return new InfrastructureError('embedded_unavailable', oneLine(message), { cause });
}

/** The server could not be started or stopped; `log` is the file that says more. */
export function failed(reason: string, log: string, cause?: unknown): InfrastructureError {
  const message = `the embedded PostgreSQL server ${reason}; its log: ${log}`;
  return new InfrastructureError('embedded_failed', oneLine(message), { cause });
}

/** The folder of the embedded server cannot be used; `reason` is a sentence that names the folder. */
export function unreachable(reason: string, cause?: unknown): UsageError {
  const message = `${reason}; set ELS_ASSIGN_HOME to a folder that can be used, or ${INSTEAD}`;
  return new UsageError('home_unreachable', oneLine(message), { cause });
}

/** Whether an error is one of the two that commands know how to report. */
export function isTyped(error: unknown): error is InfrastructureError | UsageError {
  return error instanceof InfrastructureError || error instanceof UsageError;
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ');
}
