import { deleteRuns, registerBatches } from '../targets/els/batches/register.js';
import type { RunningCommand } from '../domain/held-run.js';
import { recordRun } from '../runs/runs.js';
import { transaction } from '../database/session.js';
import type { ScheduleContext } from './schedule.js';

/** Whose the batches of a proof are. */
export interface ProofOwner {
  readonly schema: string;
  /** How reports name what is proven. */
  readonly strategy: string;
  /** Undefined: no record is kept of it. */
  readonly command?: RunningCommand | undefined;
}

/** Registers the batches of schedules, and removes them all in the end. */
export class ProofBatches {
  #registrations = 0;

  /** @param runId by which the batches of this proof are known */
  constructor(
    private readonly context: ScheduleContext,
    private readonly owner: ProofOwner,
    private readonly runId: string,
  ) {}

  /** Registers `count` batches. */
  async register(count: number, slots: number): Promise<string[]> {
    const { runId } = this;
    const first = `${runId}-${(this.#registrations += 1)}`;
    const batchIds = Array.from({ length: count }, (_, position) => `${first}-${position + 1}`);
    const { instances, inventory } = this.context;
    const { command, strategy } = this.owner;
    await transaction(instances.control, async () => {
      await registerBatches(instances.control, { runId, strategy: 'prove', inventory, batchIds, slots });
      const run = { runId, strategy, scenario: null, keep: false, warmsUp: null };
      if (command) await recordRun(instances.control, command, run);
    });
    return batchIds;
  }

  async remove(): Promise<void> {
    await deleteRuns(this.context.instances.control, this.owner.schema, [this.runId]);
  }
}
