import type { Call } from '../domain/call.js';

/** The calls of one content, by how they ended. */
export interface ContentHistory {
  readonly batchId: string;
  readonly contentId: string;
  readonly created: Call[];
  readonly reused: Call[];
  readonly assigned: Call[];
  readonly noSlot: Call[];
  /** Calls that may have taken a slot although nobody was told. */
  readonly indefinite: Call[];
  /** Calls that failed without effect. */
  readonly failed: Call[];
}

/** A history grouped by batch and content: what every check reads. */
export type HistoryIndex = ReadonlyMap<string, ReadonlyMap<string, ContentHistory>>;

/** Groups a history by batch and content, in one pass. */
export function indexHistory(calls: readonly Call[]): HistoryIndex {
  const batches = new Map<string, Map<string, ContentHistory>>();
  for (const call of calls) {
    const contents = upsert(batches, call.batchId, () => new Map<string, ContentHistory>());
    const content = upsert(contents, call.contentId, () => emptyHistory(call));
    listFor(content, call).push(call);
  }
  return batches;
}

/** Whether a call may have had an effect that its caller was not told. */
export function isIndefinite(call: Call): boolean {
  return call.mayHaveHappened;
}

/** How many calls of a content were told that they have a slot. */
export function countSuccesses({ created, reused, assigned }: ContentHistory): number {
  return created.length + reused.length + assigned.length;
}

/** The calls of a content that were told that they have a slot, those that took it for certain first. */
export function successesOf({ created, reused, assigned }: ContentHistory): Call[] {
  return [...created, ...reused, ...assigned];
}

/** All calls of a content. */
export function callsOf(content: ContentHistory): Call[] {
  const { noSlot, indefinite, failed } = content;
  return [...successesOf(content), ...noSlot, ...indefinite, ...failed];
}

/**
 * Whether nobody knows if a content, whose deliveries are idempotent, has a slot: no call had an answer, and one may
 * have happened.
 */
export function isOpen(content: ContentHistory): boolean {
  return content.indefinite.length > 0 && countSuccesses(content) + content.noSlot.length === 0;
}

/**
 * Whether every call that a caller made for a content failed. What the tool itself delivered afterwards, to see that
 * it can be done, is no answer to a caller.
 */
export function onlyFailed({
  created,
  reused,
  assigned,
  noSlot,
  indefinite,
  failed,
}: ContentHistory): boolean {
  const byCallers = (calls: readonly Call[]) => calls.some((call) => call.worker >= 0);
  return byCallers(failed) && ![created, reused, assigned, noSlot, indefinite].some(byCallers);
}

function listFor(content: ContentHistory, call: Call): Call[] {
  if (isIndefinite(call)) return content.indefinite;
  switch (call.outcome) {
    case 'created':
      return content.created;
    case 'reused':
      return content.reused;
    case 'assigned':
      return content.assigned;
    case 'no_slot':
      return content.noSlot;
    case 'error':
    case 'unknown':
      return content.failed;
  }
}

function emptyHistory({ batchId, contentId }: Call): ContentHistory {
  const none = { created: [], reused: [], assigned: [], noSlot: [], indefinite: [], failed: [] };
  return { batchId, contentId, ...none };
}

function upsert<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = make();
  map.set(key, value);
  return value;
}
