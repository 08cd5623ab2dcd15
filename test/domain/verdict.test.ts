import { expect, it } from 'vitest';
import { worstVerdict } from '#els/domain/verdict.js';

it.each([
  [[], 'unknown'],
  [['valid'], 'valid'],
  [['valid', 'unknown'], 'unknown'],
  [['unknown', 'invalid', 'valid'], 'invalid'],
] as const)('the worst of %j is %s', (verdicts, worst) => {
  expect(worstVerdict(verdicts.map((verdict) => ({ verdict })))).toBe(worst);
});
