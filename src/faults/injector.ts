import { nowMicros } from '../base/clock.js';
import { pause } from '../base/waiting.js';
import { databaseFailure } from '../database/failure.js';
import { InfrastructureError } from '../domain/errors.js';
import { MIGRATION_FAULT, type Fault, type FaultResult } from '../domain/fault.js';
import type { RunningLoad } from '../runner/run-load.js';
import type { ArmedFault, FaultContext, Strike } from './context.js';
import { FAULTS_ON_CALLS, type LoadFaultKind } from './faults.js';

/** A fault of a scenario that hits calls of its load. */
type LoadFault = Fault & { readonly kind: LoadFaultKind };

/** A fault that was injected into a load. */
export interface Injection {
  readonly result: FaultResult;
  /** Full batches that nobody had completed a while after the worker was killed. */
  readonly uncompleted: readonly string[];
  /** The worker that was killed; from 0. */
  readonly killed: number | undefined;
}

/** Injects a load's faults one after the other: those without a time are armed before the barrier's release. */
export class FaultInjector {
  readonly #context: FaultContext;
  readonly #faults: readonly LoadFault[];
  readonly #armed = new Map<LoadFault, ArmedFault>();
  readonly #injections: Injection[] = [];

  constructor(context: FaultContext) {
    this.#context = context;
    this.#faults = context.plan.scenario.faults.filter(hitsLoad).sort((a, b) => a.atMs - b.atMs);
  }

  /** Arms what is to strike from the start. */
  async armEarly(): Promise<void> {
    for (const fault of this.#faults) {
      if (fault.atMs === 0) this.#armed.set(fault, await this.#arm(fault));
    }
  }

  /** Strikes while the load runs; resolves when all faults are over. */
  async strikeAll(load: RunningLoad): Promise<void> {
    for (const fault of this.#faults) await this.#inject(fault, load);
  }

  /** What happened until now. */
  get injections(): readonly Injection[] {
    return this.#injections;
  }

  /** Takes back what is armed, when there will be no load. */
  async disarm(): Promise<void> {
    const armed = [...this.#armed.values()];
    this.#armed.clear();
    await Promise.all(armed.map((each) => each.disarm()));
  }

  async #inject(fault: LoadFault, load: RunningLoad): Promise<void> {
    const sinceRelease = () => Math.round((nowMicros() - load.startMicros) / 1_000);
    await pause(fault.atMs - sinceRelease(), load.ended);
    // A load that is stopped before its release ends the pause before it.
    const startMs = Math.max(0, sinceRelease());
    const { struck, detail, killed, orphans = 0, uncompleted = [] } = await this.#strike(fault, load);
    const left = { orphans, uncompleted: uncompleted.length };
    const { kind, atMs: plannedMs } = fault;
    const result = {
      kind,
      plannedMs,
      startMs,
      endMs: Math.max(startMs, sinceRelease()),
      struck,
      detail,
      left,
    };
    this.#injections.push({ result, uncompleted, killed });
  }

  /** What cannot be armed will not strike, and says why. */
  async #arm(fault: LoadFault, load?: RunningLoad): Promise<ArmedFault> {
    try {
      return await FAULTS_ON_CALLS[fault.kind].arm(this.#context, load);
    } catch (error) {
      const miss = { struck: false, detail: reasonOf(error) };
      return { strike: () => Promise.resolve(miss), disarm: () => Promise.resolve() };
    }
  }

  async #strike(fault: LoadFault, load: RunningLoad): Promise<Strike> {
    const armedEarly = this.#armed.get(fault);
    if (!armedEarly && load.ended.aborted) return { struck: false, detail: 'the load had ended before' };
    const armed = armedEarly ?? (await this.#arm(fault, load));
    try {
      return await armed.strike(load);
    } catch (error) {
      return { struck: false, detail: reasonOf(error) };
    } finally {
      this.#armed.delete(fault);
      await armed.disarm();
    }
  }
}

function hitsLoad(fault: Fault): fault is LoadFault {
  return fault.kind !== MIGRATION_FAULT;
}

/** A fault that could not be injected is reported with the others; a defect of the program is not. */
function reasonOf(error: unknown): string {
  if (error instanceof InfrastructureError) return error.message;
  if (error instanceof Error && databaseFailure(error) !== undefined) return error.message;
  throw error;
}
