import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import type { BindValues } from '#els/database/statement.js';
import type { AssignmentRequest, AssignmentResult } from '#els/targets/els/engine/assignment.js';
import { assignmentBinds } from '#els/targets/els/engine/documents.js';
import { EngineDouble, isUniqueViolation } from './engine-double.js';

const TRIES = 5;
const PAUSE_MS = 2;

/** Tries five times, then says that no slot is left. Commits here take longer than the five tries of a rival. */
export class GivesUpAfterFiveTries extends EngineDouble {
  #giveUp: () => void = () => undefined;
  readonly #someoneGaveUp = new Promise<void>((resolve) => (this.#giveUp = resolve));

  override async assign(request: AssignmentRequest): Promise<AssignmentResult> {
    const binds = assignmentBinds(request, new Date());
    for (let time = 0; time < TRIES; time++) {
      const result = await this.attempt(binds);
      if (result !== undefined) {
        await this.lookAfter(binds);
        return result;
      }
      await sleep(PAUSE_MS);
    }
    this.#giveUp();
    return { outcome: 'no_slot' };
  }

  protected override async claim(
    client: ClientBase,
    binds: BindValues,
  ): Promise<AssignmentResult | undefined> {
    const result = await super.claim(client, binds);
    if (result?.outcome === 'created') await this.#someoneGaveUp;
    return result;
  }
}

const SLOW_COMMIT_MS = 300;

/** Takes the unique violation of the loser of a race for a batch without a slot. */
export class TakesRaceForNoSlot extends EngineDouble {
  protected override async attempt(binds: BindValues): Promise<AssignmentResult | undefined> {
    try {
      return await this.inTransaction((client) => this.claim(client, binds));
    } catch (error) {
      if (isUniqueViolation(error)) return { outcome: 'no_slot' };
      throw error;
    }
  }

  protected override async claim(
    client: ClientBase,
    binds: BindValues,
  ): Promise<AssignmentResult | undefined> {
    const result = await super.claim(client, binds);
    await sleep(SLOW_COMMIT_MS);
    return result;
  }
}
