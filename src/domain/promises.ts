/** What the callers of a target may rely on. */
export interface Promises {
  /** A content never holds two slots of a batch, however often it is delivered. */
  readonly idempotent: boolean;
  /** `no_slot` is said only while all slots of the batch are held. */
  readonly truthfulNoSlot: boolean;
}

/** Promises with what is assumed where nothing is said: both. */
export function promisesOf(
  given: { readonly [Promise in keyof Promises]?: boolean | undefined } | undefined,
): Promises {
  const { idempotent = true, truthfulNoSlot = true } = given ?? {};
  return { idempotent, truthfulNoSlot };
}

export const PLACES = ['named', 'counted'] as const;
/** Whether answers name the slot that was given, or a batch only has so many of them. */
export type Places = (typeof PLACES)[number];

export const ID_FORMS = ['text', 'uuid', 'integer'] as const;
/** What ids of batches and contents look like: any text, a UUID, or a positive whole number of at most 63 bits. */
export type IdForm = (typeof ID_FORMS)[number];

/** What a target's calls say, and what they promise. */
export interface Terms {
  readonly target: { readonly name: string };
  readonly promises: Promises;
  readonly places: Places;
}

/** The engine on the tool's own tables. */
export const BUILT_IN_TERMS: Terms = {
  target: { name: 'built-in' },
  promises: { idempotent: true, truthfulNoSlot: true },
  places: 'named',
};
