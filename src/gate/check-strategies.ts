import { didYouMean, quote } from '../base/wording.js';
import { ExpressionError, reading } from './gate-error.js';
import { namesOf } from './syntax.js';
import type { Gate } from './syntax.js';

/**
 * Refuses a gate on a strategy that is not compared.
 *
 * @param compared the names of the strategies that are; none where nothing is compared
 * @throws UsageError `invalid_gate`
 */
export function checkStrategies(gate: Gate, compared: readonly string[]): void {
  reading('gate', () => requireCompared(gate, compared));
}

function requireCompared({ text, comparison }: Gate, compared: readonly string[]): void {
  for (const { strategy, offset } of namesOf(comparison)) {
    if (strategy === undefined || compared.includes(strategy)) continue;
    const hint = didYouMean(strategy, compared);
    const accepted = compared.length > 0 ? compared.join(', ') : 'names without a strategy, or `compare`';
    throw new ExpressionError(
      text,
      offset,
      `strategy ${quote(strategy)} is not compared${hint}; accepted: ${accepted}`,
    );
  }
}
