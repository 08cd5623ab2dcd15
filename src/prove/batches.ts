import { deleteRuns, registerBatches } from '../batches/register.js';
import { recordRun, type RunningCommand } from '../batches/runs.js';
import { transaction } from '../database/session.js';
import type { Stage } from './schedule.js';

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
    private readonly stage: Stage,
    private readonly owner: ProofOwner,
    private readonly runId: string,
  ) {}

  /** Registers `count` batches. */
  async register(count: number, slots: number): Promise<string[]> {
    const { runId } = this;
    const first = `${runId}-${(this.#registrations += 1)}`;
    const batchIds = Array.from({ length: count }, (_, position) => `${first}-${position + 1}`);
    const { crew, inventory } = this.stage;
    const { command, strategy } = this.owner;
    await transaction(crew.control, async () => {
      await registerBatches(crew.control, { runId, strategy: 'prove', inventory, batchIds, slots });
      const run = { runId, strategy, scenario: null, keep: false, warmsUp: null };
      if (command) await recordRun(crew.control, command, run);
    });
    return batchIds;
  }

  async remove(): Promise<void> {
    await deleteRuns(this.stage.crew.control, this.owner.schema, [this.runId]);
  }
}
