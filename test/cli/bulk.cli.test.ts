import { describe, expect, it } from 'vitest';
import { failureOf, linesOf, runDocumentOf } from './document.js';
import { withDraws } from '../support/draws.js';
import { expectFullRun } from './expected.js';
import { useOwnDatabase } from './own-database.js';
import { useTemporaryFolder } from './temporary-folder.js';
import { eachLongButFirst } from '../support/long.js';

const database = useOwnDatabase();
const files = useTemporaryFolder();

/** A shape as flags, e.g. `--slots 3`. */
function toFlags(shape: object): string[] {
  return Object.entries(shape).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

describe('run --bulk', () => {
  eachLongButFirst(['cte', 'inventory'])(
    'assigns contents of %s by the dozen, duplicates and overflow too',
    (strategy) =>
      withDraws(async (draw) => {
        const slots = draw.integer(20, 60);
        const shape = {
          ...{ slots, batches: draw.integer(1, 3), contents: draw.integer(slots, 5 * slots) },
          ...{ deliveries: draw.integer(1, 3), workers: 2, connections: draw.integer(2, 5) },
          bulk: draw.integer(2, 50),
        };
        const name = files.write(
          'closed.json',
          JSON.stringify({
            name: 'closed',
            description: 'drawn',
            slots: 1,
            arrival: draw.pick(['burst', 'closed']),
          }),
        );
        const locks = draw.pick([[], ['--advisory-locks']]);
        const flags = ['--strategy', strategy, ...locks, ...toFlags(shape), '--json'];
        const [run] = runDocumentOf(await database.run(['run', '--scenario', name, ...flags])).runs;
        expect(run).toMatchObject({ plan: { bulk: shape.bulk } });
        if (run) expectFullRun(run);
        expect(run?.retriesByCode).not.toHaveProperty('40P01');
      }),
  );

  it('makes a round trip for each call and not for each content, and says so', async () => {
    const flags = [
      ...['--scenario', 'sustained', '--duration', '300ms', '--bulk', '50', '--strategy', 'inventory'],
      ...['--workers', '1'],
    ];
    const [run] = runDocumentOf(await database.run(['run', ...flags, '--batches', '20', '--json'])).runs;
    // The last call of each batch may be smaller, and few are made again.
    expect(run?.cost.roundTripsPerAssignment).toBeLessThan(0.1);
    const { stdout, code } = await database.run(['run', ...flags, '--batches', '4']);
    expect(stdout).toMatch(/\bbulk 50 · seed/);
    expect(code).toBe(0);
  });

  eachLongButFirst([
    [13, []],
    [14, ['no call was given more than 13 of bulk 14: a batch has no more']],
  ])('%i is noted where no batch has as many contents', async (bulk, notes) => {
    const shape = toFlags({ batches: 2, slots: 13, contents: 25, bulk });
    const flags = ['--scenario', 'overflow', '--strategy', 'cte', ...shape, '--json'];
    const [run] = runDocumentOf(await database.run(['run', ...flags])).runs;
    expect(run?.notes).toEqual(notes);
  });

  it('is refused in one line for strategies that assign one content at a time', async () => {
    const custom = files.write('mine.sql', '-- inventory: slots\nselect 1');
    const file = files.write('bulk.json', JSON.stringify({ name: 'b', description: 'b', slots: 1, bulk: 3 }));
    const commands = [
      ['run', '--strategy', 'legacy', '--bulk', '3'],
      ['run', '--strategy', custom, '--bulk', '3'],
      ['run', '--scenario', file],
      ['compare', '--bulk', '3'],
    ];
    for (const args of commands) {
      const finished = await database.run([...args, '--json']);
      const { message } = failureOf(finished);
      expect(message).toContain('bulk 3');
      expect(message).toContain('accepted are cte and inventory');
      expect(linesOf(finished.stderr)).toEqual([expect.stringContaining(message)]);
      expect(finished.code).toBe(2);
    }
  });
});
