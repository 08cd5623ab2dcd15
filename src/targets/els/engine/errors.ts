import { isNamed } from '../../../domain/errors.js';

/** Every reason why there may be no outcome. */
export const ASSIGNMENT_ERROR_CODES = [
  'unknown_batch',
  'inventory_mismatch',
  'contention_deadline',
  'database_unavailable',
  'invalid_request',
  'engine_closed',
  /** The strategy's statement failed or broke its contract (one row: essay_id text, outcome text). */
  'strategy_failed',
] as const;

/** Why there is no outcome. */
export type AssignmentErrorCode = (typeof ASSIGNMENT_ERROR_CODES)[number];

/** Thrown by `assign` when there is no outcome. PostgreSQL's 23505 is never its surface, only its `cause`. */
export class AssignmentError extends Error {
  /** Tells it from other errors. */
  override readonly name = 'AssignmentError';

  /** By its shape, so that a service with two copies of this package may use either one's class. */
  static override [Symbol.hasInstance](error: unknown): boolean {
    return isNamed(error, 'AssignmentError') && 'details' in error;
  }

  constructor(
    /** Why there is no outcome. */
    readonly code: AssignmentErrorCode,
    message: string,
    /** What a caller needs to decide what to do next. */
    readonly details: {
      /** Whether the same call may succeed when it is made again. */
      readonly retryable: boolean;
      /** Of the call that failed. */
      readonly correlationId: string;
      /** PostgreSQL's SQLSTATE, where the server said one. */
      readonly sqlState?: string | undefined;
      /** True when the reply was lost: the assignment may have happened. */
      readonly ambiguous?: boolean | undefined;
    },
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Whether the same call may succeed when it is made again. */
  get retryable(): boolean {
    return this.details.retryable;
  }

  /** Of the call that failed. */
  get correlationId(): string {
    return this.details.correlationId;
  }
}
