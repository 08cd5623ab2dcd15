/** Calls of each history. */
export const CALLS = 1_000_000;

/** Valid histories of 1,000,000 calls; contents × deliveries. */
export const SHAPES = {
  '1,000 batches of 500 slots, each content twice': {
    batches: 1_000,
    slots: 500,
    contents: 500_000,
    lost: false,
  },
  'one batch of 100,000 slots, 200,000 contents five times': {
    batches: 1,
    slots: 100_000,
    contents: 200_000,
    lost: false,
  },
  '100 batches of 4,000 slots, each call lost and delivered again': {
    batches: 100,
    slots: 4_000,
    contents: 500_000,
    lost: true,
  },
};

/**
 * The calls of a shape in the order of their ends, ten of them under way at any time: a content after the other, dealt
 * to the batches in turn, and then all of them again.
 *
 * @param {{ batches: number, slots: number, contents: number, lost: boolean }} shape lost: the first delivery of each
 *   content has no answer, and the second is the same call again
 * @returns {import('#els/domain/call.js').Call[]}
 */
export function historyOf(shape) {
  const batchIds = Array.from({ length: shape.batches }, (_, batch) => `run-b${batch + 1}`);
  return Array.from({ length: CALLS }, (_, index) => {
    const content = index % shape.contents;
    const delivery = Math.floor(index / shape.contents);
    const endMicros = 100 + 10 * index;
    return {
      worker: index % 3,
      batchId: batchIds[content % shape.batches],
      contentId: `run-c${content + 1}`,
      callId: `run-d${(shape.lost ? content : index) + 1}`,
      intendedMicros: endMicros - 100,
      startMicros: endMicros - 100,
      endMicros,
      ...{
        recovered: false,
        replyLost: false,
        mayHaveHappened: false,
        errorCode: null,
        sqlState: null,
        slotId: null,
      },
      ...endOf(shape, content, delivery),
    };
  });
}

/** @returns {Pick<import('#els/domain/call.js').Call, 'outcome'> & Partial<import('#els/domain/call.js').Call>} */
function endOf({ batches, slots, lost }, content, delivery) {
  if (lost && delivery === 0)
    return { outcome: 'unknown', mayHaveHappened: true, errorCode: 'database_unavailable' };
  if (content >= batches * slots) return { outcome: 'no_slot' };
  const slotId = `run-e${content + 1}`;
  if (lost && content % 2 === 0) return { outcome: 'created', slotId, recovered: true };
  if (lost) return { outcome: 'reused', slotId, replyLost: true };
  return { outcome: delivery === 0 ? 'created' : 'reused', slotId };
}
