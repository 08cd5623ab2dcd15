import { expect, it } from 'vitest';
import { warmUp } from '#els/runner/warm-up.js';
import type { WorkerJob } from '#els/runner/messages.js';
import type { CallAnswer, Instance } from '#els/target/instance.js';
import { planWorkload } from '#els/workload/plan.js';
import { scenarioOf } from '../support/scenario.js';

const SCENARIO = scenarioOf({ slots: 4, contents: 4, arrival: 'closed', workers: 1, connections: 1 });

const JOB: WorkerJob = {
  ...{
    plan: planWorkload(SCENARIO, 'run', 1),
    workerIndex: 0,
    spec: { kind: 'any', options: {} },
    forms: ['any'],
    places: 'named',
    refs: new Map(),
  },
  ...{ source: '--database-url', connectionString: 'postgres://me:secret@there:6543/mine' },
  ...{ applicationName: 'run', schema: 's', timeoutMs: 10, prepare: true, journal: 'batched' },
  warmUpBatches: [{ batchId: 'run-warm-up', form: 'any' }],
};

/** A target that fails at every call. */
function failing(errorCode: string, message: string): Instance {
  const answer: CallAnswer = {
    ...{ outcome: 'error', slotId: null, recovered: false, replyLost: false, mayHaveHappened: true },
    ...{ errorCode, sqlState: null, message },
  };
  return {
    counters: { roundTrips: 0, retriesByCode: {}, counts: {} },
    connect: () => Promise.resolve(),
    assign: () => Promise.resolve(answer),
    settle: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

const warmedUp = (instance: Instance) => warmUp(instance, JOB, { forms: ['any'], generation: 0 });

it('says which server cannot be used, and who named it, when a call cannot reach it', async () => {
  await expect(warmedUp(failing('database_unavailable', 'it is gone'))).rejects.toMatchObject({
    ...{ name: 'InfrastructureError', code: 'database_unavailable' },
    message: 'cannot use PostgreSQL at me@there:6543/mine (from --database-url): it is gone',
  });
});

it('leaves it to the load to report a target that fails for another reason', async () => {
  expect(await warmedUp(failing('strategy_failed', 'it is wrong'))).toBeGreaterThan(0);
});
