import { describe, expect, it } from 'vitest';
import { sharedHome } from '../database/embedded/support.js';
import { run } from '../support/command-line.js';
import { compareDocumentOf, runDocumentOf, type RunEntry } from './document.js';
import { useOwnDatabase } from './own-database.js';
import { IS_LONG } from '../support/long.js';

const home = sharedHome();
const database = useOwnDatabase();

const SERVER_COSTS = [
  'buffersHitPerAssignment',
  'buffersDirtiedPerAssignment',
  'serverExecutionMicrosPerAssignment',
] as const;

describe('the cost of an assignment on the server', () => {
  // On a server of its own: WAL is counted for the whole server, where other tests write too.
  it(
    'is told on the embedded server, and legacy costs more time and WAL than inventory',
    IS_LONG,
    async () => {
      const load = [
        ...['--scenario', 'sustained', '--duration', '500ms', '--batches', '10'],
        ...['--workers', '1', '--connections', '2'],
      ];
      const flags = ['--strategies', 'legacy,inventory', '--rounds', '1', '--quiet', '--json'];
      const finished = await run(['compare', ...load, ...flags], { ELS_ASSIGN_HOME: home() });
      const { runs } = compareDocumentOf(finished);
      const costOf = (strategy: string) =>
        runs.find((each) => each.strategy === strategy)?.cost as Record<keyof RunEntry['cost'], number>;
      const [legacy, inventory] = [costOf('legacy'), costOf('inventory')];
      for (const cost of [legacy, inventory]) {
        for (const name of SERVER_COSTS) expect(cost[name], name).toBeGreaterThan(0);
      }
      expect(legacy.serverExecutionMicrosPerAssignment).toBeGreaterThan(
        inventory.serverExecutionMicrosPerAssignment,
      );
      expect(legacy.walBytesPerAssignment).toBeGreaterThan(inventory.walBytesPerAssignment);
      expect(finished.code).toBe(0);
    },
  );

  it('is null where pg_stat_statements was not created, and the run passes', async () => {
    const flags = ['--scenario', 'batch-completion', '--strategy', 'cte', '--quiet'];
    const finished = await database.run(['run', ...flags, '--json']);
    const cost = runDocumentOf(finished).runs[0]?.cost;
    for (const name of SERVER_COSTS) expect(cost?.[name], name).toBeNull();
    expect(cost?.walBytesPerAssignment).toBeGreaterThan(0);
    expect({ code: finished.code, stderr: finished.stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('does not create pg_stat_statements in a database that is not the tool’s own', async () => {
    await database.run(['setup']);
    expect(await database.query('select extname from pg_extension')).toEqual([{ extname: 'plpgsql' }]);
  });
});
