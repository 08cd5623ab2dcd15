import { describe, expect, it } from 'vitest';
import { findJsonError } from '#els/scenario/json-error.js';
import { forRandomDraws } from './seeded.js';
import type { Draw } from './seeded.js';

const SCALARS = ['0', '-1.5e+3', '12', 'true', 'false', 'null', '""', '"a\\n\\u00e9\\""', '"é😀"'];
const SPACES = ['', ' ', '\n', '\t', '\r\n', '  \n '];

/** The words of a random JSON text, in order, and the space before each. */
function randomWords(draw: Draw, depth: number): string[] {
  const kind = depth === 0 ? 0 : draw.integer(0, 2);
  if (kind === 0) return [draw.pick(SCALARS)];
  const members = Array.from({ length: draw.integer(0, 3) }, () => {
    const value = randomWords(draw, depth - 1);
    return kind === 1 ? value : ['"key"', ':', ...value];
  });
  const inside = members.flatMap((member, position) => (position === 0 ? member : [',', ...member]));
  return kind === 1 ? ['[', ...inside, ']'] : ['{', ...inside, '}'];
}

function spaced(draw: Draw, words: readonly string[]): string {
  return words.map((word) => draw.pick(SPACES) + word).join('') + draw.pick(SPACES);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('findJsonError', () => {
  it('finds nothing in JSON', () => {
    forRandomDraws(300, (draw) => {
      const text = spaced(draw, randomWords(draw, 4));
      expect(isJson(text)).toBe(true);
      expect(findJsonError(text), text).toBeUndefined();
    });
  });

  it('finds something exactly where JSON.parse does, in damaged JSON', () => {
    const characters = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '0',
      '-',
      '.',
      'e',
      't',
      '\n',
      '\0',
      '/',
      "'",
      '\u2028',
    ];
    let [tried, broken] = [0, 0];
    forRandomDraws(3_000, (draw) => {
      const text = spaced(draw, randomWords(draw, 3));
      const at = draw.integer(0, text.length);
      const inserted = draw.integer(0, 2) === 0 ? '' : draw.pick(characters);
      const damaged = text.slice(0, at) + inserted + text.slice(at + draw.integer(0, 2));
      expect(findJsonError(damaged) === undefined, JSON.stringify(damaged)).toBe(isJson(damaged));
      tried += 1;
      broken += isJson(damaged) ? 0 : 1;
    });
    if (tried > 1) expect(broken).toBeGreaterThan(tried / 10);
  });

  it('names the line and the column, in characters', () => {
    forRandomDraws(300, (draw) => {
      const words = randomWords(draw, 3);
      const before = spaced(draw, words.slice(0, draw.integer(0, words.length)));
      let [line, column] = [1, 1];
      for (const character of before)
        [line, column] = character === '\n' ? [line + 1, 1] : [line, column + 1];
      expect(findJsonError(`${before}@`)).toMatch(
        new RegExp(`^line ${line} column ${column}: unexpected "@"; accepted: `),
      );
    });
  });

  it.each([
    ['', 'line 1 column 1: unexpected end of the file; accepted: a value'],
    ['{"a": 1,\n}', 'line 2 column 1: unexpected "}"; accepted: a field name in double quotes'],
    ['{a: 1}', 'line 1 column 2: unexpected "a"; accepted: a field name in double quotes or }'],
    ["{'a': 1}", 'line 1 column 2: unexpected "\'"; accepted: a field name in double quotes or }'],
    ['{"a" 1}', 'line 1 column 6: unexpected "1"; accepted: :'],
    ['{"a": }', 'line 1 column 7: unexpected "}"; accepted: a value'],
    ['{"a": 1 "b": 2}', 'line 1 column 9: unexpected "\\""; accepted: , or the closing bracket'],
    ['[1, 2', 'line 1 column 6: unexpected end of the file; accepted: , or the closing bracket'],
    ['[1}', 'line 1 column 3: unexpected "}"; accepted: , or the closing bracket'],
    ['[,]', 'line 1 column 2: unexpected ","; accepted: a value or ]'],
    ['{} {}', 'line 1 column 4: unexpected "{"; accepted: the end of the file'],
    ['[01]', 'line 1 column 3: unexpected "1"; accepted: , or the closing bracket'],
    ['[tru]', 'line 1 column 2: unexpected "t"; accepted: a value or ]'],
    ['["a\nb"]', 'line 1 column 4: unexpected "\\n"; accepted: the rest of a string and its closing "'],
    ['["a\\x"]', 'line 1 column 4: unexpected "\\\\"; accepted: the rest of a string and its closing "'],
    ['["a', 'line 1 column 4: unexpected end of the file; accepted: the rest of a string and its closing "'],
    ['// note\n{}', 'line 1 column 1: unexpected "/"; accepted: a value'],
  ])('says of %j: %s', (text, message) => {
    expect(findJsonError(text)).toBe(message);
  });

  it('takes deep nesting and long strings without a deep stack', () => {
    const depth = 500_000;
    expect(findJsonError('['.repeat(depth) + ']'.repeat(depth))).toBeUndefined();
    expect(findJsonError('['.repeat(depth))).toContain(
      `line 1 column ${depth + 1}: unexpected end of the file`,
    );
    expect(findJsonError(`"${'\\n😀'.repeat(depth)}"`)).toBeUndefined();
  });
});
