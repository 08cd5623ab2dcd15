import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';

const SCHEMA = new URL('../../schema/output.schema.json', import.meta.url);

const isValid = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(
  JSON.parse(readFileSync(SCHEMA, 'utf8')) as object,
);

/** Expects that a document of `--json` is as the published JSON Schema says. */
export function expectPublishedSchema(document: unknown): void {
  if (isValid(document)) return;
  const problems = (isValid.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
  throw new Error(`not as schema/output.schema.json says:\n${[...new Set(problems)].join('\n')}`);
}
