import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema, CONFIG_FIELDS } from '#els/config/schema.js';
import { commandLinesIn, parseOnly } from '../cli/command-lines.js';

const text = readFileSync(new URL('../../docs/ci.md', import.meta.url), 'utf8');

const blocks = (language: string): string[] =>
  [...text.matchAll(new RegExp('```' + language + '\\n(.*?)```', 'gs'))].map((match) => match[1] ?? '');

/** Every string in a document that was parsed. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

describe('docs/ci.md', () => {
  const [config = ''] = blocks('json');

  it('shows a configuration that is accepted', () => {
    expect(configSchema.safeParse(JSON.parse(config)).error).toBeUndefined();
  });

  it('names every field', () => {
    const named = [...text.matchAll(/`(\w+)`/g)].map((match) => match[1]);
    expect(['$schema', ...named]).toEqual(expect.arrayContaining(CONFIG_FIELDS));
  });

  it.each(blocks('yaml').map((block, index) => [['GitHub Actions', 'GitLab CI'][index], block] as const))(
    'shows a job that can be run: %s',
    async (_, block) => {
      const job: unknown = parse(block);
      const lines = strings(job).flatMap(commandLinesIn);
      expect(lines.map(([command]) => command)).toEqual(['setup', 'compare']);
      for (const line of lines) await parseOnly(line);
      const { databaseUrlVariable = '' } = configSchema.parse(JSON.parse(config));
      expect(JSON.stringify(job)).toContain(`"${databaseUrlVariable}":"postgres://`);
      expect(JSON.stringify(job)).toContain('postgres:18');
    },
  );
});
