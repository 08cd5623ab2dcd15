import { describe, expect, it } from 'vitest';
import { parseCheck } from '#els/gate/index.js';
import { usageErrorOf } from '../scenario/usage-error.js';

describe('a check', () => {
  it('says which strategy is at least so much of which other one', () => {
    expect(parseCheck(' inventory.throughput >= 0.95 * cte.throughput ')).toEqual({
      text: 'inventory.throughput >= 0.95 * cte.throughput',
      ...{ subject: 'inventory', reference: 'cte', margin: 0.95 },
    });
  });

  it('takes the names of files in quotes, and any margin above 0', () => {
    expect(parseCheck('"./mine.sql".throughput >= 2 * "a b.sql".throughput')).toMatchObject({
      ...{ subject: './mine.sql', reference: 'a b.sql', margin: 2 },
    });
  });

  it.each([
    'a.throughput > 0.95 * b.throughput',
    'a.throughput <= 0.95 * b.throughput',
    'a.throughput >= b.throughput',
    'a.throughput >= b.throughput * 0.95',
    'a.throughput >= 0.95 + b.throughput',
    'a.throughput >= 0 * b.throughput',
    'a.throughput >= (1 + 1) * b.throughput',
    'a.throughput >= 0.95 * a.throughput',
    'a.throughput >= 0.95 * b.contents',
    'a.p95 >= 0.95 * b.p95',
    'throughput >= 0.95 * throughput',
    'throughput >= 100',
    '2 * a.throughput >= b.throughput',
  ])('has no other form: %s', async (expression) => {
    const { code, message } = await usageErrorOf(() => parseCheck(expression));
    expect(code).toBe('invalid_check');
    expect(message).toMatch(
      /^check ".*": column \d+: a check has one form; accepted: A\.throughput >= 0\.95 \* B\.throughput, of two strategies/,
    );
  });

  it('keeps the rules of gates', async () => {
    const { message } = await usageErrorOf(() => parseCheck('a.thruput >= 1 * b.throughput'));
    expect(message).toMatch(/^check "a.*unknown name thruput/);
  });
});
