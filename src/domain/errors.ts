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
  /** Tells it from other errors. */
  override readonly name = 'UsageError';
  /** What the command line exits with. */
  readonly exitCode = EXIT.usage;
  /** What the command line prints below the message to show where the mistake is. */
  readonly below: readonly string[];

  /** By its shape, so that a service with two copies of this package may use either one's class. */
  static override [Symbol.hasInstance](error: unknown): boolean {
    return isNamed(error, 'UsageError') && error.exitCode === EXIT.usage;
  }

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

/** Whether a value looks like one of the errors with a name and a code that are declared here. */
function isNamed(error: unknown, name: string): error is Record<'name' | 'code' | 'exitCode', unknown> {
  return (
    typeof error === 'object' &&
    error !== null &&
    'name' in error &&
    error.name === name &&
    'code' in error &&
    typeof error.code === 'string'
  );
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

/**
 * After which errors a slot may be taken although the caller was told of none: the call was given up, and an attempt of
 * it may have been carried out, or the first half of one (legacy commits twice).
 */
const MAY_HAVE_TAKEN_SLOT: Readonly<Record<AssignmentErrorCode, boolean>> = {
  unknown_batch: false,
  inventory_mismatch: false,
  contention_deadline: true,
  database_unavailable: true,
  invalid_request: false,
  engine_closed: false,
  strategy_failed: false,
};

/** Whether an error of a code may have taken a slot. Of a code that is not the engine's it does not follow. */
export function mayHaveTakenSlot(code: string | null): boolean {
  return code !== null && (MAY_HAVE_TAKEN_SLOT as Readonly<Record<string, unknown>>)[code] === true;
}

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
