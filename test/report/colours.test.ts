import { describe, expect, it } from 'vitest';
import { createColours } from '#els/report/colours.js';

const TERMINAL = { isTTY: true };
const PIPE = {};

const paints = (stream: { isTTY?: boolean }, env: Record<string, string>): boolean =>
  createColours(stream, env).red('x') !== 'x';

describe('createColours', () => {
  it('paints on a terminal and not in a pipe', () => {
    expect(paints(TERMINAL, {})).toBe(true);
    expect(paints(PIPE, {})).toBe(false);
  });

  it.each(['1', '0', 'false', 'anything'])('does not paint a terminal under NO_COLOR=%s', (value) => {
    expect(paints(TERMINAL, { NO_COLOR: value })).toBe(false);
  });

  it('ignores an empty NO_COLOR, as no-color.org says', () => {
    expect(paints(TERMINAL, { NO_COLOR: '' })).toBe(true);
  });

  it.each(['', '1', '2', '3', 'true'])('paints in a pipe under FORCE_COLOR=%j', (value) => {
    expect(paints(PIPE, { FORCE_COLOR: value })).toBe(true);
  });

  it.each(['0', 'false'])('does not paint a terminal under FORCE_COLOR=%s', (value) => {
    expect(paints(TERMINAL, { FORCE_COLOR: value })).toBe(false);
  });

  it('lets FORCE_COLOR win over NO_COLOR', () => {
    expect(paints(PIPE, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(true);
  });
});
