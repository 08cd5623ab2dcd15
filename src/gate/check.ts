import { ExpressionError } from './gate-error.js';
import { namesOf } from './syntax.js';
import type { Comparison, Expression } from './syntax.js';
import { dimensionOfName } from './values.js';
import type { Dimension } from './values.js';

interface Operands {
  readonly left: Expression;
  readonly right: Expression;
  readonly operator: string;
  readonly offset: number;
}

/**
 * Refuses a gate that could not mean anything: durations mixed with plain numbers, values of strategies mixed with
 * those of no strategy, or nothing measured.
 *
 * @param text the whole gate, for the message
 * @throws ExpressionError
 */
export function checkComparison(text: string, comparison: Comparison): void {
  expectSameDimension(text, comparison);
  const names = namesOf(comparison);
  if (names.length === 0) {
    throw new ExpressionError(text, comparison.offset, 'it measures nothing; accepted: at least one name');
  }
  const without = names.find(({ strategy }) => strategy === undefined);
  const other = names.find(({ strategy }) => strategy !== undefined);
  if (without === undefined || other === undefined) return;
  const problem = `${without.text} has no strategy but ${other.text} has one; accepted: all names with, or all without`;
  throw new ExpressionError(text, without.offset, problem);
}

function dimensionOf(text: string, expression: Expression): Dimension {
  switch (expression.kind) {
    case 'literal':
      return expression.dimension;
    case 'name':
      return dimensionOfName(expression.name);
    case 'operation':
      return dimensionOfOperation(text, expression);
  }
}

function dimensionOfOperation(text: string, operation: Expression & { kind: 'operation' }): Dimension {
  const { operator, offset } = operation;
  if (operator === '+' || operator === '-') return expectSameDimension(text, operation);
  const left = dimensionOf(text, operation.left);
  const right = dimensionOf(text, operation.right);
  if (operator === '*') {
    if (left === 'number') return right;
    if (right === 'number') return left;
    throw new ExpressionError(text, offset, 'a duration times a duration; accepted: duration * number');
  }
  if (right === 'number') return left;
  if (left === 'duration') return 'number';
  throw new ExpressionError(
    text,
    offset,
    'a number by a duration; accepted: duration / number, duration / duration',
  );
}

function expectSameDimension(text: string, operands: Operands): Dimension {
  const left = dimensionOf(text, operands.left);
  const right = dimensionOf(text, operands.right);
  if (left === right) return left;
  throw (
    missingUnit(text, left === 'number' ? operands.left : operands.right) ??
    mixed(text, operands, left, right)
  );
}

/** The likely mistake: a plain number was written where a duration was meant. */
function missingUnit(text: string, plain: Expression): Error | undefined {
  if (plain.kind !== 'literal') return undefined;
  const number = plain.text;
  return new ExpressionError(
    text,
    plain.offset,
    `a unit is missing after ${number}; accepted: ${number}us, ${number}ms or ${number}s`,
  );
}

function mixed(text: string, { operator, offset }: Operands, left: Dimension, right: Dimension): Error {
  const problem = `a ${left} ${operator} a ${right}; accepted: two durations or two numbers`;
  return new ExpressionError(text, offset, problem);
}
