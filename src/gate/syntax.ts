import type { Dimension, GateName } from './values.js';

export const COMPARISONS = ['<', '<=', '>', '>=', '==', '!='] as const;
export type ComparisonOperator = (typeof COMPARISONS)[number];
export type ArithmeticOperator = '+' | '-' | '*' | '/';

/** `offset`: where it stands in the gate's text, in UTF-16 units from 0; for an operation, its operator. */
export type Expression =
  | {
      readonly kind: 'literal';
      readonly value: number;
      readonly dimension: Dimension;
      readonly text: string;
      readonly offset: number;
    }
  | { readonly kind: 'name'; readonly name: GateName; readonly offset: number }
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

/** The names an expression mentions, from left to right, with repetitions. */
export function namesIn(expression: Expression): readonly GateName[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'name':
      return [expression.name];
    case 'operation':
      return [...namesIn(expression.left), ...namesIn(expression.right)];
  }
}
