import { describe, expect, it } from 'vitest';
import { evaluateGate, evaluateStrategies, parseGate } from '#els/gate/index.js';
import type { GateInput } from '#els/gate/index.js';
import { forRandomDraws } from '../support/draws.js';
import type { Draw } from '../support/draws.js';
import { LATENCY_NAMES, someRun, VALUES_OF_SOME_RUN } from './run.js';

const COMPARISONS = {
  '<': (left: number, right: number) => left < right,
  '<=': (left: number, right: number) => left <= right,
  '>': (left: number, right: number) => left > right,
  '>=': (left: number, right: number) => left >= right,
  '==': (left: number, right: number) => left === right,
  '!=': (left: number, right: number) => left !== right,
};
const OPERATORS = Object.keys(COMPARISONS) as (keyof typeof COMPARISONS)[];

function judge(gate: string, run: GateInput = someRun()) {
  return evaluateGate(parseGate(gate), run);
}

describe('the names of a gate', () => {
  it.each(Object.entries(VALUES_OF_SOME_RUN))('%s reads its own value, %s', (name, value) => {
    expect(judge(`${name} == ${value}`).passed).toBe(true);
    expect(judge(`${name} != ${value}`).passed).toBe(false);
  });

  it('have values that differ from each other in the test, so that none can stand for another', () => {
    const values = Object.values(VALUES_OF_SOME_RUN);
    expect(new Set(values).size).toBe(values.length);
  });
});

describe('a comparison', () => {
  it.each(OPERATORS)('%s compares as JavaScript does, below, at and above', (operator) => {
    forRandomDraws(20, (draw) => {
      const observed = draw.integer(1, 1_000_000);
      const run = { ...someRun(), assignments: observed };
      for (const limit of [observed - 1, observed, observed + 1]) {
        const expected = COMPARISONS[operator](observed, limit);
        expect(judge(`assignments ${operator} ${limit}`, run).passed).toBe(expected);
      }
    });
  });

  it('reads us, ms and s as the same durations', () => {
    for (const limit of ['20000us', '20ms', '0.02s', '20 ms'])
      expect(judge(`p95 == ${limit}`).passed).toBe(true);
  });

  it('reads a decimal duration exactly', () => {
    forRandomDraws(200, (draw) => {
      const micros = draw.integer(1, 9_999_999);
      const run = { ...someRun(), latencyMicros: { ...someRun().latencyMicros, p99: micros } };
      const [seconds, fraction] = [Math.floor(micros / 1e6), String(micros % 1e6).padStart(6, '0')];
      expect(judge(`p99 == ${seconds}.${fraction}s`, run).passed, `${micros}us`).toBe(true);
      const [millis, rest] = [Math.floor(micros / 1e3), String(micros % 1e3).padStart(3, '0')];
      expect(judge(`p99 == ${millis}.${rest}ms`, run).passed, `${micros}us`).toBe(true);
    });
  });

  it('needs no space', () => {
    expect(judge('p95<20.001ms').passed).toBe(true);
    expect(judge('p95<20ms').passed).toBe(false);
  });
});

describe('values of strategies', () => {
  const values: Record<string, number> = { 'cte p95': 4_000, 'my file.sql p95': 9_500, 'cte created': 7 };
  const judgeAll = (gate: string) =>
    evaluateStrategies(parseGate(gate), (strategy, name) => values[`${strategy} ${name}`] ?? NaN);

  it('are read by strategy and name, and shown as written', () => {
    expect(judgeAll('cte.p95 * 2 < "my file.sql".p95')).toEqual({
      expression: 'cte.p95 * 2 < "my file.sql".p95',
      observed: 'cte.p95 = 4ms, "my file.sql".p95 = 9.5ms',
      passed: true,
    });
    expect(judgeAll('cte.created == 7').passed).toBe(true);
    expect(judgeAll('cte.created != 7').passed).toBe(false);
  });

  it('fail where there is none', () => {
    expect(judgeAll('legacy.p95 < 1s')).toMatchObject({ observed: 'legacy.p95 = none', passed: false });
  });
});

describe('arithmetic', () => {
  it('binds * and / before + and -, from left to right, parentheses first', () => {
    expect(judge('created == 100 - 10 - 1').passed).toBe(true);
    expect(judge('created == 1 + 44 * 2').passed).toBe(true);
    expect(judge('created == 712 / 4 / 2').passed).toBe(true);
    expect(judge('reused == (created) * (deliveries - 1)').passed).toBe(true);
    expect(judge('available == batches * slots - created').passed).toBe(true);
  });

  it('combines durations with numbers and durations with durations', () => {
    expect(judge('p95 == 2 * 10ms').passed).toBe(true);
    expect(judge('p95 * 2 == 40ms').passed).toBe(true);
    expect(judge('p95 / 2 == 10ms').passed).toBe(true);
    expect(judge('p95 / p90 > 1.1').passed).toBe(true);
    expect(judge('p99 - p95 == 11ms').passed).toBe(true);
  });

  it('agrees with an independent evaluation of random expressions', () => {
    let passed = 0;
    let judged = 0;
    forRandomDraws(500, (draw) => {
      const left = randomSum(draw, 3);
      const right = randomSum(draw, 3);
      const operator = draw.pick(OPERATORS);
      const gate = `created * 0 + ${left.text} ${operator} ${right.text}`;
      const comparable = Number.isFinite(left.value) && Number.isFinite(right.value);
      const expected = comparable && COMPARISONS[operator](left.value, right.value);
      expect(judge(gate).passed, gate).toBe(expected);
      judged += 1;
      passed += expected ? 1 : 0;
    });
    if (judged > 1) {
      expect(passed).toBeGreaterThan(judged / 10);
      expect(passed).toBeLessThan((judged * 9) / 10);
    }
  });
});

/** A random expression over whole numbers, made as a tree and written with parentheses only where needed. */
function randomSum(draw: Draw, depth: number): { text: string; value: number } {
  return randomChain(draw, depth, ['+', '-'], randomProduct);
}

function randomProduct(draw: Draw, depth: number): { text: string; value: number } {
  return randomChain(draw, depth, ['*', '/'], randomOperand);
}

function randomChain(
  draw: Draw,
  depth: number,
  operators: readonly ('+' | '-' | '*' | '/')[],
  part: typeof randomSum,
): { text: string; value: number } {
  let { text, value } = part(draw, depth);
  for (let more = draw.integer(0, 2); more > 0; more -= 1) {
    const operator = draw.pick(operators);
    const next = part(draw, depth);
    text = `${text} ${operator} ${next.text}`;
    value = calculated(operator, value, next.value);
  }
  return { text, value };
}

function randomOperand(draw: Draw, depth: number): { text: string; value: number } {
  if (depth > 0 && draw.integer(0, 3) === 0) {
    const { text, value } = randomSum(draw, depth - 2);
    return { text: `(${text})`, value };
  }
  const value = draw.integer(0, 3);
  return { text: String(value), value };
}

function calculated(operator: '+' | '-' | '*' | '/', left: number, right: number): number {
  if (operator === '/') return right === 0 ? NaN : left / right;
  if (operator === '*') return left * right;
  return operator === '+' ? left + right : left - right;
}

describe('a value that does not exist', () => {
  const noCall = Object.fromEntries(LATENCY_NAMES.map((name) => [name, NaN])) as unknown;
  const absent = {} as unknown;
  const nothing = Object.fromEntries(LATENCY_NAMES.map((name) => [name, null])) as unknown;

  it.each([
    ['NaN', noCall],
    ['absent', absent],
    ['null', nothing],
  ])('fails every comparison of a latency that is %s', (_, latencyMicros) => {
    const run = { ...someRun(), latencyMicros: latencyMicros as GateInput['latencyMicros'] };
    for (const name of LATENCY_NAMES) {
      for (const operator of OPERATORS) {
        expect(judge(`${name} ${operator} 500ms`, run)).toEqual({
          expression: `${name} ${operator} 500ms`,
          observed: `${name} = none`,
          passed: false,
        });
        expect(judge(`${name} * 1 + 1ms ${operator} 500ms`, run).passed).toBe(false);
      }
    }
  });

  it.each(OPERATORS)('fails %s after a division by zero, however deep', (operator) => {
    const run = { ...someRun(), assignments: 0 };
    expect(judge(`created / assignments ${operator} 1`, run).passed).toBe(false);
    expect(judge(`assignments / assignments ${operator} 0`, run).passed).toBe(false);
    expect(judge(`0 ${operator} 1 / (created / assignments)`, run).passed).toBe(false);
  });

  it('fails after an overflow', () => {
    const run = { ...someRun(), assignments: Number.MAX_VALUE };
    expect(judge('1 / (assignments * assignments) == 0', run).passed).toBe(false);
  });
});

describe('the result of a gate', () => {
  it('keeps the expression as written, without the space around it', () => {
    expect(judge('  p95<  500 ms ').expression).toBe('p95<  500 ms');
  });

  it('shows every name once, in the order of the gate', () => {
    expect(judge('created == contents').observed).toBe('created = 89, contents = 90');
    expect(judge('reused + created == created * deliveries').observed).toBe(
      'reused = 178, created = 89, deliveries = 3',
    );
  });

  it('shows durations in milliseconds exact to the microsecond, and other fractions to three digits', () => {
    expect(judge('p95 < 1s').observed).toBe('p95 = 20ms');
    expect(judge('p999 < 1s').observed).toBe('p999 = 45.678ms');
    expect(judge('throughput > 1').observed).toBe('throughput = 5123.457');
  });
});
