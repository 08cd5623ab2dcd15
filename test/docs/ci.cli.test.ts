import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { roundsToCheck, roundsToClaim } from '#els/compare/levels.js';
import { configSchema, CONFIG_FIELDS } from '#els/config/schema.js';
import { loadScenario } from '#els/scenario/load.js';
import { commandLinesIn, parseOnly } from '../cli/command-lines.js';
import { compareDocumentOf } from '../cli/document.js';
import { useOwnDatabase } from '../cli/own-database.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import { runHosted } from '../support/hosted-command.js';
import { IS_LONG } from '../support/long.js';

const text = readFileSync(new URL('../../docs/ci.md', import.meta.url), 'utf8');

const blocks = (language: string): string[] =>
  [...text.matchAll(new RegExp('```' + language + '\\n(.*?)```', 'gs'))].map((match) => match[1] ?? '');

/** Every string in a document that was parsed. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

const database = useOwnDatabase();
const files = useTemporaryFolder();

describe('docs/ci.md', () => {
  const [config = ''] = blocks('json');

  it('shows a configuration that is accepted', () => {
    expect(configSchema.safeParse(JSON.parse(config)).error).toBeUndefined();
  });

  it('shows a configuration with rounds enough for its check and its claims', async () => {
    const { scenarios = [], strategies = [], rounds } = configSchema.parse(JSON.parse(config));
    const shown = await Promise.all(scenarios.map(loadScenario));
    const loads = shown.filter(({ arrival }) => arrival !== 'burst').length;
    const rows = loads * (strategies.length - 1);
    expect(rows).toBeGreaterThan(0);
    expect(rounds).toBeGreaterThanOrEqual(Math.max(roundsToCheck(1), roundsToClaim(rows)));
  });

  it('shows a configuration that compare can run', IS_LONG, async () => {
    const { databaseUrlVariable = '', $schema = '', ...rest } = configSchema.parse(JSON.parse(config));
    const schema = $schema.replace('./node_modules/els-assign/', '../../');
    expect(existsSync(new URL(schema, import.meta.url))).toBe(true);
    const path = files.write('els-assign.config.json', JSON.stringify({ databaseUrlVariable, ...rest }));
    const short = [
      '--rounds',
      '1',
      '--batches',
      '2',
      '--slots',
      '10',
      '--workers',
      '1',
      '--connections',
      '2',
    ];
    const args = database.withSchema(['compare', '--config', path, ...short, '--json', '--quiet']);
    const finished = await runHosted(args, { [databaseUrlVariable]: database.url });
    const { runs, comparison } = compareDocumentOf(finished);
    expect(new Set(runs.map(({ scenario }) => scenario))).toEqual(new Set(rest.scenarios));
    expect(new Set(runs.map(({ strategy }) => strategy))).toEqual(new Set(rest.strategies));
    expect(comparison.checks.map(({ name }) => name)).toContainEqual(expect.stringContaining('inventory'));
    for (const { gates, verdict } of runs) {
      expect(verdict).toBe('valid');
      const expressions = gates.map(({ expression }) => expression);
      expect(expressions).toEqual(expect.arrayContaining(rest.gates ?? []));
    }
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
      const [result = ''] = strings(job).flatMap((each) => />\s*(\S+)$/.exec(each)?.[1] ?? []);
      expect(strings(job)).toContain(result);
    },
  );
});
