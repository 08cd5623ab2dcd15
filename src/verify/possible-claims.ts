import type { Call } from '../domain/call.js';
import type { ContentHistory } from './history-index.js';

/**
 * The calls of which one took the content's slot: the one that said so, where it was recovered also the lost ones of
 * the same delivery, and where none said so all whose reply was lost.
 */
function possibleClaims({ created, reused, indefinite }: ContentHistory): Call[] {
  const [creator] = created;
  if (creator === undefined) return [...indefinite, ...reused.filter((call) => call.replyLost)];
  if (!creator.recovered) return [creator];
  return [creator, ...indefinite.filter((call) => call.correlationId === creator.correlationId)];
}

/** The possible claim of a content that started first; a content holds one slot at the most. */
export function earliestClaim(content: ContentHistory): Call | undefined {
  let earliest: Call | undefined;
  for (const call of possibleClaims(content)) {
    if (earliest === undefined || call.startMicros < earliest.startMicros) earliest = call;
  }
  return earliest;
}
