import { describe, expect, it } from 'vitest';
import { violated } from '../verify/scenario-files.js';
import { useFaultRuns, type FaultRun } from './support.js';

const { run } = useFaultRuns();
function expectSurvived({ document, run: result, faults }: FaultRun, kind: string): void {
  const seen = {
    violated: violated(result),
    notes: result.notes.filter((note) => !note.startsWith('the slots ran out')),
    verdict: result.verdict,
    code: document.code,
    struck: faults.map(({ kind: injected, struck, detail }) => [injected, struck || detail]),
  };
  const good = { violated: [], verdict: 'valid', code: 0, struck: [[kind, true]] };
  expect(seen).toMatchObject(good);
}

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

// Each fault against one strategy, in turn; `npm run faults` puts every fault to all of them.
describe('a strategy survives', () => {
  it.each(['legacy', 'inventory'])(
    'the SIGKILL of a worker whose claim holds a slot: %s',
    async (strategy) => {
      const killed = await run(strategy, { faults: ['kill-worker@60ms'] });
      expectSurvived(killed, 'kill-worker');
      expect(killed.faults[0]?.detail).toMatch(/^killed worker [12] while its claim for \S+ held a slot$/);
      expect(killed.run.redeliveries).toBeGreaterThan(0);
    },
  );

  it.each(['kill-worker', 'lose-replies'])('%s while calls take many contents each', async (kind) => {
    const survived = await run('inventory', {
      bulk: 10,
      slots: 200,
      contents: 2_700,
      faults: [`${kind}@20ms`],
    });
    expectSurvived(survived, kind);
    const { outcomes, redeliveries, retriesByCode } = survived.run;
    expect(redeliveries + (retriesByCode['connection'] ?? 0)).toBeGreaterThan(0);
    expect(outcomes).toMatchObject({ created: 2_400, error: 0, unknown: 0 });
  });

  it('the SIGSTOP of a worker whose claim holds a slot, while others go on: cte', async () => {
    const paused = await run('cte', { faults: ['pause-worker@60ms'] });
    expectSurvived(paused, 'pause-worker');
    expect(Number(/others assigned (\d+)/.exec(paused.faults[0]?.detail ?? '')?.[1])).toBeGreaterThan(0);
  });

  it('the end of a backend in the middle of a claim: legacy', async () => {
    const terminated = await run('legacy', { faults: ['terminate-backend@60ms'] });
    expectSurvived(terminated, 'terminate-backend');
    expect(terminated.run.retriesByCode).toMatchObject({ connection: 1 });
  });

  it('a session that locks all free slots and rolls back: inventory', async () => {
    const locked = await run('inventory', { faults: ['lock-slots@60ms'] });
    expectSurvived(locked, 'lock-slots');
    expect(locked.run.retriesByCode['contended']).toBeGreaterThan(0);
  });

  it('a session that holds an old snapshot: cte', async () => {
    expectSurvived(await run('cte', { faults: ['hold-snapshot@40ms'] }), 'hold-snapshot');
  });

  it.each(['legacy', 'cte'])('replies that are lost: %s', async (strategy) => {
    const lost = await run(strategy, { faults: ['lose-replies@60ms'] });
    expectSurvived(lost, 'lose-replies');
    expect(sum(lost.run.retriesByCode)).toBeGreaterThan(0);
    if (strategy === 'cte') expect(lost.run.outcomes.recovered).toBeGreaterThan(0);
  });

  it('connections that are reset: inventory', async () => {
    const reset = await run('inventory', { faults: ['reset-connections@60ms'] });
    expectSurvived(reset, 'reset-connections');
    expect(reset.run.retriesByCode['connection']).toBeGreaterThan(0);
  });
});

describe('crash points', () => {
  it('between the two transactions of legacy leave an orphan that the next delivery repairs', async () => {
    const crashed = await run('legacy', { faults: ['kill-between-transactions@60ms'] });
    expectSurvived(crashed, 'kill-between-transactions');
    expect(crashed.faults[0]?.left.orphans).toBeGreaterThan(0);
    expect(crashed.run.repairs.orphans).toBe(crashed.faults[0]?.left.orphans);
  });

  // Each batch has one claim, so that nobody else looks after it.
  const small = { batches: 200, slots: 1, contents: 200, deliveries: 1 };

  it.each(['cte', 'inventory'])(
    'between the commit of %s and its completion statement leave a batch that the next delivery completes',
    async (strategy) => {
      const crashed = await run(strategy, { ...small, faults: ['kill-before-completion'] });
      expectSurvived(crashed, 'kill-before-completion');
      expect(crashed.faults[0]?.left.uncompleted).toBeGreaterThan(0);
      expect(crashed.run.repairs.completions).toBe(crashed.faults[0]?.left.uncompleted);
      expect(crashed.run.batchTotals).toMatchObject({ taken: 200, completed: 200, completionEvents: 200 });
    },
  );

  it('before legacy looks are met by the redelivery', async () => {
    const crashed = await run('legacy', { ...small, faults: ['kill-before-completion'] });
    expectSurvived(crashed, 'kill-before-completion');
    expect(crashed.run.batchTotals).toMatchObject({ taken: 200, completed: 200, completionEvents: 200 });
  });
});

describe('a burst', () => {
  const burst = { batches: 1, slots: 60, contents: 90, arrival: 'burst' };

  it.each(['kill-worker', 'lock-slots'])('is hit by %s, which is armed before the release', async (kind) =>
    expectSurvived(await run('cte', { ...burst, faults: [kind] }), kind),
  );

  it('is hit by several, one after the other, with advisory locks', async () => {
    const hit = await run('legacy', { ...burst, faults: ['pause-worker', 'kill-worker'] }, [
      '--advisory-locks',
    ]);
    expect(violated(hit.run)).toEqual([]);
    expect(hit.faults.map(({ kind }) => kind)).toEqual(['pause-worker', 'kill-worker']);
    expect(hit.faults[0]?.struck).toBe(true);
  });
});

describe('a seed', () => {
  it('picks the same victim again', async () => {
    const burst = {
      batches: 1,
      slots: 60,
      contents: 60,
      deliveries: 1,
      arrival: 'burst',
      duration: undefined,
    };
    const victims = [];
    for (const seed of ['7', '7', '11']) {
      const { faults } = await run('cte', { ...burst, faults: ['terminate-backend'] }, ['--seed', seed]);
      victims.push(/-c(\d+) /.exec(faults[0]?.detail ?? '')?.[1]);
    }
    expect(victims[0]).toMatch(/^\d+$/);
    expect(victims[1]).toBe(victims[0]);
    expect(victims[2]).not.toBe(victims[0]);
  });
});

describe('a fault that hits nothing', () => {
  it('makes the verdict unknown, for it proved nothing', async () => {
    const late = await run('cte', { faults: ['kill-worker@20s'] });
    expect(late.document.code).toBe(1);
    expect(late.run.verdict).toBe('unknown');
    expect(late.faults).toMatchObject([{ kind: 'kill-worker', plannedMs: 20_000, struck: false }]);
    expect(late.run.notes).toContain(
      'the fault kill-worker struck no call in flight: the load had ended before',
    );
  });
});
