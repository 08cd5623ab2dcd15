import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseUrl, toUrl } from '#els/database/connection/url.js';

it.each([
  ['postgres://', {}],
  ['postgresql:///db', { dbname: 'db' }],
  ['postgres://ann@/db', { user: 'ann', dbname: 'db' }],
  [
    'postgres://ann:a%40b%3A%2F%25@alpha:5433/d%23%2Fb',
    { user: 'ann', password: 'a@b:/%', host: 'alpha', port: '5433', dbname: 'd#/b' },
  ],
  ['postgres://ann:a@b#c@alpha', { user: 'ann', password: 'a@b#c', host: 'alpha' }],
  ['postgres://[fe80::1%25eth0]:1/', { host: 'fe80::1%eth0', port: '1' }],
  ['postgres://%2Frun%2Fpg/db', { host: '/run/pg', dbname: 'db' }],
  [
    'postgres:///?host=/run/pg&password=a+b%20c&sslmode=disable',
    { host: '/run/pg', password: 'a+b c', sslmode: 'disable' },
  ],
  ['postgres://alpha/?ssl=true', { host: 'alpha', sslmode: 'require' }],
])('%s is read as libpq reads it', (url, parameters) => {
  expect(parseUrl(url)).toEqual(parameters);
});

it('reads back what it writes, whatever the characters', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 });
  const parameters = fc.record({
    user: text,
    password: text,
    host: fc.constantFrom('a', '::1', 'fe80::1%eth0', '/run/a b', '/run/a:b]%'),
    port: fc.constant('1'),
    dbname: text,
    options: text,
  });
  fc.assert(
    fc.property(parameters, (given) => {
      expect(parseUrl(toUrl(given))).toEqual(given);
    }),
  );
});
