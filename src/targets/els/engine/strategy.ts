import type { Session } from '../../../database/session.js';
import type { BindValues, Statement } from '../../../database/statement.js';
import type { BuiltInStrategy, Inventory } from './assignment.js';

/** An answer that ends a call. */
export type FinalAnswer =
  { readonly outcome: 'created' | 'reused'; readonly essayId: string } | { readonly outcome: 'no_slot' };

/** An answer after which nothing is tried again. */
export type SettledAnswer =
  FinalAnswer | { readonly outcome: 'unknown_batch' } | { readonly outcome: 'inventory_mismatch' };

/** What one attempt of a strategy says; `contended`: the engine waits for a slot in doubt and tries again. */
export type Answer = SettledAnswer | { readonly outcome: 'contended' };

/** What one attempt of a strategy says of one of many contents. */
export interface ContentAnswer {
  readonly textStorageId: string;
  readonly answer: Answer;
  /** With `reused`: the correlation id of the call that created it; null where nobody can tell. */
  readonly createdBy: string | null;
}

/** How a strategy assigns many contents of one batch in one attempt. */
export interface ManyForm {
  readonly statements: readonly Statement[];

  /**
   * @param session as in `Strategy.attempt`
   * @param binds values for the statements' binds
   * @returns an answer for each content
   * @throws whatever node-postgres raises, and StrategyContractError
   */
  attempt(session: Session, binds: BindValues): Promise<ContentAnswer[]>;
}

/** What a strategy remembers from one attempt of a call to the next. */
export interface CallMemory {
  /** The slot that an attempt of this call was told it had claimed. */
  claimedEssayId?: string;
}

/** One way to assign. It answers from a single attempt: waiting and retrying are the engine's. */
export interface Strategy {
  readonly inventory: Inventory;
  /** Prepared on each connection before its first use. */
  readonly statements: readonly Statement[];
  /** Whether the claim starts at the bind `low_water`, so that `contended` is no answer until it looked everywhere. */
  readonly startsAtLowWater: boolean;
  /** Whether each call looks for completion itself, before it returns; else looks are coalesced. */
  readonly looksAfterEachCall: boolean;
  /** Whether a claim is committed before what belongs to it is written, in another transaction. */
  readonly commitsTwice: boolean;
  /** Whether an attempt keeps a lock of its session from one transaction to the next. */
  readonly keepsSessionLock: boolean;

  /**
   * @param session a connection that prepared `statements`; left outside any transaction
   * @param binds values for the statements' binds
   * @param memory of the call
   * @throws whatever node-postgres raises, and StrategyContractError
   */
  attempt(session: Session, binds: BindValues, memory: CallMemory): Promise<Answer>;

  /** Its form for many contents; undefined: it assigns one at a time. */
  readonly many?: ManyForm | undefined;
}

/** Names a strategy so that it can travel to a worker process. */
export type StrategySpec =
  | { readonly kind: 'built-in'; readonly name: BuiltInStrategy }
  | {
      readonly kind: 'custom';
      /** How reports name it: its file as the user gave it. */
      readonly name: string;
      /** The table that it fills, as its first line says. */
      readonly inventory: Inventory;
      /** One statement with binds such as `:batch_id`; it runs with the rights of the pool's role. */
      readonly sql: string;
    };

/** A strategy's statement answered something that the contract does not allow. */
export class StrategyContractError extends Error {
  override readonly name = 'StrategyContractError';
}
