import type { Dimension, GateName } from './values.js';

export const COMPARISONS = ['<', '<=', '>', '>=', '==', '!='] as const;
export type ComparisonOperator = (typeof COMPARISONS)[number];
export type ArithmeticOperator = '+' | '-' | '*' | '/';

/** A value of the run that is judged; with a strategy, the median of that strategy's rounds. */
export interface NameExpression {
  readonly kind: 'name';
  readonly name: GateName;
  readonly strategy?: string | undefined;
  /** As the gate writes it, its strategy included. */
  readonly text: string;
  readonly offset: number;
}

/** `offset`: where it stands in the gate's text, in UTF-16 units from 0; for an operation, its operator. */
export type Expression =
  | {
      readonly kind: 'literal';
      readonly value: number;
      readonly dimension: Dimension;
      readonly text: string;
      readonly offset: number;
    }
  | NameExpression
  | {
      readonly kind: 'operation';
      readonly operator: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly offset: number;
    };

export interface Comparison {
  readonly operator: ComparisonOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly offset: number;
}

/** A gate that was read and type-checked: only `parseGate` makes one. */
export interface Gate {
  /** As the user wrote it, without space around it. */
  readonly text: string;
  readonly comparison: Comparison;
}

/** The names a gate mentions, from left to right, with repetitions. */
export function namesOf({ left, right }: Comparison): readonly NameExpression[] {
  return [...namesIn(left), ...namesIn(right)];
}

/** Whether a gate compares strategies: then each of its names has one. */
export function comparesStrategies({ comparison }: Gate): boolean {
  return namesOf(comparison).some(({ strategy }) => strategy !== undefined);
}

function namesIn(expression: Expression): readonly NameExpression[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'name':
      return [expression];
    case 'operation':
      return [...namesIn(expression.left), ...namesIn(expression.right)];
  }
}
