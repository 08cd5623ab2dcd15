import { randomBytes } from 'node:crypto';
import type { RunningCommand } from '../domain/held-run.js';
import type { DatabasePool } from '../database/pool.js';
import type { ConfigurationProof, Proof } from '../domain/proof.js';
import type { StopSignal } from '../domain/run-result.js';
import { ProofBatches } from './batches.js';
import type { Configuration } from './configuration.js';
import { toCounterexample } from './counterexample.js';
import { Explorer, type Exploration } from './explore.js';
import { Instances } from './instances.js';
import type { ProofSubject } from './subject.js';

/** Most sessions that meet in one configuration, and one that watches them. */
export const PROOF_CONNECTIONS = 5;

/** Told as a proof goes on. */
export interface ProofProgress {
  readonly configuration: string;
  /** From 0, of `total` configurations. */
  readonly position: number;
  readonly total: number;
  readonly schedules: number;
  /** Schedules of this configuration that are known to be left. */
  readonly left: number;
}

/** What is to be proven, and how far. */
export interface ProofTask {
  readonly subject: ProofSubject;
  /** The command that it belongs to, for the record; undefined: it is not recorded. */
  readonly command?: RunningCommand | undefined;
  /** By which its batches are known; differs from every other proof's. */
  readonly runId: string;
  readonly configurations: readonly Configuration[];
  /** Most schedules of one configuration. */
  readonly maxSchedules: number;
  /** Schedules of a configuration with more preemptions are left out; Infinity: none is. */
  readonly mostPreemptions: (configuration: Configuration) => number;
  readonly stop: AbortSignal;
  readonly onProgress: (progress: ProofProgress) => void;
}

/** The id of a proof: sorts by time, and two of the same instant differ. */
export function newProofId(): string {
  return `proof-${Date.now().toString(36)}${randomBytes(3).toString('hex')}`;
}

/**
 * Drives the calls of a target through every interleaving of their steps on real sessions, and asks the oracles
 * about each. Ends at the first violation. Whatever it wrote is removed.
 *
 * @param pool PROOF_CONNECTIONS connections for the proof alone
 */
export async function proveSubject(pool: DatabasePool, task: ProofTask): Promise<Proof> {
  const startedMs = performance.now();
  const { subject, runId, command } = task;
  const instances = await Instances.connect(pool, subject);
  const context = { instances, subject };
  const batches = new ProofBatches(context, runId, command);
  const explorations: Exploration[] = [];
  // Where this fails the sessions are gone, and whoever waits for them learns it.
  const onStop = () => void instances.interrupt().catch(() => undefined);
  task.stop.addEventListener('abort', onStop, { once: true });
  try {
    for (const [position, configuration] of task.configurations.entries()) {
      if (task.stop.aborted || explorations.some(({ violation }) => violation)) break;
      const explorer = new Explorer(context, batches, configuration, limitsOf(task, configuration, position));
      explorations.push(await explorer.explore());
      await batches.remove();
    }
  } finally {
    task.stop.removeEventListener('abort', onStop);
    await batches.remove().finally(() => instances.close());
  }
  return conclude(task, explorations, performance.now() - startedMs);
}

function limitsOf(task: ProofTask, configuration: Configuration, position: number) {
  const total = task.configurations.length;
  return {
    maxSchedules: task.maxSchedules,
    mostPreemptions: task.mostPreemptions(configuration),
    stop: task.stop,
    onProgress: (schedules: number, left: number) =>
      task.onProgress({ configuration: configuration.name, position, total, schedules, left }),
  };
}

function conclude(task: ProofTask, explorations: readonly Exploration[], durationMs: number): Proof {
  const { subject, stop } = task;
  const configurations = explorations.map(({ proof }) => proof);
  const violation = explorations.at(-1)?.violation;
  const configuration = task.configurations[explorations.length - 1];
  const notes = stop.aborted ? ['interrupted'] : configurations.flatMap(cutOffNote);
  return {
    ...{ strategy: subject.name, advisoryLocks: subject.advisoryLocks, configurations, durationMs },
    verdict: violation ? 'invalid' : notes.length > 0 ? 'unknown' : 'valid',
    notes: violation ? [] : notes,
    schedules: configurations.reduce((sum, { schedules }) => sum + schedules, 0),
    counterexample: violation && configuration && toCounterexample(violation, configuration, subject),
    interrupted: stop.aborted ? (stop.reason as StopSignal) : undefined,
  };
}

function cutOffNote({ name, coverage }: ConfigurationProof): string[] {
  return coverage.kind === 'cut off' ? [`${name}: cut off by ${coverage.reason}`] : [];
}
