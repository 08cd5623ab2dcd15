import { ExpressionError, reading } from './gate-error.js';
import { readGate } from './parse-gate.js';
import type { Comparison } from './syntax.js';

/** That one strategy's throughput is at least so much of another one's. */
export interface ThroughputCheck {
  /** As the user wrote it, without space around it. */
  readonly text: string;
  readonly subject: string;
  readonly reference: string;
  /** The least ratio of the two; above 0. */
  readonly margin: number;
}

const ACCEPTED = 'A.throughput >= 0.95 * B.throughput, of two strategies and a number above 0';

/**
 * Reads a check: a gate that compares two strategies, in the one form that can be tested over paired rounds.
 *
 * @throws UsageError `invalid_check` for what is no gate, and for one of another form
 */
export function parseCheck(expression: string): ThroughputCheck {
  return reading('check', () => readCheck(expression));
}

function readCheck(expression: string): ThroughputCheck {
  const { text, comparison } = readGate(expression);
  const parts = partsOf(comparison);
  if (parts !== undefined) return { text, ...parts };
  throw new ExpressionError(expression, comparison.offset, `a check has one form; accepted: ${ACCEPTED}`);
}

function partsOf({ operator, left, right }: Comparison): Omit<ThroughputCheck, 'text'> | undefined {
  if (operator !== '>=' || right.kind !== 'operation' || right.operator !== '*') return undefined;
  const { left: factor, right: other } = right;
  if (left.kind !== 'name' || factor.kind !== 'literal' || other.kind !== 'name') return undefined;
  if (left.name !== 'throughput' || other.name !== 'throughput' || !(factor.value > 0)) return undefined;
  const { strategy: subject } = left;
  const { strategy: reference } = other;
  if (subject === undefined || reference === undefined || subject === reference) return undefined;
  return { subject, reference, margin: factor.value };
}
