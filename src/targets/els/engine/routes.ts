import { UsageError } from '../../../domain/errors.js';
import type { Strategy } from './strategy.js';

/** Batches beyond this many are forgotten, and found out again. */
const MAX_REMEMBERED = 10_000;

/**
 * Which strategy serves a batch: the engine's own, or, while batches are migrated from one inventory to the other, the
 * one for the other inventory. The server says which inventory a batch has; what is remembered is where to ask first.
 */
export class Routes {
  readonly #own: Strategy;
  readonly #other: Strategy | undefined;
  readonly #toOther = new Set<string>();

  /** @throws UsageError `invalid_strategy` when both have the same inventory */
  constructor(own: Strategy, other?: Strategy) {
    if (own.inventory === other?.inventory) throw sameInventory(own);
    this.#own = own;
    this.#other = other;
  }

  /** All of them. */
  get strategies(): readonly Strategy[] {
    return this.#other === undefined ? [this.#own] : [this.#own, this.#other];
  }

  /** The strategy to ask first. */
  of(batchId: string): Strategy {
    return this.#other !== undefined && this.#toOther.has(batchId) ? this.#other : this.#own;
  }

  /**
   * Notes that a batch has another inventory than a strategy's.
   *
   * @returns whether there is a strategy for it
   */
  rerouteFrom(batchId: string, strategy: Strategy): boolean {
    if (this.#other === undefined) return false;
    if (strategy === this.#other) this.#toOther.delete(batchId);
    else this.#remember(batchId);
    return true;
  }

  #remember(batchId: string): void {
    if (this.#toOther.size >= MAX_REMEMBERED) this.#toOther.clear();
    this.#toOther.add(batchId);
  }
}

function sameInventory({ inventory }: Strategy): UsageError {
  const other = inventory === 'slots' ? 'essays' : 'slots';
  return new UsageError(
    'invalid_strategy',
    `otherInventory fills ${inventory}, as the strategy itself does; accepted: a strategy that fills ${other}`,
  );
}
