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

/** Whether a value looks like an error of that name with a code: how copies of a class are told. */
export function isNamed(
  error: unknown,
  name: string,
): error is Record<'name' | 'code' | 'exitCode', unknown> {
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
