import { describe, expect, it } from 'vitest';
import { didYouMean, quote } from '#els/base/wording.js';

describe('quote', () => {
  it('keeps printable text, in any script, and plain spaces', () => {
    expect(quote('a b é 漢 😀')).toBe('"a b é 漢 😀"');
  });

  it('writes as escapes what would break the line, be unseen or end the quotation', () => {
    expect(quote('"\\\n\r\t\0\u001b\u007f\u0085\u00a0\u2028\u2029\ufeff\u{e0041}')).toBe(
      '"\\"\\\\\\n\\r\\t\\u0000\\u001b\\u007f\\u0085\\u00a0\\u2028\\u2029\\ufeff\\u{e0041}"',
    );
  });

  it('leaves out the password of a URL, also where it is cut', () => {
    expect(quote('postgres://me:p@ss/w:rd@host/db')).toBe('"postgres://me:***@host/db"');
    expect(quote('postgres://me:secret@host/db', 18)).toBe('"postgres://me:***@…"');
    expect(quote('http://host:80/a and b@c')).toBe('"http://host:80/a and b@c"');
    expect(quote('a://b://me:s:e@host a://me:x@y')).toBe('"a://b:***@host a://me:***@y"');
    expect(quote('@://me:x')).toBe('"@://me:x"');
  });

  it('cuts what is longer than the limit, and only that', () => {
    expect(quote('abcd', 4)).toBe('"abcd"');
    expect(quote('abcde', 4)).toBe('"abcd…"');
  });
});

describe('didYouMean', () => {
  it.each([
    ['a missing letter', 'burt'],
    ['a letter too many', 'bursst'],
    ['another letter', 'burzt'],
    ['two letters swapped', 'brust'],
    ['another case', 'BURST'],
  ])('finds the candidate through %s', (_, word) => {
    expect(didYouMean(word, ['closed', 'burst'])).toBe(' (did you mean burst?)');
  });

  it('takes the nearest of several', () => {
    expect(didYouMean('deliverys', ['delivered', 'deliveries', 'delivery'])).toBe(
      ' (did you mean delivery?)',
    );
  });

  it('guesses nothing where nothing is close, however long the word', () => {
    expect(didYouMean('rate', ['closed', 'burst'])).toBe('');
    expect(didYouMean('', ['closed'])).toBe('');
    expect(didYouMean('x'.repeat(1_000_000), ['closed'])).toBe('');
  });
});
