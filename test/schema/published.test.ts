import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderJson, renderJsonError } from '#els/report/json.js';
import { createSampler, reportOf } from '../report/sample.js';
import { expectPublishedSchema } from '../support/published-schema.js';
import { generateSchema, PUBLISHED } from './generate.js';

const TOOL = { name: 'els-assign', version: '0.1.0' };

interface Parsed {
  runs: Record<string, unknown>[];
  [name: string]: unknown;
}

function documentOf(text: string): Parsed {
  return JSON.parse(text) as Parsed;
}

describe('schema/output.schema.json', () => {
  it('is what the types say: `npm run schema` writes it', () => {
    expect(readFileSync(PUBLISHED, 'utf8')).toBe(generateSchema());
  });

  it('accepts a report and a failure, and null for what was not measured', () => {
    const { run } = createSampler();
    const report = reportOf([run(), run({ latencyMicros: { p95: NaN }, throughputPerSecond: Infinity })]);
    expectPublishedSchema(documentOf(renderJson(report, TOOL)));
    expectPublishedSchema(documentOf(renderJsonError({ code: 'any', message: 'any' }, TOOL)));
  });

  it('refuses a field that it does not know, one that is missing, and a value of another type', () => {
    const { run } = createSampler();
    const spoil = (change: (document: Parsed) => void) => {
      const document = documentOf(renderJson(reportOf([run()]), TOOL));
      change(document);
      return () => expectPublishedSchema(document);
    };
    expect(spoil(() => undefined)).not.toThrow();
    expect(spoil((document) => (document['undocumented'] = 1))).toThrow('undocumented');
    expect(spoil(({ runs }) => (runs[0] = { ...runs[0], undocumented: 1 }))).toThrow('undocumented');
    expect(spoil(({ runs }) => delete runs[0]?.['gates'])).toThrow('gates');
    expect(spoil(({ runs }) => (runs[0] = { ...runs[0], round: '1' }))).toThrow('/runs/0/round');
    expect(spoil(({ runs }) => (runs[0] = { ...runs[0], round: null }))).toThrow('/runs/0/round');
  });
});
