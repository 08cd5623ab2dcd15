import type { Client } from 'pg';
import type { IdForm, Places } from '../domain/promises.js';

/** A batch that is to be registered: so many slots, and who will ask for them. */
export interface BatchToRegister {
  /** As calls will name it. */
  readonly batchId: string;
  /** How many slots it is to have. */
  readonly slots: number;
  /** How many contents will ask for a slot of it. */
  readonly contents: number;
  /**
   * Who asks.
   *
   * @param position from 0, less than `contents`
   */
  contentId(position: number): string;
}

/** What may be told of a batch that was registered. */
export interface RegisteredBatch<Ref = unknown> {
  /** One of those that were to be registered. */
  readonly batchId: string;
  /** The ids of its slots, where they are named and known: then a slot of another batch is found out. */
  readonly slotIds?: readonly (string | number)[] | undefined;
  /** Any JSON value; handed to each call on the batch. */
  readonly ref?: Ref | undefined;
}

/** One delivery of a content, as `assign` gets it. */
export interface AssignCall<Ref = unknown> {
  /** Of which a slot is asked. */
  readonly batchId: string;
  /** Who asks: the idempotency key within the batch. */
  readonly contentId: string;
  /** Names the delivery: the same after `busy`, and after an end that may have happened. */
  readonly callId: string;
  /** Whether an earlier call with this id may have happened. */
  readonly redelivered: boolean;
  /** What `register` returned for the batch. */
  readonly ref: Ref | undefined;
  /** Aborted at the call's deadline: nobody waits for its answer any more. */
  readonly signal: AbortSignal;
}

/** The name of the slot that was given; where places are counted there is none. */
type Slot<P extends Places> = P extends 'counted' ? { slotId?: undefined } : { slotId: string | number };

/** How an answer says that the content has a slot; where a content may hold several, none is told as held before. */
type Success<Idempotent extends boolean> = Idempotent extends false
  ? 'created' | 'assigned'
  : 'created' | 'reused' | 'assigned';

/** What `assign` may answer. Anything thrown, or no answer in time, may have happened. */
export type Answer<P extends Places = Places, Idempotent extends boolean = boolean> =
  /** It has a slot: took it now, had it before, or one of the two. */
  | ({ outcome: Success<Idempotent> } & Slot<P>)
  /** The batch is full. */
  | { outcome: 'no_slot' }
  /** Nothing happened; the call is made again soon. */
  | { outcome: 'busy' }
  /** Refused, and nothing happened. */
  | { outcome: 'error'; code: string; message?: string | undefined };

/** A slot or place that is taken: one row for each, never DISTINCT. */
export type AssignmentRow<P extends Places = Places> = {
  /** Whose slot it is. */
  batchId: string;
  /** Who has it. */
  contentId: string | number;
} & Slot<P>;

/** A witness of a violation; `contentId` and `batchId` in it say whom it is about. */
export type AuditRow = Record<string, unknown>;

/** What setup, register, assignments, audits and remove get. */
export interface HostContext {
  /** A connection of node-postgres to the target's database, for this call. */
  readonly client: Client;
}

/** What an instance is opened with. */
export interface OpenSettings {
  /** A PostgreSQL URL of the database; its application_name names the worker. */
  readonly connectionString: string;
  /** How many calls are in flight at most. */
  readonly connections: number;
  /** The number of the instance, from 1. */
  readonly instance: number;
}

/** A target at work in one process, as an instance of a service is. */
export interface OpenedInstance<
  P extends Places = Places,
  Idempotent extends boolean = boolean,
  Ref = unknown,
> {
  /** Gives a content a slot of its batch; anything thrown may have happened. */
  assign(call: AssignCall<Ref>): Promise<Answer<P, Idempotent>>;
  /** Answers in the order of the calls; what is thrown may have happened to all of them. */
  assignMany?(calls: readonly AssignCall<Ref>[]): Promise<readonly Answer<P, Idempotent>[]>;
  /** Ends its connections; no call is under way. */
  close?(): Promise<void> | void;
}

/** Code and a schema that give slots of batches to contents, for the tool to put under test. */
export interface TargetDefinition<
  P extends Places = Places,
  Idempotent extends boolean = boolean,
  Ref = unknown,
> {
  /** How reports call it. Default: the file's name. */
  readonly name?: string | undefined;
  /** What its callers may rely on. Default: both. */
  readonly promises?:
    | {
        /** A content never holds two slots of a batch, however often it is delivered. Default: true. */
        readonly idempotent?: Idempotent | undefined;
        /** `no_slot` is said only while all slots of the batch are held. Default: true. */
        readonly truthfulNoSlot?: boolean | undefined;
      }
    | undefined;
  /** Whether answers name the slot that was given. Default: `named`. */
  readonly places?: P | undefined;
  /** What ids of batches and contents look like. Default: `text`. */
  readonly ids?:
    | {
        /** Default: `text`. */
        readonly batch?: IdForm | undefined;
        /** Default: `text`. */
        readonly content?: IdForm | undefined;
      }
    | undefined;
  /** Once a command; harmless when repeated. */
  setup?(context: HostContext): Promise<void>;
  /** Makes batches with their slots, before anybody asks for one. */
  register(
    context: HostContext,
    batches: readonly BatchToRegister[],
  ): Promise<readonly RegisteredBatch<Ref>[] | undefined | void>;
  /** Opens one instance, in a worker process of its own. */
  open(
    settings: OpenSettings,
  ): Promise<OpenedInstance<P, Idempotent, Ref>> | OpenedInstance<P, Idempotent, Ref>;
  /** Every slot or place of these batches that is taken. */
  assignments?(context: HostContext, batchIds: readonly string[]): Promise<readonly AssignmentRow<P>[]>;
  /** Each returns the rows that violate it; none: it holds. */
  readonly audits?:
    | Readonly<
        Record<string, (context: HostContext, batchIds: readonly string[]) => Promise<readonly AuditRow[]>>
      >
    | undefined;
  /** Removes what `register` made and all that was written about it. */
  remove?(context: HostContext, batchIds: readonly string[]): Promise<void>;
}

/**
 * Declares a target. It is the identity: it is there for its types, by which an answer that does not fit what is
 * promised is an error of the compiler.
 *
 * @example
 * ```ts
 * export default defineTarget({
 *   async register({ client }, batches) { … },
 *   open: ({ connectionString, connections }) => ({ async assign({ batchId, contentId }) { … } }),
 * });
 * ```
 */
export function defineTarget<P extends Places = 'named', Idempotent extends boolean = true, Ref = unknown>(
  definition: TargetDefinition<P, Idempotent, Ref>,
): TargetDefinition<P, Idempotent, Ref> {
  return definition;
}
