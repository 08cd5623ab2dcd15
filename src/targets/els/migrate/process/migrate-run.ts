import { InfrastructureError } from '../../../../domain/errors.js';
import type { RolloutMigration } from '../../../../domain/rollout.js';
import type { MigrationKiller } from './kill-migration.js';
import type { BatchStep, MigrationJob } from './messages.js';
import { migrateInProcess, type MigrationEnd } from './migration-process.js';
import { Pauses } from './pauses.js';

/** A migration that died by itself, or put batches back because calls on them were under way, is begun again so often. */
const MOST_RESTARTS = 5;

/** How a run's migration is broken and watched. */
export interface RunMigration {
  readonly killer?: MigrationKiller | undefined;
  readonly stop: AbortSignal;
  /** How long a process may tell nothing. */
  readonly quietMs: number;
  /** Another program in tests. */
  readonly program?: string | undefined;
}

/**
 * Migrates all batches of a run, by one process after the other until none is left behind.
 *
 * @returns undefined when it was stopped
 * @throws InfrastructureError `migration_failed`
 */
export async function migrateRun(
  job: MigrationJob,
  { killer, ...control }: RunMigration,
): Promise<Omit<RolloutMigration, 'slots'> | undefined> {
  const startMs = performance.now();
  const pauses = new Pauses();
  let beforeMs = startMs;
  for (let processes = 1, failures = 0; ; processes++) {
    let killed = false;
    const onFound = (switching: readonly string[]) => pauses.hearFound(switching, beforeMs);
    const onStep = (step: BatchStep) => {
      pauses.hear(step, performance.now());
      const delayMs = killer?.hear(step);
      killed ||= delayMs !== undefined;
      return delayMs;
    };
    const end = await migrateInProcess({ ...job, dies: killer?.point }, { ...control, onFound, onStep });
    beforeMs = performance.now();
    if (control.stop.aborted) return undefined;
    if (end.how === 'done') pauses.hearEnd(end.migrations);
    if (killed) continue;
    const problem = problemOf(end, job);
    if (problem === undefined) {
      const tookMs = performance.now() - startMs;
      return { tookMs, batches: job.batchIds.length, longestPauseMs: pauses.longestMs, processes };
    }
    failures += 1;
    if (failures > MOST_RESTARTS) {
      const message = `the migration to ${job.to} failed ${failures} times: the last process ${problem}`;
      throw new InfrastructureError('migration_failed', message);
    }
  }
}

/** Why batches are left behind; undefined where none is. */
function problemOf(end: MigrationEnd, { batchIds }: MigrationJob): string | undefined {
  if (end.how === 'died') return end.why;
  const putBack = end.migrations.filter(({ outcome }) => outcome === 'put_back');
  const [first] = putBack;
  if (first === undefined) return undefined;
  const [witness] = first.disagreements;
  const why = witness === undefined ? '' : `, ${first.batchId} for ${JSON.stringify(witness)}`;
  return `put ${putBack.length} of ${batchIds.length} batches back${why}`;
}
