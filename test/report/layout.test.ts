import { describe, expect, it } from 'vitest';
import { createColours } from '#els/report/colours.js';
import { gateLines } from '#els/report/findings.js';
import { fitColumns, tableLines, visibleWidth } from '#els/report/layout.js';

/** Characters and the columns that terminals give them. */
const WIDE: [string, number][] = [
  ['plain', 5],
  ['战略', 4],
  ['🚀', 2],
  ['👩‍💻', 2],
  ['é', 1],
  ['\u001b[31mred\u001b[39m', 3],
];

describe.each(WIDE)('%j', (text, width) => {
  it('has the width that a terminal gives it', () => {
    expect(visibleWidth(text)).toBe(width);
  });

  it('stands in a table whose columns are straight', () => {
    const lines = tableLines([
      { head: 'name', cells: [text, 'x'.repeat(9)] },
      { head: 'count', cells: ['1', text] },
      { head: 'end', cells: ['2', '3'] },
    ]);
    expect(new Set(lines.map(visibleWidth)).size).toBe(1);
  });

  it('stands before what gates observed, which begins in one column', () => {
    const gates = [text, 'p95 < 5ms'].map((expression) => ({ expression, observed: 'seen', passed: true }));
    const lines = gateLines(gates, { colours: createColours({}, {}), width: 80 });
    expect(new Set(lines.map((line) => visibleWidth(line.slice(0, line.indexOf('seen'))))).size).toBe(1);
  });
});

it('breaks tables by the columns that they take', () => {
  const first = { head: 'name', cells: ['战略战略'] };
  const group = [{ head: 'wide', cells: ['🚀🚀🚀🚀'] }];
  expect(fitColumns(first, [group, group], 8 + 2 + 8 + 2 + 8)).toHaveLength(1);
  expect(fitColumns(first, [group, group], 8 + 2 + 8 + 2 + 8 - 1)).toHaveLength(2);
});
