import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'jsonc-parser';
import { expect, it } from 'vitest';
import { targetJsonSchema } from '#els/targets/sql/file.js';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

it('is published as it is: `npm run schema` writes it', () => {
  expect(read('schema/target.schema.json')).toBe(`${JSON.stringify(targetJsonSchema(), null, 2)}\n`);
});

it('accepts the example, and nothing with an unknown field', () => {
  const isValid = new Ajv2020({ strict: true }).compile(targetJsonSchema() as object);
  const example = parse(read('docs/examples/vouchers/vouchers.target.json')) as object;
  expect(isValid(example), JSON.stringify(isValid.errors)).toBe(true);
  expect(isValid({ ...example, promises: { idempotant: true } })).toBe(false);
  expect(isValid({ ...example, zzz: 1 })).toBe(false);
  expect(isValid({ ...example, sql: undefined, name: 'a,b' })).toBe(false);
});
