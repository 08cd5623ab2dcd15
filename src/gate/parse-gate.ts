import { checkComparison } from './check.js';
import { reading } from './gate-error.js';
import { parseComparison } from './parse.js';
import type { Gate } from './syntax.js';

/**
 * Reads and type-checks a gate expression such as `p95 < 500ms` or `reused == contents * (deliveries - 1)`.
 *
 * @throws UsageError `invalid_gate`, one line with the gate, the column and what is accepted
 */
export function parseGate(text: string): Gate {
  return reading('gate', () => readGate(text));
}

/**
 * As `parseGate`.
 *
 * @throws ExpressionError
 */
export function readGate(text: string): Gate {
  const comparison = parseComparison(text);
  checkComparison(text, comparison);
  return { text: text.trim(), comparison };
}
