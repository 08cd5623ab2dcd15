import { createPool } from '../database/pool.js';
import type { Proof } from '../domain/proof.js';
import { callersOf, configurations } from '../prove/configuration.js';
import { newProofId, PROOF_CONNECTIONS, proveSubject, type ProofProgress } from '../prove/prove.js';
import type { Target } from '../target/target.js';
import { proofSubject } from '../targets/proof-subject.js';
import type { Database } from './database.js';
import { applicationNameOf } from './quiesce.js';
import { whileAtWork } from './held-runs.js';

export type { ProofProgress } from '../prove/prove.js';

/** How far a proof goes, and who watches it. */
export interface ProofOptions {
  readonly target: Target;
  /** Most callers of a configuration. */
  readonly callers: 2 | 3;
  /** Most schedules of one configuration. */
  readonly maxSchedules: number;
  /** Most preemptions of a schedule; default: what the target's calls allow. */
  readonly preemptions?: number | undefined;
  readonly stop: AbortSignal;
  readonly onProgress: (progress: ProofProgress) => void;
}

/**
 * Proves a target: every interleaving of a few calls on real sessions, judged by the oracles of `run`.
 *
 * @param database whose schema is set up, and where the target was checked
 */
export async function prove(database: Database, options: ProofOptions): Promise<Proof> {
  const { target, callers } = options;
  const { schema, address } = database;
  const runId = newProofId();
  const pool = createPool(address, {
    connections: PROOF_CONNECTIONS,
    applicationName: `${applicationNameOf(runId)}/prove`,
  });
  const subject = proofSubject(target, schema);
  try {
    return await whileAtWork(database, 'prove', (command) =>
      proveSubject(pool, {
        ...{ subject, command, runId },
        configurations: configurations(callers),
        mostPreemptions: (configuration) =>
          options.preemptions ?? subject.mostPreemptions(callersOf(configuration)),
        ...{ maxSchedules: options.maxSchedules, stop: options.stop, onProgress: options.onProgress },
      }),
    );
  } finally {
    await pool.end();
  }
}
