import type { GateResult } from '../domain/run-result.js';
import { namesOf } from './syntax.js';
import type {
  ArithmeticOperator,
  Comparison,
  ComparisonOperator,
  Expression,
  Gate,
  NameExpression,
} from './syntax.js';
import { dimensionOfName, readValue } from './values.js';
import type { GateInput, GateName } from './values.js';

/**
 * Judges a run by a gate. A side that has no finite value (a percentile of no calls, a division by zero)
 * fails the gate, whatever the comparison.
 */
export function evaluateGate(gate: Gate, run: GateInput): GateResult {
  return judge(gate, ({ name }) => readValue(name, run));
}

/**
 * Judges strategies by a gate that compares them, as `evaluateGate` does a run.
 *
 * @param read the value of a name for a strategy: microseconds for a duration, NaN where there is none
 */
export function evaluateStrategies(
  gate: Gate,
  read: (strategy: string, name: GateName) => number,
): GateResult {
  return judge(gate, ({ strategy = '', name }) => read(strategy, name));
}

type Read = (name: NameExpression) => number;

function judge({ text, comparison }: Gate, read: Read): GateResult {
  return { expression: text, observed: observed(comparison, read), passed: holds(comparison, read) };
}

function holds({ operator, left, right }: Comparison, read: Read): boolean {
  const leftValue = valueOf(left, read);
  const rightValue = valueOf(right, read);
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

function valueOf(expression: Expression, read: Read): number {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'name':
      return read(expression);
    case 'operation': {
      const value = calculate(
        expression.operator,
        valueOf(expression.left, read),
        valueOf(expression.right, read),
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
function observed(comparison: Comparison, read: Read): string {
  const values = namesOf(comparison).map((each) => `${each.text} = ${written(each.name, read(each))}`);
  return [...new Set(values)].join(', ');
}

/** Durations in milliseconds, exact to the microsecond, so that no rounding hides why a gate failed. */
function written(name: GateName, value: number): string {
  if (Number.isNaN(value)) return 'none';
  return dimensionOfName(name) === 'duration' ? `${rounded(value / 1_000)}ms` : `${rounded(value)}`;
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
