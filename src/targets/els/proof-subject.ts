import { loadStatement } from '../../database/statement.js';
import { BUILT_IN_TERMS } from '../../domain/promises.js';
import type { ProofSubject, RoundTrips } from '../../prove/subject.js';
import { deleteRuns, registerBatches } from './batches/register.js';
import { toAnswer, toEnd, toRequest } from './call-end.js';
import type { Inventory } from './engine/assignment.js';
import { createStrategy } from './engine/create-strategy.js';
import { createAssignmentEngine } from './engine/engine.js';
import { readStored } from './host.js';
import type { ElsOptions } from './target.js';

/** What a foreign session runs to hold every free slot. */
const HOLD_FREE_SLOTS = {
  slots: loadStatement('prove/hold-slots'),
  essays: loadStatement('prove/hold-essays'),
} as const satisfies Record<Inventory, unknown>;
const REGISTER = loadStatement('batches/register');
const ADD_SLOTS = loadStatement('prove/add-slots');
const DELETE_RUNS = loadStatement('batches/delete-runs');

/** How the record names who fills the batches of a proof. */
const FILLED_BY = 'prove';

/** Time stands still in a schedule: no call may reach its deadline however slow the machine is. */
const TIMEOUT_MS = 3_600_000;

const ROUND_TRIPS: RoundTrips = {
  /*
   * - find-tracker reads a batch's id and inventory. Of a schedule's sessions none writes them: their statements are
   *   those of sql/strategies, sql/completion and sql/prove. A migration does, and is no part of a schedule: what
   *   callers see of one is not proven;
   * - begin takes no snapshot in READ COMMITTED, and no lock;
   * - insert-event adds a row that no statement of a call reads and that collides with none.
   */
  independent: [
    'strategies/legacy/find-tracker',
    'strategies/legacy/begin',
    'strategies/legacy/insert-event',
  ],
  // One opens a transaction of the engine's own, the others only wait for a lock and let it go at once (with a place for
  // that, a rival could run in circles there).
  whole: [
    'strategies/legacy/begin',
    'strategies/wait-limits',
    'strategies/wait-for-slot',
    'strategies/wait-for-essay',
  ],
  looks: ['completion/look', 'completion/look-many'],
};

/** A strategy of the built-in engine as it is proven. */
export function elsProofSubject({ strategy: spec, advisoryLocks }: ElsOptions, schema: string): ProofSubject {
  const { inventory, looksAfterEachCall } = createStrategy(spec, advisoryLocks);
  return {
    ...{ name: spec.name, advisoryLocks, terms: BUILT_IN_TERMS, schema },
    roundTrips: ROUND_TRIPS,
    holdFreeSlots: HOLD_FREE_SLOTS[inventory],
    open(pool) {
      const options = { strategy: spec, advisoryLocks, schema, timeoutMs: TIMEOUT_MS };
      const engine = createAssignmentEngine(pool, options);
      return {
        assign: (request) =>
          engine.assign(toRequest(request), { redelivered: request.redelivered }).then(toEnd, toAnswer),
        settle: () => engine.settle(),
      };
    },
    register: (client, group) => registerBatches(client, { ...group, strategy: FILLED_BY, inventory }),
    remove: (client, runIds) => deleteRuns(client, schema, runIds),
    read: (client, batchIds) => readStored(client, batchIds, { rightAfterRun: true }),
    registration: (runId, batchId, slots) => [
      {
        statement: REGISTER,
        values: {
          ...{ run_id: runId, strategy: FILLED_BY, inventory },
          ...{ batch_ids: `{${batchId}}`, slots: String(slots) },
        },
      },
      { statement: ADD_SLOTS, values: { run_id: runId } },
    ],
    removal: (runId) => [{ statement: DELETE_RUNS, values: { run_ids: `{${runId}}` } }],
    // Where a call makes nine round trips there are too many schedules for every one of them.
    mostPreemptions: (callers) => (looksAfterEachCall ? (callers > 2 ? 1 : 2) : Infinity),
  };
}
