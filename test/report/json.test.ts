import { describe, expect, it } from 'vitest';
import { renderJson, renderJsonError } from '#els/report/json.js';
import type { Comparison } from '#els/domain/run-result.js';
import { createSampler, ENVIRONMENT, reportOf } from './sample.js';

const TOOL = { name: 'els-assign', version: '0.1.0' };
const COMPARISON: Comparison = {
  baseline: 'legacy',
  strategies: ['legacy', 'cte', 'inventory'],
  rounds: 3,
  ratios: [],
  checks: [],
  claims: [],
  levels: { checkLevel: 0.025, claimsLevel: 0.025, roundsToCheck: 6, roundsToClaim: 7 },
  warnings: [],
};
const REPORT_NAMES = ['schemaVersion', 'tool', 'passed', 'verdict', 'environment', 'runs', 'plannedRuns'];
const RUN_NAMES = [
  [
    'scenario',
    'strategy',
    'advisoryLocks',
    'workers',
    'connections',
    'round',
    'verdict',
    'plan',
    'assignments',
  ],
  ['outcomes', 'errorsByCode', 'retriesByCode', 'counters', 'latencyMicros', 'durationMs'],
  ['throughputPerSecond', 'cost', 'invariants', 'gates', 'passed'],
].flat();

const parse = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe('renderJson', () => {
  it('writes one document with exactly the documented names, and a newline', () => {
    const { run } = createSampler();
    const text = renderJson(reportOf([run()], { interrupted: 'SIGINT' }), TOOL);
    expect(Object.keys(parse(text))).toEqual([...REPORT_NAMES, 'interrupted']);
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('has a comparison only where there is one', () => {
    const { run } = createSampler();
    const text = renderJson(reportOf([run()], { comparison: COMPARISON }), TOOL);
    expect(Object.keys(parse(text))).toEqual([...REPORT_NAMES, 'comparison']);
    expect(parse(text)['comparison']).toEqual(COMPARISON);
  });

  it('writes runs, environment and verdict as they are', () => {
    const { run } = createSampler();
    const report = reportOf([run(), run({ strategy: 'inventory', passed: false })], { verdict: 'invalid' });
    const { runs, ...others } = parse(renderJson(report, TOOL));
    expect(runs).toEqual(report.runs);
    expect(Object.keys((runs as object[])[0] ?? {})).toEqual(expect.arrayContaining(RUN_NAMES));
    expect(others).toEqual({
      schemaVersion: 1,
      tool: TOOL,
      passed: false,
      verdict: 'invalid',
      plannedRuns: 2,
      environment: ENVIRONMENT,
    });
  });

  it('writes null for a number that was not measured', () => {
    const { run } = createSampler();
    const text = renderJson(
      reportOf([run({ latencyMicros: { p95: NaN }, throughputPerSecond: Infinity })]),
      TOOL,
    );
    expect(parse(text)['runs']).toMatchObject([{ latencyMicros: { p95: null }, throughputPerSecond: null }]);
  });

  it('takes nothing but name and version from the tool', () => {
    const { run } = createSampler();
    const packageJson = { ...TOOL, private: true };
    expect(parse(renderJson(reportOf([run()]), packageJson))['tool']).toEqual(TOOL);
  });
});

describe('renderJsonError', () => {
  const ERROR = { code: 'database_unavailable', message: 'connection refused' };

  it('writes a failure that never passes', () => {
    expect(parse(renderJsonError(ERROR, TOOL))).toEqual({
      schemaVersion: 1,
      tool: TOOL,
      passed: false,
      verdict: 'unknown',
      error: ERROR,
      environment: null,
      runs: [],
    });
  });

  it('writes code and message of a thrown error, which are not enumerable there', () => {
    const thrown = Object.assign(new Error('no such file'), { code: 'invalid_scenario', exitCode: 2 });
    expect(parse(renderJsonError(thrown, TOOL))['error']).toEqual({
      code: 'invalid_scenario',
      message: 'no such file',
    });
  });

  it('keeps what was measured before, and still does not pass', () => {
    const { run } = createSampler();
    const partial = reportOf([run()]);
    const document = parse(renderJsonError(ERROR, TOOL, partial));
    expect(document).toMatchObject({ passed: false, verdict: 'unknown', environment: ENVIRONMENT });
    expect(document['runs']).toEqual(partial.runs);
  });
});
