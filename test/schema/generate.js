import { fileURLToPath } from 'node:url';
import { createGenerator } from 'ts-json-schema-generator';

const pathOf = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** Where the package publishes the schema of target files. */
export const PUBLISHED_TARGET = pathOf('schema/target.schema.json');

/** Where the package publishes the schema. */
export const PUBLISHED = pathOf('schema/output.schema.json');

/** The JSON Schema of what `--json` prints, made from its types, as text. */
export function generateSchema() {
  const generator = createGenerator({
    path: pathOf('test/schema/documents.ts'),
    tsconfig: pathOf('tsconfig.json'),
    type: 'JsonDocument',
    additionalProperties: false,
    sortProps: false,
    // tsc has checked them.
    skipTypeCheck: true,
  });
  return `${JSON.stringify(generator.createSchema('JsonDocument'), null, 2)}\n`;
}
