import { expect, it } from 'vitest';
import { judge } from './error-rates/judge.js';

const rounds = (ratio: number): [number, number][] =>
  Array.from({ length: 8 }, (_, round) => [1_000 * ratio + round, 1_000]);

it.each([
  [0.85, { claim: 'slower', check: 'failed' }],
  [1.2, { claim: 'faster', check: 'passed' }],
])('what is %s times as fast is called so', (ratio, said) => {
  expect(judge(rounds(ratio))).toEqual(said);
});

it('nothing is said of two that differ by chance', () => {
  const equal = rounds(1).map(([, reference], round): [number, number] => [
    reference * (round % 2 === 0 ? 0.9 : 1 / 0.9),
    reference,
  ]);
  expect(judge(equal).claim).toBe('inconclusive');
});
