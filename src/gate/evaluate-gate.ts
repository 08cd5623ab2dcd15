import type { GateResult } from '../domain/run-result.js';
import { namesIn } from './syntax.js';
import type { ArithmeticOperator, Comparison, ComparisonOperator, Expression, Gate } from './syntax.js';
import { dimensionOfName, readValue } from './values.js';
import type { GateInput, GateName } from './values.js';

/**
 * Judges a run by a gate. A side that has no finite value (a percentile of no calls, a division by zero)
 * fails the gate, whatever the comparison.
 */
export function evaluateGate(gate: Gate, run: GateInput): GateResult {
  return {
    expression: gate.text,
    observed: observed(gate.comparison, run),
    passed: holds(gate.comparison, run),
  };
}

function holds({ operator, left, right }: Comparison, run: GateInput): boolean {
  const leftValue = valueOf(left, run);
  const rightValue = valueOf(right, run);
  if (Number.isNaN(leftValue) || Number.isNaN(rightValue)) return false;
  return compare(operator, leftValue, rightValue);
}

function compare(operator: ComparisonOperator, left: number, right: number): boolean {
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '==':
      return left === right;
    case '!=':
      return left !== right;
  }
}

function valueOf(expression: Expression, run: GateInput): number {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'name':
      return readValue(expression.name, run);
    case 'operation': {
      const value = calculate(
        expression.operator,
        valueOf(expression.left, run),
        valueOf(expression.right, run),
      );
      // An infinity must not become a number again: 1 / (1 / 0) is not 0.
      return Number.isFinite(value) ? value : NaN;
    }
  }
}

function calculate(operator: ArithmeticOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
  }
}

/** Every name the gate mentions, once, with its value: `created = 99, contents = 100`. */
function observed({ left, right }: Comparison, run: GateInput): string {
  const names = new Set([...namesIn(left), ...namesIn(right)]);
  return Array.from(names, (name) => `${name} = ${written(name, readValue(name, run))}`).join(', ');
}

/** Durations in milliseconds, exact to the microsecond, so that no rounding hides why a gate failed. */
function written(name: GateName, value: number): string {
  if (Number.isNaN(value)) return 'none';
  return dimensionOfName(name) === 'duration' ? `${rounded(value / 1_000)}ms` : `${rounded(value)}`;
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
