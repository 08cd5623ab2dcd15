import type { Call } from '../domain/call.js';
import type { ContentHistory } from './history-index.js';

/** The calls that took the content's slot, or may have. */
export function possibleClaims({ created, reused, indefinite }: ContentHistory): Call[] {
  return [...created, ...indefinite, ...reused.filter((call) => call.replyLost)];
}

/** The claim of a content that started first; a content holds one slot at the most. */
export function earliestClaim(content: ContentHistory): Call | undefined {
  let earliest: Call | undefined;
  for (const call of possibleClaims(content)) {
    if (earliest === undefined || call.startMicros < earliest.startMicros) earliest = call;
  }
  return earliest;
}
