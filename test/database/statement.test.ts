import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadStatement } from '#els/database/statement.js';

const ROOT = new URL('../../', import.meta.url);

/** Every file of sql/ that the sources load by its name. */
const LOADED = readdirSync(new URL('src/', ROOT), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .flatMap((path) => [
    ...readFileSync(new URL(`src/${path}`, ROOT), 'utf8').matchAll(/(?:loadStatement|readSql)\('([^']+)'/g),
  ])
  .map(([, name = '']) => name);

it('is read when it is asked for, and not before', () => {
  const missing = loadStatement('no/such-file');
  expect(missing.name).toBe('no/such-file');
  expect(() => missing.text).toThrow('no/such-file.sql');
  const there = loadStatement('batches/status');
  expect(there.text).toContain('$1');
  expect(there.binds).toEqual(['batch_id']);
  expect(there.parameterTypes).toEqual([0]);
});

it.each(LOADED)('is there: %s', (name) => {
  expect(LOADED.length).toBeGreaterThan(60);
  expect(existsSync(new URL(`sql/${name}.sql`, ROOT))).toBe(true);
});
