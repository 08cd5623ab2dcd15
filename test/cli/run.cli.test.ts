import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runDocumentOf } from './document.js';
import { withDraws, type Draw } from '../support/draws.js';
import { expectFullRun, STRATEGIES } from './expected.js';
import { useOwnDatabase } from './own-database.js';
import { useTemporaryFolder } from './temporary-folder.js';
import { eachLongButFirst } from '../support/long.js';

const database = useOwnDatabase();
const files = useTemporaryFolder();

const BURSTS = [
  'idempotent-duplicates',
  'cross-instance',
  'high-concurrency',
  'overflow',
  'batch-completion',
];

/** A gate on a time, e.g. `p95 < 500ms`: acceptance.timing.test.ts holds these, where nothing else runs. */
const LATENCY_GATE = /\d(us|ms|s)$/;

/** Flags that give built-in scenarios without their gates on times. */
function untimed(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const text = readFileSync(new URL(`../../scenarios/${name}.json`, import.meta.url), 'utf8');
    const scenario = JSON.parse(text) as { gates: string[] };
    const gates = scenario.gates.filter((gate) => !LATENCY_GATE.test(gate));
    return ['--scenario', files.write(`${name}.json`, JSON.stringify({ ...scenario, gates }))];
  });
}

/** Flags with random counts, small enough for every machine. */
function drawShape(draw: Draw) {
  return {
    batches: draw.integer(1, 4),
    slots: draw.integer(2, 7),
    deliveries: draw.integer(1, 3),
    workers: draw.integer(1, 3),
    connections: draw.integer(2, 6),
  };
}

const toFlags = (counts: Record<string, number>): string[] =>
  Object.entries(counts).flatMap(([name, value]) => [`--${name}`, String(value)]);

describe('run --json', () => {
  eachLongButFirst(STRATEGIES)('passes every built-in scenario with counts of flags: %s', (strategy) =>
    withDraws(async (draw) => {
      const { workers, connections, ...shape } = drawShape(draw);
      const seconds = draw.integer(20, 40);
      const flags = [...toFlags({ ...shape, workers, connections }), '--duration', `${seconds}s`];
      const named = [...BURSTS, 'sustained'];
      const args = ['run', '--strategy', strategy, '--json', ...untimed(named), ...flags];
      const finished = await database.run(args);
      const { runs } = runDocumentOf(finished);

      expect(runs.map(({ scenario }) => scenario)).toEqual(named);
      for (const run of runs) {
        expect(run).toMatchObject({ strategy, workers, connections, plan: shape });
        expectFullRun(run);
      }
      const ranOut = runs.at(-1)?.notes.filter((note) => note.includes('ran out')) ?? [];
      expect(ranOut).toEqual([expect.stringContaining(`of ${seconds} s`)]);
      expect(finished.code).toBe(0);
    }),
  );

  eachLongButFirst(STRATEGIES)('creates as many as each batch has slots and contents for: %s', (strategy) =>
    withDraws(async (draw) => {
      const { workers, connections, ...counts } = drawShape(draw);
      const shape = { ...counts, contents: draw.integer(1, 50) };
      const flags = toFlags({ ...shape, workers, connections });
      const args = ['run', '--strategy', strategy, '--json', ...untimed(['overflow']), ...flags];
      const finished = await database.run(args);
      const [run] = runDocumentOf(finished).runs;

      expect(run).toMatchObject({ workers, connections, plan: shape });
      if (run) expectFullRun(run);
      expect(finished.code).toBe(0);
    }),
  );
  it('ends a closed loop when its time is over', () =>
    withDraws(async (draw) => {
      const durationMs = draw.integer(300, 900);
      const shape = { batches: draw.integer(20, 30), slots: draw.integer(300, 400), workers: 1 };
      const flags = [...toFlags(shape), '--duration', `${durationMs}ms`];
      const finished = await database.run(['run', '--scenario', 'sustained', '--json', ...flags]);
      const [run] = runDocumentOf(finished).runs;

      expect(run?.assignments).toBeLessThan(shape.batches * shape.slots);
      expect(run?.outcomes.created).toBe(run?.assignments);
      expect(run?.durationMs).toBeGreaterThanOrEqual(0.9 * durationMs);
      expect(run?.notes.join()).not.toContain('ran out');
      expect(finished.code).toBe(0);
    }));
});

describe('run --seed', () => {
  /** One worker with one connection delivers in the order of the plan, so it shows in who got which essay. */
  async function orderOf(flags: readonly string[]): Promise<{ seed: number; order: string[] }> {
    const one = ['--workers', '1', '--connections', '1', '--keep', '--json', '--quiet'];
    const shape = ['--scenario', 'overflow', ...flags, '--strategy', 'inventory'];
    const [run] = runDocumentOf(await database.run(['run', ...shape, ...one])).runs;
    const [, runId = ''] = /kept run (\S+):/.exec(run?.notes.join() ?? '') ?? [];
    const rows = await database.query<{ content: string }>(
      `select split_part(text_storage_id, '-', 2) as content
       from essay_states where batch_id like $1 and text_storage_id is not null order by essay_id`,
      [`${runId}-b%`],
    );
    return { seed: run?.plan.seed ?? NaN, order: rows.map(({ content }) => content) };
  }

  it('repeats the workload of the run that names it, and of no other', () =>
    withDraws(async (draw) => {
      const slots = draw.integer(25, 40);
      const shape = toFlags({ slots, contents: slots });
      const first = await orderOf(shape);
      const again = await orderOf([...shape, '--seed', String(first.seed)]);
      const other = await orderOf(shape);

      expect(first.order).toHaveLength(slots);
      expect(again).toEqual(first);
      expect(other.seed).not.toBe(first.seed);
      expect(other.order).not.toEqual(first.order);
      expect([...other.order].sort()).toEqual([...first.order].sort());
    }));
});
