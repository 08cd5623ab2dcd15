import { describe, expect, it } from 'vitest';
import { describeJsonError, parseJson } from '#els/scenario/json-error.js';

function refusalOf(text: string): string {
  try {
    JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return describeJsonError(text, error);
    throw error;
  }
  throw new Error(`JSON.parse accepts ${JSON.stringify(text)}`);
}

describe('describeJsonError', () => {
  it.each([
    ['', 'line 1 column 1: value expected'],
    ['{"a": 1,\n}', 'line 2 column 1: property name expected'],
    ['{a: 1}', 'line 1 column 2: invalid symbol'],
    ['{"a" 1}', 'line 1 column 6: colon expected'],
    ['{"a": }', 'line 1 column 7: value expected'],
    ['{"😀": 1 "b": 2}', 'line 1 column 9: comma expected'],
    ['[1, 2', 'line 1 column 6: close bracket expected'],
    ['{} {}', 'line 1 column 4: end of file expected'],
    ['[tru]', 'line 1 column 2: invalid symbol'],
    ['["a\nb"]', 'line 1 column 2: unexpected end of string'],
    ['// note\n{}', 'line 1 column 1: invalid comment token'],
  ])('says of %j: %s', (text, message) => {
    expect(refusalOf(text)).toBe(message);
  });

  it('repeats what JSON.parse said of a nesting too deep to follow', () => {
    expect(refusalOf('['.repeat(200_000))).toBe('Unexpected end of JSON input');
    expect(refusalOf(`${'['.repeat(200_000)}\u001b`)).toContain("Unexpected token '\\u001b'");
  });
});

describe('parseJson', () => {
  const parsed = (text: string) => parseJson(text, (problem) => new Error(problem));

  it.each([
    ['{"slots": 5,\n "slots": 6}', 'line 2 column 2: field "slots" is given twice; accepted: once'],
    ['[{"a": {"b": 1, "b": 1}}]', 'line 1 column 17: field "b" is given twice; accepted: once'],
    ['{"a": 1, "\\u0061": 2}', 'line 1 column 10: field "a" is given twice; accepted: once'],
  ])('refuses a field that an object has twice: %j', (text, problem) => {
    expect(() => parsed(text)).toThrow(problem);
  });

  it('takes a field of the same name in another object', () => {
    expect(parsed('{"a": {"a": 1}, "b": [{"a": 2}, {"a": 3}]}')).toEqual({
      a: { a: 1 },
      b: [{ a: 2 }, { a: 3 }],
    });
  });
});
