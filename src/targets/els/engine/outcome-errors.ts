import { isUnable, type DatabaseFailure } from '../../../database/failure.js';
import type { AssignmentRequest, Inventory } from './assignment.js';
import { AssignmentError } from './errors.js';
import { StrategyContractError } from './strategy.js';

/** An attempt without an outcome. */
export interface Setback {
  /** What the retry is counted under: SQLSTATE or why it is made; undefined: no database failure. */
  readonly code: string | undefined;
  /** Try again at once: there is nothing to wait for, or it was waited for already. */
  readonly atOnce?: boolean;
  /** Whatever the deadline, one attempt is made that looks everywhere, or in the batch's own inventory. */
  readonly ignoresDeadline?: boolean;
  readonly failure?: DatabaseFailure | undefined;
  readonly error?: unknown;
}

/** Why a call ends without an answer: its last attempt must not be made again, or its deadline has passed. */
export interface GivenUp {
  readonly because: 'failed' | 'deadline';
  readonly setback: Setback;
}

/**
 * The error for a call that was given up.
 *
 * @param ambiguous whether it may have happened
 * @returns AssignmentError, or the error itself when it is a defect of the program
 */
export function givenUpError(
  { because, setback }: GivenUp,
  request: AssignmentRequest,
  ambiguous: boolean,
): unknown {
  return because === 'deadline'
    ? deadlineError(setback, request, ambiguous)
    : failureError(setback, request, ambiguous);
}

/** The batch cannot be served by this strategy. */
export function refusalError(
  code: 'unknown_batch' | 'inventory_mismatch',
  request: AssignmentRequest,
  inventory: Inventory,
  ambiguous: boolean,
): AssignmentError {
  const message =
    code === 'unknown_batch'
      ? `batch ${request.batchId} is not registered`
      : `batch ${request.batchId} has another inventory than ${inventory}`;
  return new AssignmentError(code, message, {
    retryable: false,
    correlationId: request.correlationId,
    ambiguous,
  });
}

/** The error for a call of an engine that was closed. */
export function closedError(request: AssignmentRequest): AssignmentError {
  return new AssignmentError('engine_closed', 'the engine was closed', {
    retryable: false,
    correlationId: request.correlationId,
  });
}

/** invalid_sql_statement_name and duplicate_prepared_statement: another session than the one that was set up. */
const LOSES_STATEMENTS = new Set(['26000', '42P05']);
const POOLER =
  'a pooler seems to give each transaction another session; accepted: prepare: false (--no-prepare), a pooler in ' +
  'session mode, or a direct connection';

/** The error for an attempt that is not made again. */
function failureError({ failure, error }: Setback, request: AssignmentRequest, ambiguous: boolean): unknown {
  if (failure === undefined && !(error instanceof StrategyContractError)) return error;
  const unable = failure !== undefined && isUnable(failure);
  return new AssignmentError(
    unable ? 'database_unavailable' : 'strategy_failed',
    unable ? unavailableMessage(error) : failureMessage(failure, error),
    {
      retryable: unable || failure?.kind === 'cancelled',
      ...{ correlationId: request.correlationId, sqlState: failure?.sqlState, ambiguous },
    },
    { cause: error },
  );
}

/** The error for a call whose deadline passed between attempts. */
function deadlineError(
  { code, failure, error }: Setback,
  request: AssignmentRequest,
  ambiguous: boolean,
): AssignmentError {
  const unavailable = failure?.kind === 'connection';
  const message = unavailable ? unavailableMessage(error) : `the deadline passed under contention (${code})`;
  return new AssignmentError(
    unavailable ? 'database_unavailable' : 'contention_deadline',
    message,
    { retryable: true, correlationId: request.correlationId, sqlState: failure?.sqlState, ambiguous },
    { cause: error },
  );
}

function failureMessage(failure: DatabaseFailure | undefined, error: unknown): string {
  const said = messageOf(error);
  return LOSES_STATEMENTS.has(failure?.sqlState ?? '') ? `${said}: ${POOLER}` : said;
}

function unavailableMessage(error: unknown): string {
  return `the database is unavailable: ${messageOf(error)}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
