import { beforeAll, describe, expect, it } from 'vitest';
import { expectRefused, type BadInput } from './bad-input.js';
import { claimsToCreate } from './broken-strategies.js';
import { linesOf, sweepDocumentOf } from './document.js';
import { withDraws } from '../support/draws.js';
import { expectPassed, STRATEGIES } from './expected.js';
import { fingerprint, useOwnDatabase } from './own-database.js';
import { useTemporaryFolder } from './temporary-folder.js';
import { IS_LONG } from '../support/long.js';

const database = useOwnDatabase();
const files = useTemporaryFolder();

describe('run --sweep', () => {
  it('runs sustained once for each value, in rising order, and leaves nothing', () =>
    withDraws(async (draw) => {
      const strategy = draw.pick(STRATEGIES);
      const flags = ['--strategy', strategy, '--workers', '2', '--duration', '300ms', '--batches', '10'];
      const finished = await database.run(['run', '--sweep', 'connections=3,1', ...flags, '--json']);
      const { runs, sweep, passed, verdict } = sweepDocumentOf(finished);

      const shapes = runs.map(({ scenario, workers, connections }) => ({ scenario, workers, connections }));
      expect(shapes).toEqual(
        [1, 3].map((connections) => ({ scenario: 'sustained', workers: 2, connections })),
      );
      runs.forEach(expectPassed);
      expect(sweep.parameter).toBe('connections');
      expect(sweep.steps).toMatchObject(
        runs.map((run) => ({
          value: run.connections,
          throughputPerSecond: run.throughputPerSecond,
          p95Micros: run.latencyMicros.p95,
        })),
      );
      const [first = NaN, second = NaN] = sweep.steps.map((step) => step.throughputPerSecond);
      expect(sweep.knee).toBe(first >= 0.95 * second ? 1 : null);
      expect(linesOf(finished.stderr)).toEqual([
        expect.stringContaining('connections 1'),
        expect.stringContaining('connections 3'),
      ]);
      expect({ passed, verdict, code: finished.code }).toEqual({ passed: true, verdict: 'valid', code: 0 });
      expect(await database.query('select 1 from run_batches')).toEqual([]);
    }));

  it(
    'keeps the inventory of a closed loop while its batches shrink, unless --batches is given',
    IS_LONG,
    async () => {
      const shape = { batches: 4, slots: 50, arrival: 'closed', duration: '5s', workers: 1, connections: 4 };
      const closed = { name: 'closed', description: 'ends with its inventory', ...shape };
      const load = [
        '--scenario',
        files.write('closed.json', JSON.stringify(closed)),
        '--sweep',
        'slots=30,100',
      ];
      const inventories = async (args: string[]) => {
        const { runs } = sweepDocumentOf(await database.run(['run', ...load, '--json', ...args]));
        for (const { notes } of runs) expect(notes.join()).toContain('the slots ran out');
        return runs.map(({ plan: { batches, slots, contents } }) => [batches, slots, contents]);
      };
      expect(await inventories([])).toEqual([
        [7, 30, 210],
        [2, 100, 200],
      ]);
      expect(await inventories(['--batches', '1'])).toEqual([
        [1, 30, 30],
        [1, 100, 100],
      ]);
    },
  );

  it('sweeps the scenario that is named; a burst keeps its one batch', async () => {
    const args = [
      'run',
      '--scenario',
      'batch-completion',
      '--sweep',
      'slots=2,4',
      '--workers',
      '1',
      '--json',
    ];
    const { runs } = sweepDocumentOf(await database.run(args));
    expect(runs.map(({ scenario, plan }) => [scenario, plan.batches, plan.slots])).toEqual([
      ['batch-completion', 1, 2],
      ['batch-completion', 1, 4],
    ]);
  });

  it('shows a row for each value, and is red where a step is invalid', async () => {
    const shape = ['--workers', '1', '--connections', '2'];
    const load = ['--scenario', 'idempotent-duplicates', '--sweep', 'deliveries=1,2', ...shape, '--quiet'];
    const { code, stdout } = await database.run(['run', ...load, '--strategy', claimsToCreate(files)]);
    expect(stdout).toMatch(/^ {2}1 .* valid$/m);
    expect(stdout).toMatch(/^ {2}2 .* invalid$/m);
    expect(stdout).toMatch(/^deliveries 2 · verdict invalid$/m);
    expect(stdout).toMatch(/✗ .*is violated/);
    expect(linesOf(stdout).at(-1)).toMatch(/^FAILED/);
    expect(code).toBe(1);
  });
});

const refused: [name: string, args: string[], says: string[]][] = [
  ['an unknown parameter', ['--sweep', 'conections=1,2'], ['conections', 'did you mean connections?']],
  ['no parameter', ['--sweep', '=1,2'], ['connections', 'workers']],
  ['no values', ['--sweep', 'workers='], ['has no values', 'accepted: workers=1,2,4']],
  ['no sign of values', ['--sweep', 'workers'], ['has no values', 'accepted: workers=1,2,4']],
  ['an empty value', ['--sweep', 'workers=1,,2'], ['1,,2']],
  ['a value that is no number', ['--sweep', 'workers=1,two'], ['two']],
  ['a fraction', ['--sweep', 'workers=1.5'], ['1.5']],
  ['a value twice', ['--sweep', 'workers=1,2,01'], ['twice']],
  ['too many values', ['--sweep', `slots=${Array.from({ length: 21 }, (_, n) => n + 1).join()}`], ['20']],
  ['a value that the scenario refuses', ['--sweep', 'connections=1,257'], ['connections=257', '256']],
  ['zero', ['--sweep', 'connections=0,1'], ['connections=0', '256']],
  ['the parameter also as a flag', ['--sweep', 'slots=1,2', '--slots', '3'], ['--slots', '--sweep']],
  ['two sweeps', ['--sweep', 'slots=1,2', '--sweep', 'workers=1,2'], ['--sweep is given twice']],
  [
    'two scenarios',
    ['--sweep', 'slots=1,2', '--scenario', 'overflow', '--scenario', 'sustained'],
    ['overflow', 'sustained'],
  ],
  [
    'a duration of a burst',
    ['--sweep', 'slots=1,2', '--scenario', 'overflow', '--duration', '1s'],
    ['--duration'],
  ],
  ['compare', ['--sweep', 'slots=1,2'], ['--sweep']],
];

describe('run --sweep refuses before anything is done', () => {
  let before: string[] = [];
  beforeAll(async () => {
    expect((await database.run(['setup'])).code).toBe(0);
    before = await fingerprint(database);
  });

  it.concurrent.each(refused)('%s', (name, args, says) => {
    const input: BadInput = { name, args: [name === 'compare' ? 'compare' : 'run', ...args], says };
    return expectRefused(input, { database, before, missingSchema: 'never_set_up' });
  });
});
