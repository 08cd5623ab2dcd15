import type { ClientBase } from 'pg';
import type { DatabasePool } from '../database/pool.js';
import type { Step } from '../database/protocol.js';
import type { Statement } from '../database/statement.js';
import type { Terms } from '../domain/promises.js';
import type { BatchGroup, Stored } from '../target/host.js';
import type { Instance } from '../target/instance.js';

/** What a caller needs of an instance. */
export type ProofInstance = Pick<Instance, 'assign' | 'settle'>;

/** Batches of a proof, of the one form that it fills. */
export type ProofGroup = Omit<BatchGroup, 'form' | 'contentIdsOf'>;

/** What is known of statements that the instances send, by the names under which they are prepared. */
export interface RoundTrips {
  /**
   * Statements of which no other session can tell when they ran, so that they need no place of their own in a schedule:
   * each runs together with the step that follows it. (A persistent set of one: P. Godefroid, Partial-Order Methods for
   * the Verification of Concurrent Systems, Springer 1996.)
   */
  readonly independent: readonly string[];
  /** Statements whose transaction is not cut before its commit. */
  readonly whole: readonly string[];
  /** Looks for completion: not cut either, where a configuration has them whole. */
  readonly looks: readonly string[];
}

/** What is proven: a target whose round trips the scheduler holds. */
export interface ProofSubject {
  /** As reports call it. */
  readonly name: string;
  readonly advisoryLocks: boolean;
  /** By which its calls are judged. */
  readonly terms: Terms;
  /** Where its tables are: the path of every session. */
  readonly schema: string;
  readonly roundTrips: RoundTrips;
  /** Holds every free slot of the batch `batch_id` until its transaction ends, and writes nothing. */
  readonly holdFreeSlots: Statement;

  /**
   * Opens an instance of the service.
   *
   * @param pool its only connection, whose round trips wait for the scheduler; in no transaction
   */
  open(pool: DatabasePool): ProofInstance;

  /** Registers batches, in the client's transaction. */
  register(client: ClientBase, group: ProofGroup): Promise<void>;

  /** Removes what runs registered, and all that was written about it. */
  remove(client: ClientBase, runIds: readonly string[]): Promise<void>;

  /** Reads and audits batches that nobody but a proof wrote, on one snapshot. */
  read(client: ClientBase, batchIds: readonly string[]): Promise<Stored>;

  /** The statements that register a batch by hand, each once. */
  registration(runId: string, batchId: string, slots: number): readonly Step[];

  /** The statements that remove by hand what a run registered, each once. */
  removal(runId: string): readonly Step[];

  /** Most preemptions of a schedule where nobody says how many; Infinity: all that there can be. */
  mostPreemptions(callers: number): number;
}
