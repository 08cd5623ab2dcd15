import { describe, expect, it } from 'vitest';
import { bareSql, splitSql } from '#els/database/sql-text.js';

/** Names of the binds and identifiers that a text names. */
function namesIn(sql: string): string[] {
  return splitSql(sql).flatMap((piece) => (piece.kind === 'text' ? [] : [piece.name]));
}

/** The text again, from its pieces. */
function joined(sql: string): string {
  return splitSql(sql)
    .map((piece) => {
      if (piece.kind === 'text') return piece.text;
      return piece.kind === 'bind' ? `:${piece.name}` : `:"${piece.name}"`;
    })
    .join('');
}

describe('finds binds', () => {
  it.each<[sql: string, names: string[]]>([
    ['select :a', ['a']],
    ['select :a, :a, :b_2', ['a', 'a', 'b_2']],
    [':a', ['a']],
    ['select (:a)::text, :b::int', ['a', 'b']],
    ['where x=:a', ['a']],
    ["select 'it''s' || :a", ['a']],
    ["select E'\\'' || :a", ['a']],
    ["select e'\\\\' || :a", ['a']],
    ["select :a || 'x'", ['a']],
    ['select $$ :no $$ || :a', ['a']],
    ['select $tag$ $$ :no $tag$ || :a', ['a']],
    ['select /* :no /* :no */ :no */ :a', ['a']],
    ['select -- :no\n :a', ['a']],
    ['select x[1:2], y[:a]', ['a']],
    ['select $1, :a', ['a']],
    ['create schema :"schema"', ['schema']],
    ['select :"column" from t where x = :a', ['column', 'a']],
  ])('in %j', (sql, names) => {
    expect(namesIn(sql)).toEqual(names);
    expect(joined(sql)).toBe(sql);
  });
});

describe('finds no bind', () => {
  it.each([
    '',
    'select 1',
    'select x::text',
    'select x :: text, y::pg_catalog.text',
    "select ':a'",
    "select 'it''s :a'",
    "select E'it\\'s :a'",
    "select E'\\\\\\' :a'",
    'select ":a"',
    'select "a"":b"',
    'select $$:a$$',
    'select $tag$ :a $other$ :b $tag$',
    'select $ä$ :a $ä$',
    '-- :a',
    'select 1 -- :a',
    '/* :a */',
    '/* /* :a */ :b */',
    '/* -- */ select 1 /* :a',
    'select $$ :a',
    'select f(a := 1)',
    'select f(a := b)',
    'select array[1:2]',
    "select '-- ' , 1",
  ])('in %j', (sql) => {
    const names = namesIn(sql);
    expect(names).toEqual([]);
    expect(joined(sql)).toBe(sql);
  });
});

describe('bareSql', () => {
  it.each([
    ['select 1 -- one\nfrom x', 'select 1  \nfrom x'],
    ['a/* b /* c */ d */e', 'a e'],
    ["'it''s' || e'\\'x' || $$y$$ || $t$ $$ $t$", "'' || '' || '' || ''"],
    ['"select" (:bind::text, :"name") -- :x', '\'\' (:bind::text, :"name")  '],
    ['a := 1 /* open', 'a := 1  '],
    ['$1 a$$b', '$1 a$$b'],
  ])('leaves the words of %s', (sql, bare) => {
    expect(bareSql(sql)).toBe(bare);
  });
});
