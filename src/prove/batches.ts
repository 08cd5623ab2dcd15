import { deleteRuns, registerBatches } from '../batches/register.js';
import type { Stage } from './schedule.js';

/** Registers the batches of schedules, and removes them all in the end. */
export class ProofBatches {
  readonly #runIds: string[] = [];
  #registrations = 0;

  /** @param id by which the batches of this proof are known */
  constructor(
    private readonly stage: Stage,
    private readonly schema: string,
    private readonly id: string,
  ) {}

  /** Registers `count` batches under a run of their own. */
  async register(count: number, slots: number): Promise<string[]> {
    const runId = `${this.id}-${(this.#registrations += 1)}`;
    const batchIds = Array.from({ length: count }, (_, position) => `${runId}-${position + 1}`);
    const { crew, inventory } = this.stage;
    this.#runIds.push(runId);
    await registerBatches(crew.control, { runId, strategy: 'prove', inventory, batchIds, slots });
    return batchIds;
  }

  async remove(): Promise<void> {
    await deleteRuns(this.stage.crew.control, this.schema, this.#runIds);
    this.#runIds.length = 0;
  }
}
