import { transaction } from '../database/session.js';
import type { RunningCommand } from '../domain/held-run.js';
import { recordRun } from '../runs/runs.js';
import type { ScheduleContext } from './schedule.js';

/** Registers the batches of schedules, and removes them all in the end. */
export class ProofBatches {
  #registrations = 0;

  /**
   * @param runId by which the batches of this proof are known
   * @param command whose they are; undefined: no record is kept of it
   */
  constructor(
    private readonly context: ScheduleContext,
    private readonly runId: string,
    private readonly command: RunningCommand | undefined,
  ) {}

  /** Registers `count` batches. */
  async register(count: number, slots: number): Promise<string[]> {
    const { runId, command } = this;
    const first = `${runId}-${(this.#registrations += 1)}`;
    const batchIds = Array.from({ length: count }, (_, position) => `${first}-${position + 1}`);
    const { instances, subject } = this.context;
    await transaction(instances.control, async () => {
      await subject.register(instances.control, { runId, batchIds, slots });
      const run = { runId, strategy: subject.name, scenario: null, keep: false, warmsUp: null };
      if (command) await recordRun(instances.control, command, run);
    });
    return batchIds;
  }

  async remove(): Promise<void> {
    const { instances, subject } = this.context;
    await subject.remove(instances.control, [this.runId]);
  }
}
