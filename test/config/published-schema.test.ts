import { expect, it } from 'vitest';
import { configJsonSchema } from '#els/config/schema.js';

it('is published as it is: `npx vitest run test/config -u` writes it anew', async () => {
  const text = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../schema/config.schema.json');
});
