import { nowMicros } from '../../base/clock.js';
import { pause } from '../../base/waiting.js';
import type { ServerAddress } from '../../database/address.js';
import { MIGRATION_FAULT, type FaultResult } from '../../domain/fault.js';
import type { RolloutMigration, RolloutSwitch } from '../../domain/rollout.js';
import { slotsOfBatch } from '../../domain/load.js';
import type { RolloutStep, WorkloadPlan } from '../../domain/scenario.js';
import type { ServingTarget } from '../../runner/messages.js';
import { longestCallMs } from '../../runner/patience.js';
import type { RunningLoad } from '../../runner/run-load.js';
import { mulberry32, type Random } from '../../base/random.js';
import type { Target } from '../../target/target.js';
import { rolledOut, type TargetStep } from '../../targets/resolve.js';
import { MigrationKiller } from '../../targets/els/migrate/process/kill-migration.js';
import { checkedForm } from '../../targets/els/target.js';
import { migrateRun } from '../../targets/els/migrate/process/migrate-run.js';

/** After a switch the next one, or the end, waits this long at least: fewer calls tell nothing of what it led to. */
const SHORTEST_PHASE_MS = 500;
/** A migration tells its next step within this time and that of the calls that it waits for. */
const QUIET_MS = 60_000;

/** What a rollout may touch. */
export interface RolloutContext {
  readonly plan: WorkloadPlan;
  /** Where it starts. */
  readonly target: Target;
  readonly address: ServerAddress;
  readonly schema: string;
  /** The application name of the run's backends. */
  readonly applicationName: string;
  /** Deadline of one call. */
  readonly timeoutMs: number;
}

/** A switch that was made; what callers felt of it, the history tells. */
export type SwitchMade = Omit<RolloutSwitch, 'longestCallMicros'>;

/** Takes a run's workers from strategy to strategy while the load runs, and the batches with them. */
export class RolloutDriver {
  readonly switches: SwitchMade[] = [];
  readonly faults: FaultResult[] = [];
  readonly #context: RolloutContext;
  readonly #steps: readonly TargetStep[];
  readonly #stop: AbortSignal;
  readonly #random: Random;
  #serving: Target;

  /** @param stop ends it early */
  constructor(context: RolloutContext, stop: AbortSignal) {
    this.#context = context;
    this.#steps = rolledOut(context.plan.scenario, context.target);
    this.#stop = stop;
    this.#random = mulberry32(context.plan.seed);
    this.#serving = context.target;
  }

  /** What serves every batch of the run, whatever was switched. */
  get serving(): ServingTarget {
    const { spec, forms } = this.#serving;
    return { spec, forms };
  }

  /** Steps that were not made because the load had ended before all workers had changed. */
  get missed(): readonly RolloutStep[] {
    return this.#stop.aborted ? [] : this.#steps.slice(this.switches.length);
  }

  /**
   * Makes the switches, each at its time or soon after the one before, and ends the load when its duration is over and all
   * are made.
   *
   * @throws InfrastructureError when a worker died meanwhile, or batches could not be migrated
   */
  async carryOut(load: RunningLoad): Promise<void> {
    const sinceRelease = () => Math.round((nowMicros() - load.startMicros) / 1_000);
    const until = (atMs: number) => {
      const earliestMs = (this.switches.at(-1)?.endMs ?? -Infinity) + SHORTEST_PHASE_MS;
      return pause(Math.max(atMs, earliestMs) - sinceRelease(), load.ended);
    };
    try {
      for (const step of this.#steps) {
        await until(step.atMs);
        const made = load.ended.aborted ? undefined : await this.#switch(step, load, sinceRelease);
        if (made === undefined) return;
        this.switches.push(made);
      }
      await until(this.#context.plan.scenario.durationMs ?? 0);
    } finally {
      for (const station of load.stations) station.end();
    }
  }

  async #switch(
    step: TargetStep,
    load: RunningLoad,
    sinceRelease: () => number,
  ): Promise<SwitchMade | undefined> {
    const before = this.#serving;
    const next = step.target;
    const startMs = sinceRelease();
    for (const station of load.stations) if (!(await this.#changed(station, next))) return undefined;
    const changeMs = sinceRelease() - startMs;
    this.#serving = next;
    const migration = next.forms.length > 1 ? await this.#migrate(step, next, sinceRelease) : null;
    if (migration === undefined) return undefined;
    const moments = { plannedMs: step.atMs, startMs, endMs: sinceRelease() };
    return { from: before.name, to: next.name, ...moments, changeMs, migration };
  }

  /** Whether a worker changed; one that a stop ended did not. */
  async #changed(station: RunningLoad['stations'][number], next: Target): Promise<boolean> {
    try {
      return await station.change({ spec: next.spec, forms: next.forms });
    } catch (error) {
      if (this.#stop.aborted) return false;
      throw error;
    }
  }

  /** @returns undefined when it was stopped */
  async #migrate(
    step: TargetStep,
    next: Target,
    sinceRelease: () => number,
  ): Promise<RolloutMigration | undefined> {
    const { plan, address, schema, applicationName, timeoutMs } = this.#context;
    const { source, connectionString } = address;
    const { batchIds, scenario } = plan;
    const asked = scenario.faults.some(({ kind }) => kind === MIGRATION_FAULT);
    const killer = asked
      ? new MigrationKiller(batchIds.length, this.#random, step.atMs, sinceRelease)
      : undefined;
    const migration = await migrateRun(
      {
        ...{ source, connectionString, schema, batchIds },
        applicationName: `${applicationName}/migration`,
        to: checkedForm(next.forms[0]),
      },
      {
        killer,
        stop: this.#stop,
        quietMs: QUIET_MS + longestCallMs({ source, connectionString, timeoutMs }),
      },
    );
    if (killer !== undefined) this.faults.push(killer.result);
    return migration && { ...migration, slots: migration.batches * slotsOfBatch(scenario, 0) };
  }
}
