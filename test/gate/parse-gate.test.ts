import { describe, expect, it } from 'vitest';
import { UsageError } from '#els/domain/errors.js';
import { parseGate } from '#els/gate/index.js';
import { forRandomDraws } from '../support/draws.js';
import { usageErrorOf } from '../scenario/usage-error.js';
import { VALUES_OF_SOME_RUN } from './run.js';
import { draws } from '../support/effort.js';

const NAMES = Object.keys(VALUES_OF_SOME_RUN).sort();
const CHARACTERS = 'numbers, names, + - * / ( ) and one of < <= > >= == !=';
const COMPARISON = '+ - * / or a comparison (< <= > >= == !=)';
const OPERAND = 'a number, a name or (';
const NAMES_IN_ORDER = Object.keys(VALUES_OF_SOME_RUN).join(', ');
const TOO_LARGE = 'the number is too large; accepted: at most 2^53 - 1 (durations: of us)';

function refusalOf(gate: string) {
  return usageErrorOf(() => parseGate(gate));
}

describe('a gate that is refused', () => {
  it.each([
    ['p95 < 500', 'column 7: a unit is missing after 500; accepted: 500us, 500ms or 500s'],
    ['500 >= p95', 'column 1: a unit is missing after 500; accepted: 500us, 500ms or 500s'],
    ['p95 + 1 < 2s', 'column 7: a unit is missing after 1; accepted: 1us, 1ms or 1s'],
    ['p95 < 2 * 250', 'column 5: a duration < a number; accepted: two durations or two numbers'],
    ['created == p50', 'column 9: a number == a duration; accepted: two durations or two numbers'],
    ['created < 500ms', 'column 9: a number < a duration; accepted: two durations or two numbers'],
    ['p95 * p50 < 1s', 'column 5: a duration times a duration; accepted: duration * number'],
    ['1 / p95 < 1', 'column 3: a number by a duration; accepted: duration / number, duration / duration'],
    ['1 < 2', 'column 3: it measures nothing; accepted: at least one name'],
    ['', `column 1: it ends too early; accepted: ${OPERAND}`],
    ['created', `column 8: it ends too early; accepted: ${COMPARISON}`],
    ['created ==', `column 11: it ends too early; accepted: ${OPERAND}`],
    ['(created', 'column 9: it ends too early; accepted: + - * / or )'],
    ['(created == 1)', 'column 10: unexpected ==; accepted: + - * / or )'],
    ['created)', `column 8: unexpected ); accepted: ${COMPARISON}`],
    ['created reused', `column 9: unexpected reused; accepted: ${COMPARISON}`],
    ['created > -1', `column 11: unexpected -; accepted: ${OPERAND}`],
    ['1 < created < 3', 'column 13: unexpected <; accepted: + - * / or the end (there is one comparison)'],
    ['created = 5', `column 9: unexpected "="; accepted: ${CHARACTERS}`],
    ['created ≤ 5', `column 9: unexpected "≤"; accepted: ${CHARACTERS}`],
    ['cte. p95 < 5ms', `column 4: unexpected "."; accepted: ${CHARACTERS}`],
    [
      'cte.p95 <= p50',
      'column 12: p50 has no strategy but cte.p95 has one; accepted: all names with, or all without',
    ],
    [
      'p95 <= 2 * cte.p95',
      'column 1: p95 has no strategy but cte.p95 has one; accepted: all names with, or all without',
    ],
    ['cte.p96 < 5ms', 'column 5: unknown name p96 (did you mean p90?); names: ' + NAMES_IN_ORDER],
    ['cte.p95 < legacy.created', 'column 9: a duration < a number; accepted: two durations or two numbers'],
    ['cte.p95 < 500', 'column 11: a unit is missing after 500; accepted: 500us, 500ms or 500s'],
    ['.p95 < 5ms', `column 1: unexpected "."; accepted: ${CHARACTERS}`],
    ['created == 5x', 'column 13: unknown unit x; accepted: us, ms, s or none'],
    ['p95 < 5 m', 'column 9: unknown unit m; accepted: us, ms, s or none'],
    ['p95 < 5Ms', 'column 8: unknown unit Ms; accepted: us, ms, s or none'],
    ['created == 9007199254740993', `column 12: ${TOO_LARGE}`],
    ['p95 < 9007199254741s', `column 7: ${TOO_LARGE}`],
    [`created < ${'9'.repeat(400)}`, `column 11: ${TOO_LARGE}`],
  ])('%j: %s', async (gate, problem) => {
    expect(await refusalOf(gate)).toEqual({ code: 'invalid_gate', message: `gate "${gate}": ${problem}` });
  });

  it('lists the names and the near miss for a name it does not know', async () => {
    const { message } = await refusalOf('noslot == 1');
    expect(message).toContain(
      'gate "noslot == 1": column 1: unknown name noslot (did you mean noSlot?); names: ',
    );
    const listed = message.slice(message.indexOf('names: ') + 'names: '.length).split(', ');
    expect(listed.sort()).toEqual(NAMES);
  });

  it.each([
    ['craeted', 'created'],
    ['conection', 'connections'],
    ['expectedSucesses', 'expectedSuccesses'],
  ])('takes %s for a slip of %s', async (slip, meant) => {
    expect((await refusalOf(`${slip} == 1`)).message).toContain(
      `unknown name ${slip} (did you mean ${meant}?); `,
    );
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'something', 'x'])(
    'knows no name %s and guesses none',
    async (name) => {
      expect((await refusalOf(`${name} == 1`)).message).toContain(
        `column 1: unknown name ${name}; names: mean, `,
      );
    },
  );
});

describe('the lines below a refusal', () => {
  const shownFor = (gate: string): readonly string[] => {
    try {
      parseGate(gate);
      return [];
    } catch (error) {
      return error instanceof UsageError ? error.below : [];
    }
  };

  it.each([
    ['p95 < 500', ['  p95 < 500', '        ^']],
    ['p96 < 1s', ['  p96 < 1s', '  ^']],
    ['created', ['  created', '         ^']],
    ['"./a.sql".p96 < 1s', ['  "./a.sql".p96 < 1s', '            ^']],
    ['', ['  ', '  ^']],
    ['é == p95', ['  é == p95', '  ^']],
    ['p95 <\t5\n', ['  p95 <\\u00095\\u000a', '              ^']],
    ['p95 < 😀', ['  p95 < 😀', '        ^']],
  ])('%j: the gate, and a caret under the character', (gate, lines) => {
    expect(shownFor(gate)).toEqual(lines);
  });
});

describe('hostile gates', () => {
  it.each([
    [
      'a newline',
      'created\n== 1',
      `gate "created\\n== 1": column 8: unexpected "\\n"; accepted: ${CHARACTERS}`,
    ],
    ['NUL', 'p95\0', `gate "p95\\u0000": column 4: unexpected "\\u0000"; accepted: ${CHARACTERS}`],
    [
      'an escape sequence',
      '\u001b[2J',
      `gate "\\u001b[2J": column 1: unexpected "\\u001b"; accepted: ${CHARACTERS}`,
    ],
    ['a line separator', '\u2028', `gate "\\u2028": column 1: unexpected "\\u2028"; accepted: ${CHARACTERS}`],
    [
      'a byte order mark',
      '\ufeffp95',
      `gate "\\ufeffp95": column 1: unexpected "\\ufeff"; accepted: ${CHARACTERS}`,
    ],
    [
      'a hard space',
      'p95\u00a0< 1s',
      `gate "p95\\u00a0< 1s": column 4: unexpected "\\u00a0"; accepted: ${CHARACTERS}`,
    ],
    [
      'a character of two units',
      'p95 < 😀😀',
      `gate "p95 < 😀😀": column 7: unexpected "😀"; accepted: ${CHARACTERS}`,
    ],
    ['half a character', '\ud83d', `gate "\\ud83d": column 1: unexpected "\\ud83d"; accepted: ${CHARACTERS}`],
  ])('%s is shown as an escape, at its column', async (_, gate, message) => {
    expect(await refusalOf(gate)).toEqual({ code: 'invalid_gate', message });
  });

  it('says how a file is named where one stands without quotes', async () => {
    const { message } = await refusalOf('p95.sql.p95 < 1s');
    expect(message).toBe(
      'gate "p95.sql.p95 < 1s": column 5: p95.sql is no name; accepted: a file in double quotes, "p95.sql".p95',
    );
  });

  it('accepts deep nesting within 500 characters and refuses longer gates', async () => {
    const nested = (depth: number) => `${'('.repeat(depth)}created${')'.repeat(depth)} == 1`;
    expect(() => parseGate(nested(244))).not.toThrow();
    const { code, message } = await refusalOf(nested(1_000_000));
    expect(code).toBe('invalid_gate');
    expect(message).toMatch(/^gate "\(+…": column 501: it is too long; accepted: at most 500 characters$/);
    expect(message.length).toBeLessThan(700);
  });

  it('is either a gate or one line that says where, whatever the text', async () => {
    const pieces = [
      'p95',
      'created',
      '5',
      '5ms',
      '(',
      ')',
      '+',
      '/',
      '<',
      '==',
      ' ',
      '\n',
      '\0',
      '.',
      'é',
      '__proto__',
      'cte.p95',
      '"',
    ];
    const texts: string[] = [];
    forRandomDraws(draws(400, 2_000), (draw) => {
      texts.push(Array.from({ length: draw.integer(0, 12) }, () => draw.pick(pieces)).join(''));
    });
    let accepted = 0;
    for (const text of texts) {
      try {
        parseGate(text);
        accepted += 1;
      } catch (error) {
        expect(error, JSON.stringify(text)).toBeInstanceOf(UsageError);
        const { code, message } = await refusalOf(text);
        expect(code).toBe('invalid_gate');
        expect(message).toMatch(/^gate ".*": column \d+: .+$/);
      }
    }
    expect(accepted).toBeLessThan(texts.length);
  });
});
