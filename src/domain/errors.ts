/** Exit codes of the command line (design: 0 passed, 1 failed, 2 usage, 3 infrastructure). */
export const EXIT = {
  passed: 0,
  failed: 1,
  usage: 2,
  infrastructure: 3,
  interrupted: 130,
  terminated: 143,
} as const;

/** Something the user gave is wrong: one clear line on stderr, exit code 2, nothing half-done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode = EXIT.usage;
  /** What the command line prints below the message to show where the mistake is. */
  readonly below: readonly string[];

  constructor(
    /** A stable machine-readable word, e.g. `invalid_scenario`. */
    readonly code: string,
    message: string,
    options: ErrorOptions & { readonly below?: readonly string[] } = {},
  ) {
    super(message, options);
    this.below = options.below ?? [];
  }
}

/** The surroundings failed (database unreachable, worker died): exit code 3. */
export class InfrastructureError extends Error {
  override readonly name = 'InfrastructureError';
  readonly exitCode = EXIT.infrastructure;

  constructor(
    /** A stable machine-readable word, e.g. `database_unavailable`. */
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

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
export type AssignmentErrorCode = (typeof ASSIGNMENT_ERROR_CODES)[number];

/** Thrown by `assign` when there is no outcome. PostgreSQL's 23505 is never its surface, only its `cause`. */
export class AssignmentError extends Error {
  override readonly name = 'AssignmentError';

  constructor(
    readonly code: AssignmentErrorCode,
    message: string,
    readonly details: {
      /** Whether the same call may succeed when it is made again. */
      readonly retryable: boolean;
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

  get retryable(): boolean {
    return this.details.retryable;
  }

  get correlationId(): string {
    return this.details.correlationId;
  }
}
