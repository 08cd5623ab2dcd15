import { didYouMean } from '../base/wording.js';
import { ExpressionError } from './gate-error.js';
import { COMPARISONS } from './syntax.js';
import type { ArithmeticOperator, Comparison, ComparisonOperator, Expression } from './syntax.js';
import { tokenize } from './tokenize.js';
import type { Token } from './tokenize.js';
import { GATE_NAMES, isGateName } from './values.js';

/**
 * Reads a gate by recursive descent:
 *
 *     comparison = sum ("<" | "<=" | ">" | ">=" | "==" | "!=") sum
 *     sum        = product { ("+" | "-") product }
 *     product    = operand { ("*" | "/") operand }
 *     operand    = number | [ strategy "." ] name | "(" sum ")"
 *     strategy   = word | any text in double quotes
 *
 * @throws ExpressionError
 */
export function parseComparison(text: string): Comparison {
  const words = new Words(text);
  const left = sum(words);
  const { operator, offset } = comparisonOperator(words);
  const right = sum(words);
  expectEnd(words);
  return { operator, left, right, offset };
}

/** The words of a gate and how far they were read. */
class Words {
  private readonly tokens: readonly Token[];
  private position = 0;

  constructor(readonly text: string) {
    this.tokens = tokenize(text);
  }

  /** The first word that was not taken yet. */
  get next(): Token {
    return this.tokens[this.position] ?? { kind: 'end', text: '', offset: this.text.length };
  }

  take(): void {
    this.position += 1;
  }

  /** Takes the next word if it is one of these operators. */
  takeOperator<Operator extends string>(
    operators: readonly Operator[],
  ): { operator: Operator; offset: number } | undefined {
    const { kind, text, offset } = this.next;
    const operator = operators.find((candidate) => candidate === text);
    if (kind !== 'operator' || operator === undefined) return undefined;
    this.take();
    return { operator, offset };
  }

  unexpected(accepted: string): Error {
    const { kind, text, offset } = this.next;
    const problem = kind === 'end' ? 'it ends too early' : `unexpected ${text}`;
    return new ExpressionError(this.text, offset, `${problem}; accepted: ${accepted}`);
  }
}

function comparisonOperator(words: Words): { operator: ComparisonOperator; offset: number } {
  const found = words.takeOperator(COMPARISONS);
  if (found) return found;
  throw words.unexpected(`+ - * / or a comparison (${COMPARISONS.join(' ')})`);
}

function expectEnd(words: Words): void {
  if (words.next.kind !== 'end') throw words.unexpected('+ - * / or the end (there is one comparison)');
}

function sum(words: Words): Expression {
  return chain(words, ['+', '-'], product);
}

function product(words: Words): Expression {
  return chain(words, ['*', '/'], operand);
}

/** Operands of operators that bind equally, from left to right. */
function chain(
  words: Words,
  operators: readonly ArithmeticOperator[],
  part: (words: Words) => Expression,
): Expression {
  let left = part(words);
  for (let found = words.takeOperator(operators); found; found = words.takeOperator(operators)) {
    left = { kind: 'operation', operator: found.operator, left, right: part(words), offset: found.offset };
  }
  return left;
}

function operand(words: Words): Expression {
  if (words.takeOperator(['('])) return parenthesised(words);
  const { next } = words;
  switch (next.kind) {
    case 'number':
      words.take();
      return { ...next, kind: 'literal' };
    case 'name':
      words.take();
      return named(words.text, next);
    case 'operator':
    case 'end':
      throw words.unexpected('a number, a name or (');
  }
}

function parenthesised(words: Words): Expression {
  const inner = sum(words);
  if (!words.takeOperator([')'])) throw words.unexpected('+ - * / or )');
  return inner;
}

function named(gate: string, { name, strategy, text, offset }: Token & { kind: 'name' }): Expression {
  if (isGateName(name)) return { kind: 'name', name, strategy, text, offset };
  const hint = didYouMean(name, GATE_NAMES);
  const nameOffset = offset + text.length - name.length;
  throw new ExpressionError(gate, nameOffset, `unknown name ${name}${hint}; names: ${GATE_NAMES.join(', ')}`);
}
