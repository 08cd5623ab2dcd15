import { createPool } from '../database/pool.js';
import type { Proof } from '../domain/proof.js';
import { createStrategy } from '../targets/els/engine/create-strategy.js';
import { createAssignmentEngine } from '../targets/els/engine/engine.js';
import type { Strategy } from '../targets/els/engine/strategy.js';
import { callersOf, configurations } from '../prove/configuration.js';
import { newProofId, PROOF_CONNECTIONS, proveStrategy, type ProofProgress } from '../prove/prove.js';
import type { Database } from './database.js';
import { applicationNameOf } from './quiesce.js';
import { whileAtWork } from './runs.js';
import type { Target } from '../target/target.js';
import { optionsOf } from '../targets/els/target.js';

export type { ProofProgress } from '../prove/prove.js';

/** How far a proof goes, and who watches it. */
export interface ProofOptions {
  readonly target: Target;
  /** Most callers of a configuration. */
  readonly callers: 2 | 3;
  /** Most schedules of one configuration. */
  readonly maxSchedules: number;
  /** Most preemptions of a schedule; default: as many as there can be; for `legacy` 2, with three callers 1. */
  readonly preemptions?: number | undefined;
  readonly stop: AbortSignal;
  readonly onProgress: (progress: ProofProgress) => void;
}

/** Time stands still in a schedule: no call may reach its deadline however slow the machine is. */
const TIMEOUT_MS = 3_600_000;

/**
 * Proves a strategy: every interleaving of a few calls on real sessions, judged by the oracles of `run`.
 *
 * @param database whose schema is set up, and where the strategy was checked
 */
export async function prove(database: Database, options: ProofOptions): Promise<Proof> {
  const { target, callers } = options;
  const { strategy: spec, advisoryLocks } = optionsOf(target.spec);
  const { schema, address } = database;
  const runId = newProofId();
  const pool = createPool(address, {
    connections: PROOF_CONNECTIONS,
    applicationName: `${applicationNameOf(runId)}/prove`,
  });
  const strategy = createStrategy(spec, advisoryLocks);
  try {
    return await whileAtWork(database, 'prove', (command) =>
      proveStrategy(pool, {
        ...{ command, runId },
        ...{ strategy: spec.name, advisoryLocks, inventory: strategy.inventory, schema },
        makeEngine: (own) =>
          createAssignmentEngine(own, { strategy: spec, advisoryLocks, schema, timeoutMs: TIMEOUT_MS }),
        configurations: configurations(callers),
        mostPreemptions: (configuration) =>
          options.preemptions ?? defaultPreemptions(strategy, callersOf(configuration)),
        ...{ maxSchedules: options.maxSchedules, stop: options.stop, onProgress: options.onProgress },
      }),
    );
  } finally {
    await pool.end();
  }
}

/** Nine round trips a call make too many schedules for every one of them. */
function defaultPreemptions({ looksAfterEachCall }: Strategy, callers: number): number {
  if (!looksAfterEachCall) return Infinity;
  return callers > 2 ? 1 : 2;
}
