import { describe, expect, it } from 'vitest';
import {
  formatCount,
  formatMicros,
  formatNumber,
  formatRatio,
  formatValue,
  keepEnd,
  plural,
} from '#els/report/format.js';

describe('formatMicros', () => {
  it.each([
    [0, '0µs'],
    [73.4, '73µs'],
    [999.4, '999µs'],
    [999.6, '1.00ms'],
    [4213, '4.21ms'],
    [9996, '10.0ms'],
    [12_340, '12.3ms'],
    [99_960, '100ms'],
    [999_400, '999ms'],
    [999_600, '1.00s'],
    [12_300_000, '12.3s'],
    [NaN, '–'],
    [Infinity, '–'],
  ])('writes %d µs as %s', (micros, text) => {
    expect(formatMicros(micros)).toBe(text);
  });
});

describe('numbers', () => {
  it('separates thousands', () => {
    expect(formatCount(1_234_567)).toBe('1,234,567');
    expect(formatNumber(8011.6)).toBe('8,012');
  });

  it('shows three digits of a small measured number', () => {
    expect([1.024, 9.996, 72.34, 999.4].map(formatNumber)).toEqual(['1.02', '10.0', '72.3', '999']);
  });

  it('shows two digits of what is smaller still, and nothing as nothing', () => {
    expect([0.0342, 0.00123, 0.1, 0].map(formatNumber)).toEqual(['0.034', '0.0012', '0.10', '0.00']);
  });

  it('shows a dash for what was not measured', () => {
    expect([formatCount(NaN), formatNumber(NaN), formatRatio(NaN)]).toEqual(['–', '–', '–']);
  });

  it('keeps two digits of a very small ratio', () => {
    expect([2.714, 0.1, 0.0342].map(formatRatio)).toEqual(['2.71', '0.10', '0.034']);
  });

  it('puts a noun in the plural unless there is one', () => {
    expect([0, 1, 2].map((count) => plural(count, 'batch', 'batches'))).toEqual([
      '0 batches',
      '1 batch',
      '2 batches',
    ]);
  });
});

describe('names', () => {
  it('shortens only what is too long, from the front', () => {
    expect(keepEnd('./mine.sql', 10)).toBe('./mine.sql');
    expect(keepEnd('/far/away/mine.sql', 10)).toBe('…/mine.sql');
  });

  it('quotes text that would act on the terminal or hide its ends', () => {
    expect(formatValue('essay-1')).toBe('essay-1');
    expect(formatValue('\u001b[2J')).toBe('"\\u001b[2J"');
    expect(formatValue(' a b')).toBe('" a b"');
    expect(formatValue('')).toBe('""');
    expect(formatValue(null)).toBe('null');
  });
});
