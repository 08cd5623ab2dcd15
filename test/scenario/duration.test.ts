import { describe, expect, it } from 'vitest';
import { parseDuration } from '#els/scenario/duration.js';
import { forRandomDraws } from '../support/draws.js';
import { usageErrorOf } from './usage-error.js';

const ACCEPTED = '250ms, 5s, 1m or plain seconds, from 1ms to 24 hours (1440m)';

describe('parseDuration', () => {
  it.each([
    ['5s', 5_000],
    ['250ms', 250],
    ['1m', 60_000],
    ['5', 5_000],
    ['0.5', 500],
    ['1.5m', 90_000],
    ['4.35s', 4_350],
    ['1ms', 1],
    ['1.0006s', 1_001],
    ['2.4ms', 2],
    ['1440m', 86_400_000],
    ['86400', 86_400_000],
  ])('reads %s as %i ms', (text, millis) => {
    expect(parseDuration(text)).toBe(millis);
  });

  it('reads any whole number of each unit, and a plain number as seconds', () => {
    forRandomDraws(50, (draw) => {
      const count = draw.integer(1, 1_440);
      expect(parseDuration(`${count}ms`)).toBe(count);
      expect(parseDuration(`${count}s`)).toBe(count * 1_000);
      expect(parseDuration(`${count}m`)).toBe(count * 60_000);
      expect(parseDuration(`${count}`)).toBe(count * 1_000);
    });
  });

  it.each([
    '0',
    '0s',
    '0.0',
    '0.9ms',
    '-5s',
    '-5',
    '',
    ' ',
    ' 5s',
    '5s ',
    '5 s',
    '5S',
    '5h',
    '5us',
    '1e3',
    '0x10',
    '5.',
    '.5',
    'NaN',
    'Infinity',
    '1,5s',
    '5s5s',
    '1441m',
    '86401',
    '86400001ms',
    '9'.repeat(60),
    '__proto__',
    '٥s',
  ])('refuses %j', async (text) => {
    expect(await usageErrorOf(() => parseDuration(text))).toEqual({
      code: 'invalid_duration',
      message: `--duration is "${text}"; accepted: ${ACCEPTED}`,
    });
  });

  it('refuses hostile text in one line', async () => {
    expect((await usageErrorOf(() => parseDuration('5s\n'))).message).toContain('--duration is "5s\\n"; ');
    expect((await usageErrorOf(() => parseDuration('5\0s'))).message).toContain(
      '--duration is "5\\u0000s"; ',
    );
    expect((await usageErrorOf(() => parseDuration('9'.repeat(1_000_000)))).message.length).toBeLessThan(400);
  });
});
