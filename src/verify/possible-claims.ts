import type { Call } from '../domain/call.js';
import type { ContentHistory } from './history-index.js';

/**
 * The calls of which one took the content's slot: those that said so (several are a violation of their own), where one was
 * recovered also the lost ones of the same delivery, and where none said so all whose reply was lost.
 */
function possibleClaims({ created, reused, indefinite }: ContentHistory): readonly Call[] {
  if (created.length === 0) return [...indefinite, ...reused.filter((call) => call.replyLost)];
  if (!created.some((call) => call.recovered)) return created;
  const recovered = new Set(created.filter((call) => call.recovered).map((call) => call.callId));
  return [...created, ...indefinite.filter((call) => recovered.has(call.callId))];
}

/** The possible claim of a content that started first; a content holds one slot at the most. */
export function earliestClaim(content: ContentHistory): Call | undefined {
  let earliest: Call | undefined;
  for (const call of possibleClaims(content)) {
    if (earliest === undefined || call.startMicros < earliest.startMicros) earliest = call;
  }
  return earliest;
}
