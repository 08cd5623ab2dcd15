import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failureOf, linesOf, runDocumentOf } from './document.js';
import { withDraws } from '../support/draws.js';
import { expectFullRun, STRATEGIES } from './expected.js';
import { useOwnDatabase } from './own-database.js';
import { useTemporaryFolder } from './temporary-folder.js';
import { IS_LONG } from '../support/long.js';

const database = useOwnDatabase();
const files = useTemporaryFolder();

/** The smallest load, with nothing that a slow machine could fail. */
const TINY = files.write(
  'tiny.json',
  JSON.stringify({ name: 'tiny', description: 'one call', slots: 1, workers: 1, connections: 1 }),
);

const CTE = 'ELS_USE_CTE_UPSERT_ASSIGNMENT';
const INVENTORY = 'ELS_USE_ESSAY_STATES_AS_INVENTORY';
const LOCKS = 'USE_ADVISORY_LOCKS_FOR_ASSIGNMENT';
const BOTH = { [CTE]: 'true', [INVENTORY]: 'true' };

describe('the flags of the service', () => {
  const choices: [env: Record<string, string>, flags: string[], strategy: string, locks: boolean][] = [
    [{}, [], 'legacy', false],
    [{ [CTE]: 'true' }, [], 'cte', false],
    [{ [INVENTORY]: 'true' }, [], 'inventory', false],
    [{ [LOCKS]: 'true' }, [], 'legacy', true],
    [{ [CTE]: '1', [LOCKS]: 'True', [INVENTORY]: 'false' }, [], 'cte', true],
    [{ [CTE]: 'off', [INVENTORY]: 'on', [LOCKS]: '0' }, ['--advisory-locks'], 'inventory', true],
    [{ [CTE]: 'true' }, ['--strategy', 'inventory'], 'inventory', false],
    [BOTH, ['--strategy', 'legacy'], 'legacy', false],
    [BOTH, ['--strategy', 'cte', '--advisory-locks'], 'cte', true],
  ];
  const chooses = async (...[env, flags, strategy, locks]: (typeof choices)[number]): Promise<void> => {
    const finished = await database.run(['run', '--scenario', TINY, '--json', '--quiet', ...flags], env);
    const { runs } = runDocumentOf(finished);
    expect(runs.map((run) => [run.strategy, run.advisoryLocks])).toEqual([[strategy, locks]]);
    expect(finished.code).toBe(0);
  };
  const title = '%j with %j is %s, locks %s';
  it.concurrent.each(choices.slice(0, 2))(title, chooses);
  it.concurrent.each(choices.slice(2))(title, IS_LONG, chooses);

  const refused: [env: Record<string, string>, named: string[]][] = [
    [BOTH, [CTE, INVENTORY]],
    [{ [CTE]: 'maybe' }, [CTE, 'maybe']],
    [{ [INVENTORY]: '2' }, [INVENTORY, '2']],
    [{ [CTE]: 'true', [LOCKS]: 'tru' }, [LOCKS, 'tru']],
  ];
  it.concurrent.each(refused)('%j is refused in one line', async (env, named) => {
    const finished = await database.run(['run', '--scenario', TINY, '--json'], env);
    const { message } = failureOf(finished);
    for (const word of named) expect(message).toContain(word);
    expect(linesOf(finished.stderr)).toEqual([expect.stringContaining(message)]);
    expect(finished.code).toBe(2);
  });
});

it('a custom strategy runs with the rights of the role, and the run says so once', async () => {
  const sql = readFileSync(new URL('../../sql/strategies/cte.sql', import.meta.url), 'utf8');
  const mine = files.write('mine.sql', sql);
  const args = ['run', '--scenario', TINY, '--rounds', '2', '--strategy', mine];
  const { stderr } = await database.run(args);
  const notices = linesOf(stderr).filter((line) => line.includes('rights'));
  expect(notices).toEqual([`${mine} runs with all rights of the role that you connect as`]);
  expect((await database.run([...args, '--quiet'])).stderr).toBe('');
});

describe('run --scenario FILE', () => {
  it('runs a user scenario, and its own gates decide', () =>
    withDraws(async (draw) => {
      const batches = draw.integer(1, 3);
      const slots = draw.integer(1, 9);
      const contents = draw.integer(1, 40);
      const deliveries = draw.integer(1, 3);
      const shape = { batches, slots, contents, deliveries };
      const held = [
        'created == expectedSuccesses / deliveries',
        'assignments == contents * deliveries',
        'max >= p50',
      ];
      const failing = `created > batches * slots + ${draw.integer(0, 99)}`;
      const common = { description: 'drawn', ...shape, workers: 2, connections: draw.integer(1, 5) };
      const good = files.write('good.json', JSON.stringify({ ...common, name: 'good', gates: held }));
      const bad = files.write(
        'bad.json',
        JSON.stringify({ ...common, name: 'bad', gates: [...held, failing] }),
      );
      const strategy = draw.pick(STRATEGIES);
      const flags = ['--strategy', strategy, '--json'];

      const passed = await database.run(['run', '--scenario', good, ...flags]);
      const [run] = runDocumentOf(passed).runs;
      expect(run).toMatchObject({ scenario: 'good', plan: shape });
      expect(run?.gates.map(({ expression }) => expression)).toEqual(held);
      if (run) expectFullRun(run);
      expect(passed.code).toBe(0);

      const failed = await database.run(['run', '--scenario', good, '--scenario', bad, ...flags]);
      const document = runDocumentOf(failed);
      expect(document).toMatchObject({ passed: false, verdict: 'valid' });
      expect(document.runs.map((each) => [each.passed, each.verdict])).toEqual([
        [true, 'valid'],
        [false, 'valid'],
      ]);
      const gates = document.runs[1]?.gates ?? [];
      expect(gates.filter((gate) => !gate.passed).map(({ expression }) => expression)).toEqual([failing]);
      expect(gates.at(-1)?.observed).toContain(`created = ${run?.outcomes.created}`);
      expect(failed.code).toBe(1);
    }));
});
