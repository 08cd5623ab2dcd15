import type { Call } from '../domain/call.js';
import type { ContentHistory } from './history-index.js';
import { earliestClaim } from './possible-claims.js';
import type { Violation } from './violation.js';

/**
 * A `no_slot` is false if fewer claims of other contents than there are slots had started before it ended, or if
 * its content's own `created` had ended before it started.
 *
 * @param slots of the batch
 */
export function falseNoSlots(batch: ReadonlyMap<string, ContentHistory>, slots: number): Violation[] {
  const contents = [...batch.values()];
  if (contents.every((content) => content.noSlot.length === 0)) return [];
  const claims = contents
    .map(earliestClaim)
    .filter((claim) => claim !== undefined)
    .sort((a, b) => a.startMicros - b.startMicros);
  return contents.flatMap((content) => falseNoSlotsOf(content, claims, slots));
}

function falseNoSlotsOf(content: ContentHistory, claims: readonly Call[], slots: number): Violation[] {
  const ownMicros = earliestClaim(content)?.startMicros ?? Infinity;
  const isAmongFirst = ownMicros <= (claims[slots - 1]?.startMicros ?? Infinity);
  const filling = claims[isAmongFirst ? slots : slots - 1];
  const [created] = content.created;
  return content.noSlot.flatMap((call) => {
    if (created !== undefined && created.endMicros <= call.startMicros) return [{ calls: [created, call] }];
    if (call.endMicros > (filling?.startMicros ?? Infinity)) return [];
    return [{ calls: filling === undefined ? [call] : [call, filling] }];
  });
}
