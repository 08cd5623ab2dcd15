import type { Call } from '../domain/call.js';

/** The calls of one content, by how they ended. */
export interface ContentHistory {
  readonly batchId: string;
  readonly contentId: string;
  readonly created: Call[];
  readonly reused: Call[];
  readonly noSlot: Call[];
  /** Calls that may have created something although nobody was told. */
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

/** Whether no call of a content had an answer. */
export function hasNoAnswer({ created, reused, noSlot }: ContentHistory): boolean {
  return created.length + reused.length + noSlot.length === 0;
}

/** Whether nobody knows if a content has a slot: no call had an answer, and one may have happened. */
export function isOpen(content: ContentHistory): boolean {
  return content.indefinite.length > 0 && hasNoAnswer(content);
}

/**
 * Whether every call that a caller made for a content failed. What the tool itself delivered afterwards, to see that
 * it can be done, is no answer to a caller.
 */
export function onlyFailed({ created, reused, noSlot, indefinite, failed }: ContentHistory): boolean {
  const byCallers = (calls: readonly Call[]) => calls.some((call) => call.worker >= 0);
  return byCallers(failed) && ![created, reused, noSlot, indefinite].some(byCallers);
}

function listFor(content: ContentHistory, call: Call): Call[] {
  if (isIndefinite(call)) return content.indefinite;
  switch (call.outcome) {
    case 'created':
      return content.created;
    case 'reused':
      return content.reused;
    case 'no_slot':
      return content.noSlot;
    case 'error':
    case 'unknown':
      return content.failed;
  }
}

function emptyHistory({ batchId, contentId }: Call): ContentHistory {
  return { batchId, contentId, created: [], reused: [], noSlot: [], indefinite: [], failed: [] };
}

function upsert<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = make();
  map.set(key, value);
  return value;
}
