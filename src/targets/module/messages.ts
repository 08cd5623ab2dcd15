import * as z from 'zod';
import { ID_FORMS, PLACES, type IdForm, type Places, type Promises } from '../../domain/promises.js';

/** Raised with every change of a message: processes of two installations must not misunderstand each other. */
export const HOST_PROTOCOL = 3;

/** Characters of an error's message, at most. */
export const LONGEST_MESSAGE = 2_000;
/** Rows of one audit that are told, at most. Which of them proves something, only the coordinator knows. */
export const MOST_AUDIT_ROWS = 100_000;

/** What a definition says of its target, without its code. */
export interface Description {
  readonly name: string;
  readonly promises: Promises;
  /** Whether its promises are what is assumed of a target that says nothing. */
  readonly promisesAssumed: boolean;
  readonly places: Places;
  readonly ids: { readonly batch: IdForm; readonly content: IdForm };
  readonly hasSetup: boolean;
  readonly hasAssignments: boolean;
  readonly hasRemove: boolean;
  readonly audits: string[];
}

/** Batches of one size that are to be registered. The ids of their contents follow from the texts. */
export interface GroupToRegister {
  readonly batches: readonly { readonly batchId: string; readonly contents: readonly string[] }[];
  readonly slots: number;
}

/** What the host is asked to do. */
export type HostCall =
  /** An instance, to see what it has. */
  | { readonly what: 'open' }
  | { readonly what: 'setup' }
  | { readonly what: 'register'; readonly groups: readonly GroupToRegister[] }
  | { readonly what: 'assignments'; readonly batchIds: readonly string[] }
  /** One of its audits. */
  | { readonly what: 'audits'; readonly name: string; readonly batchIds: readonly string[] }
  | { readonly what: 'remove'; readonly batchIds: readonly string[] };

/** What the coordinator sends: which file, then one call after the other was answered. */
export type ToHost =
  | {
      readonly type: 'load';
      readonly version: number;
      readonly path: string;
      /** Undefined: it is only described. */
      readonly connectionString?: string | undefined;
    }
  | ({ readonly type: 'call' } & HostCall);

const registered = z.strictObject({
  batchId: z.string(),
  slotIds: z.array(z.string()).optional(),
  ref: z.unknown().optional(),
});
const row = z.strictObject({ batchId: z.string(), slotId: z.string().nullable(), contentId: z.string() });
const witness = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

/** What one audit found. */
const audited = z.strictObject({
  rows: z.array(witness),
  /** How many rows there were before they were cut. */
  found: z.int(),
});

/** What `register` said of a batch. */
export type Registered = z.output<typeof registered>;

/** What answers a call; the shape of each is checked before it is believed. */
export const ANSWERS = {
  open: z.strictObject({ bulk: z.boolean() }),
  setup: z.null(),
  register: z.array(registered),
  assignments: z.array(row),
  audits: audited,
  remove: z.null(),
} as const;

/** The answer to a call. */
export type HostAnswer<What extends HostCall['what']> = z.output<(typeof ANSWERS)[What]>;

const description = z.strictObject({
  name: z.string(),
  promises: z.strictObject({ idempotent: z.boolean(), truthfulNoSlot: z.boolean() }),
  promisesAssumed: z.boolean(),
  places: z.enum(PLACES),
  ids: z.strictObject({ batch: z.enum(ID_FORMS), content: z.enum(ID_FORMS) }),
  hasSetup: z.boolean(),
  hasAssignments: z.boolean(),
  hasRemove: z.boolean(),
  audits: z.array(z.string()),
});

const message = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('described'), description }),
  z.strictObject({ type: z.literal('answer'), value: z.unknown() }),
  z.strictObject({
    type: z.literal('failed'),
    /** `usage`: the file is wrong; `target`: its code failed; `exit`: it ends the process. */
    kind: z.enum(['usage', 'target', 'exit']),
    message: z.string().max(LONGEST_MESSAGE),
  }),
]);

/** What the host sends. */
export type FromHost = z.output<typeof message>;

/**
 * Reads what a host sent.
 *
 * @returns undefined where it is no message
 */
export function readHostMessage(given: unknown): FromHost | undefined {
  return message.safeParse(given).data;
}
