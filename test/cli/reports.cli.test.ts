import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { start } from '../support/command-line.js';
import { elementsOf, parseXml, type XmlElement } from '../support/xml.js';
import { claimsToCreate } from './broken-strategies.js';
import { compareDocumentOf, failureOf, linesOf, runDocumentOf } from './document.js';
import { useOwnDatabase } from './own-database.js';
import { expectNobodyLeft, startGroup, untilUnderWay } from './signalled.js';
import { useTemporaryFolder } from './temporary-folder.js';
import { IS_LONG, longUnless } from '../support/long.js';

const database = useOwnDatabase();
const files = useTemporaryFolder();

const FEW = ['--workers', '1', '--connections', '3'];

const textOf = (name: string): string => readFileSync(files.path(name), 'utf8');
const junitOf = (name: string): XmlElement => parseXml(textOf(name));

/** The names of the cases that have an element of this name in them. */
function casesWith(root: XmlElement, element: string): (string | undefined)[] {
  return elementsOf(root, 'testcase')
    .filter(({ children }) => children.some(({ name }) => name === element))
    .map(({ attributes }) => attributes['name']);
}

describe('a broken strategy in CI', () => {
  it('is red, JUnit names the invariant, Markdown and GitHub show the witness', async () => {
    const summary = files.write('summary.md', 'what the step said before\n');
    const load = ['--scenario', 'idempotent-duplicates', '--strategy', claimsToCreate(files)];
    const reports = ['--junit', files.path('broken.xml'), '--markdown', files.path('broken.md')];
    const github = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    const finished = await database.run(['run', ...load, ...reports, '--json', '--quiet'], github);
    expect(finished.code).toBe(1);

    const [run] = runDocumentOf(finished).runs;
    const violated = run?.invariants.filter(({ passed }) => !passed) ?? [];
    const gates = run?.gates.filter(({ passed }) => !passed) ?? [];
    const failed = ['verdict', ...violated.map(({ name }) => name), ...gates.map((gate) => gate.expression)];
    expect(violated.map(({ name }) => name)).toContain('one-created-per-content');
    expect(casesWith(junitOf('broken.xml'), 'failure')).toEqual(failed);
    expect(casesWith(junitOf('broken.xml'), 'error')).toEqual([]);

    const calls = violated.find(({ name }) => name === 'one-created-per-content')?.timeline ?? [];
    const content = String(calls[0]?.['content']);
    expect(textOf('broken.md')).toMatch(new RegExp(`<pre>[^]*${content} → created`));
    expect(textOf('summary.md')).toBe(`what the step said before\n${textOf('broken.md')}\n`);

    const errors = linesOf(finished.stderr);
    expect(errors).toHaveLength(Math.min(10, failed.length));
    for (const line of errors) expect(line).toMatch(/^::error title=.*claims-to-create\.sql::/);
    expect(errors.some((line) => line.includes('one-created-per-content') && line.includes(content))).toBe(
      true,
    );
  });
});

describe('a sound strategy in CI', () => {
  it('has no failure and no annotation, and says PASSED', async () => {
    const load = ['--scenario', 'batch-completion', '--strategy', 'inventory', '--quiet', ...FEW];
    const reports = ['--junit', files.path('sound.xml'), '--markdown', files.path('sound.md')];
    const finished = await database.run(['run', ...load, ...reports], { GITHUB_ACTIONS: 'true' });
    expect({ code: finished.code, stderr: finished.stderr }).toEqual({ code: 0, stderr: '' });
    const root = junitOf('sound.xml');
    expect(root.attributes).toMatchObject({ failures: '0', errors: '0' });
    expect(elementsOf(root, 'testcase').length).toBeGreaterThan(10);
    expect(textOf('sound.md')).toMatch(/^## els-assign: PASSED/);
  });

  it('passes although the summary of the step cannot be written, and says so', async () => {
    const load = ['--scenario', 'batch-completion', '--strategy', 'cte', '--quiet', ...FEW];
    const github = { GITHUB_STEP_SUMMARY: files.path('no/summary.md') };
    const { code, stderr } = await database.run(['run', ...load], github);
    expect(linesOf(stderr)).toEqual([expect.stringMatching(/^GITHUB_STEP_SUMMARY .*no such file/)]);
    expect(code).toBe(0);
  });
});

describe('--gate', () => {
  const SHORT = [
    ...['--scenario', 'sustained', '--duration', '300ms', '--batches', '10', '--quiet', '--json'],
    ...FEW,
  ];
  const ONE_TRIP = 'roundTripsPerAssignment <= 1.1';

  const judged = [
    ['cte', 0],
    ['inventory', 0],
    ['legacy', 1],
  ] as const;
  const isJudged = async (strategy: string, code: number): Promise<void> => {
    const finished = await database.run(['run', ...SHORT, '--strategy', strategy, '--gate', ONE_TRIP]);
    const [run] = runDocumentOf(finished).runs;
    expect(run?.gates.at(-1)).toMatchObject({ expression: ONE_TRIP, passed: code === 0 });
    expect(run?.gates).toHaveLength(4);
    expect(finished.code).toBe(code);
  };
  for (const [strategy, code] of judged) {
    const options = longUnless(strategy !== 'inventory');
    it(`of run: ${ONE_TRIP}, ${strategy} exits ${code}`, options, () => isJudged(strategy, code));
  }

  it('of compare: strategies are compared in each scenario, and one that does not hold is red', async () => {
    const holds = 'legacy.roundTripsPerAssignment > 4 * cte.roundTripsPerAssignment';
    const fails = 'cte.roundTripsPerAssignment >= legacy.roundTripsPerAssignment';
    const load = ['--scenario', 'batch-completion', '--strategies', 'legacy,cte', '--rounds', '1', ...FEW];
    const gates = ['--gate', holds, '--gate', fails, '--gate', 'error == 0'];
    const reports = ['--junit', files.path('compared.xml')];
    const finished = await database.run(['compare', ...load, ...gates, ...reports, '--quiet', '--json']);
    const { runs, comparison } = compareDocumentOf(finished);
    expect(comparison.checks.map(({ name, result }) => [name, result])).toEqual([
      [`gate ${holds} (batch-completion)`, 'passed'],
      [`gate ${fails} (batch-completion)`, 'failed'],
    ]);
    expect(comparison.checks[0]?.observed).toMatch(/^legacy\.roundTripsPerAssignment = \d.*\(1 round\)$/);
    for (const run of runs) {
      expect(run.passed).toBe(true);
      expect(run.gates.map(({ expression }) => expression)).not.toContain(holds);
    }
    expect(casesWith(junitOf('compared.xml'), 'failure')).toEqual([`gate ${fails} (batch-completion)`]);
    expect(finished.code).toBe(1);
  });
});

describe('a report of work that ended early', () => {
  const LONG = [
    ...['run', '--scenario', 'sustained', '--duration', '30s', '--batches', '60', '--json'],
    ...FEW,
  ];

  it('has what there is after Ctrl-C, and says that it is partial', IS_LONG, async () => {
    expect((await database.run(['setup'])).code).toBe(0);
    const args = database.withSchema([...LONG, '--junit', files.path('partial.xml')]);
    const group = startGroup(args, { DATABASE_URL: database.url });
    await untilUnderWay(database);
    group.signalGroup('SIGINT');
    expect((await group.end()).code).toBe(130);
    await expectNobodyLeft(database, group);

    const root = junitOf('partial.xml');
    expect(casesWith(root, 'error')).toEqual(['every run was made']);
    expect(textOf('partial.xml')).toContain('stopped by SIGINT');
    expect(elementsOf(root, 'testsuite')[0]?.attributes['name']).toBe('sustained · legacy');
  });

  it('is exit code 3 with the results where its folder went away meanwhile', async () => {
    const folder = files.folder('gone');
    const load = ['--scenario', 'batch-completion', '--strategy', 'cte', '--json', ...FEW];
    const args = database.withSchema(['run', ...load, '--markdown', `${folder}/report.md`]);
    const { child, finished } = start(args, { DATABASE_URL: database.url });
    await once(child.stderr ?? child, 'data');
    rmSync(folder, { recursive: true });
    const { code } = await finished;
    expect(failureOf(await finished).code).toBe('report_not_written');
    expect((JSON.parse((await finished).stdout) as { runs: unknown[] }).runs).toHaveLength(1);
    expect(linesOf((await finished).stderr).at(-1)).toMatch(/--markdown .*no such file/);
    expect(code).toBe(3);
  });
});
