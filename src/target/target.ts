import type { IdForm, Terms } from '../domain/promises.js';
import type { WeakSpot, WeakSpots } from './weak-spots.js';

/**
 * Names a target so that another process can open instances of it: plain data, which `kind` alone reads.
 */
export interface TargetSpec {
  /** One of the kinds that targets/open.ts knows. */
  readonly kind: string;
  readonly options: unknown;
}

/**
 * What some targets can and others cannot: assign many contents by one call, do without a session that lasts longer than
 * a transaction, serialize calls by advisory locks, take over from another one while a load runs, remove what a run made.
 */
export type Capability = 'bulk' | 'transactionPooling' | 'advisoryLocks' | 'rollout' | 'remove';

/** What is put under test: code and a schema that give slots of batches to contents. */
export interface Target {
  /** As tables, gates and reports call it. */
  readonly name: string;
  readonly terms: Terms;
  /** What ids of batches and contents look like. */
  readonly ids: { readonly batch: IdForm; readonly content: IdForm };
  /** Whether calls with the same batch and content are serialized by an advisory lock: rows are told apart by it. */
  readonly advisoryLocks: boolean;
  readonly spec: TargetSpec;
  /** The forms of batches that its instances serve, the one it is given batches of first. A batch has one form. */
  readonly forms: readonly [string, ...string[]];
  /** What it has not got, each with the reason, as words that follow its name. Of weak spots the reason may be left out. */
  readonly lacks: Readonly<Partial<Record<Capability | WeakSpot, string>>>;
  /** The values of gates that it does not tell, each with the reason. */
  readonly untold: Readonly<Record<string, string>>;
  /** Where a fault can stop a claim half-way. */
  readonly weakSpots: WeakSpots;
  /** Whether its tables are not the tool's own: then it works on a database of its own, or one that the user names. */
  readonly hasOwnSchema: boolean;
  /** Others are measured by it where nobody says by which. */
  readonly isReference: boolean;
  /**
   * The user's own file that it is made of, as it was given. What stands there runs with all rights of the role, and may
   * change tables that batches are not in.
   */
  readonly file?: string | undefined;

  /** The same with the option on or off. */
  withAdvisoryLocks(on: boolean): Target;
}
