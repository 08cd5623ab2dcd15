import type { TimelineEntry } from '../domain/timeline.js';
import { formatMicros, formatValue } from './format.js';
import { hang, wrapWords } from './layout.js';
import type { Style } from './style.js';

const TIMES_WIDTH = 20;

/** What happened, one line for each call or fault in the order of their starts: when, who, what came back. */
export function timelineLines(timeline: readonly TimelineEntry[], { colours, width }: Style): string[] {
  return timeline.flatMap((entry) => {
    const times = `${formatMicros(entry.startMicros)} – ${formatMicros(entry.endMicros)}`;
    const label = `${times.padEnd(TIMES_WIDTH)} `;
    return hang(colours.dim(label), wrapWords(tell(entry), width - label.length));
  });
}

function tell(entry: TimelineEntry): string {
  if (entry.kind === 'fault') return `fault ${entry.fault}: ${entry.detail}`;
  const who = entry.worker > 0 ? `worker ${entry.worker}` : 'delivered again';
  const notes = [
    ...(entry.recovered ? ['recovered'] : []),
    ...(entry.replyLost ? ['a reply of its own was lost before'] : []),
    ...(entry.sqlState === null ? [] : [`SQLSTATE ${formatValue(entry.sqlState)}`]),
  ];
  const remarks = notes.length > 0 ? ` (${notes.join(', ')})` : '';
  return `${who}: ${formatValue(entry.content)} → ${answerOf(entry)}${remarks}`;
}

function answerOf({ outcome, slotId, errorCode }: Extract<TimelineEntry, { kind: 'call' }>): string {
  if (slotId !== null) return `${outcome} ${formatValue(slotId)}`;
  return errorCode === null ? outcome : `${outcome} ${formatValue(errorCode)}`;
}
