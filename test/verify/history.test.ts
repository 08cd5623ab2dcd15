import { describe, expect, it } from 'vitest';
import type { Call } from '#els/domain/call.js';
import { drawn, times } from '../support/draws.js';
import { callOf, corrupted, drawOverflow, drawShape, judged, validHistory, violatedBy } from './histories.js';

const created = (call: Call) => call.outcome === 'created';
const reused = (call: Call) => call.outcome === 'reused';
const noSlot = (call: Call) => call.outcome === 'no_slot';
const ofContent = (content: number) => (call: Call) => call.contentId === `content-${content}`;

describe('accepts', () => {
  drawn('valid histories', (draw) => {
    for (const shape of times(50, () => drawShape(draw))) {
      expect(violatedBy(validHistory(shape, draw), shape.slots), JSON.stringify(shape)).toEqual([]);
    }
  });

  drawn('valid histories of several batches', (draw) => {
    const shape = drawShape(draw);
    const calls = times(draw.integer(2, 5), (batch) =>
      validHistory(shape, draw).map((call) => ({
        ...call,
        batchId: `batch-${batch}`,
        contentId: `${call.contentId}-of-${batch}`,
        slotId: call.slotId && `${call.slotId}-of-${batch}`,
      })),
    );
    expect(violatedBy(calls.flat(), shape.slots)).toEqual([]);
  });

  drawn('a content that failed although a slot was left: an error says that nothing happened', (draw) => {
    const slots = draw.integer(2, 12);
    const shape = { slots, contents: draw.integer(1, slots), deliveries: 1 };
    const failed = { outcome: 'error', slotId: null, errorCode: 'strategy_failed' } as const;
    expect(
      violatedBy(
        corrupted(validHistory(shape, draw), created, () => failed),
        slots,
      ),
    ).toEqual([]);
  });

  it('calls that only touch, and calls of no length', () => {
    const slotId = 'essay';
    const reused = callOf(0, [0, 1], { outcome: 'reused', slotId });
    expect(violatedBy([reused, callOf(0, [1, 2], { outcome: 'created', slotId })], 1)).toEqual([]);
    const refused = callOf(1, [5, 5], {});
    expect(violatedBy([refused, callOf(0, [5, 5], { outcome: 'created', slotId })], 1)).toEqual([]);
    expect(violatedBy([refused, callOf(0, [6, 6], { outcome: 'created', slotId })], 1)).toEqual([
      'no-false-no-slot',
    ]);
  });

  drawn('calls without an answer, whether or not they took a slot', (draw) => {
    const shape = { ...drawShape(draw), deliveries: 1 };
    const calls = validHistory(shape, draw);
    const lost = {
      outcome: 'unknown',
      slotId: null,
      mayHaveHappened: true,
      errorCode: 'database_unavailable',
    } as const;
    const claims = calls.map((call) =>
      created(call) && draw.integer(0, 1) === 0 ? { ...call, ...lost } : call,
    );
    expect(violatedBy(claims, shape.slots)).toEqual([]);
    const unanswered = calls.map((call) => (draw.integer(0, 1) === 0 ? { ...call, ...lost } : call));
    const withoutNoSlot = unanswered.filter((call) => !noSlot(call));
    expect(violatedBy(withoutNoSlot, shape.slots)).toEqual([]);
  });

  drawn('a content whose creator was told nothing and whose duplicates were', (draw) => {
    const shape = { ...drawShape(draw), deliveries: draw.integer(2, 5) };
    const calls = corrupted(validHistory(shape, draw), created, () => ({
      outcome: 'unknown',
      slotId: null,
      mayHaveHappened: true,
    }));
    expect(violatedBy(calls, shape.slots)).toEqual([]);
  });

  drawn('a content of which every call says reused, when one of them lost a reply first', (draw) => {
    const shape = { ...drawShape(draw), deliveries: draw.integer(1, 5) };
    const calls = corrupted(validHistory(shape, draw), created, () => ({
      outcome: 'reused',
      replyLost: true,
    }));
    expect(violatedBy(calls, shape.slots)).toEqual([]);
  });

  drawn('a no_slot while calls without an answer may hold the slots', (draw) => {
    const slots = draw.integer(1, 9);
    const claims = times(slots, (content) =>
      callOf(content, [content, content + 50], { outcome: 'unknown' }),
    );
    expect(violatedBy([...claims, callOf(slots, [0, slots + 1], {})], slots)).toEqual([]);
  });
});

describe('rejects', () => {
  drawn('a second created of the same content', (draw) => {
    const shape = { ...drawShape(draw), deliveries: draw.integer(2, 5) };
    const calls = corrupted(validHistory(shape, draw), reused, () => ({ outcome: 'created' }));
    expect(violatedBy(calls, shape.slots)).toEqual(['one-created-per-content']);
  });

  it('a second created after a no_slot for what it is, in whatever order the calls are told', () => {
    const created = (span: [number, number]) => callOf(0, span, { outcome: 'created', slotId: 'essay' });
    const full = callOf(1, [0, 20], { outcome: 'no_slot' });
    expect(violatedBy([created([30, 40]), full, created([5, 10])], 1)).toEqual(['one-created-per-content']);
  });

  drawn('an essay that was given to two contents', (draw) => {
    const shape = { ...drawShape(draw), contents: draw.integer(2, 24), deliveries: 1 };
    const calls = corrupted(
      validHistory(shape, draw),
      (call) => created(call) && ofContent(1)(call),
      () => ({ slotId: 'essay-0' }),
    );
    expect(violatedBy(calls, shape.slots)).toEqual(['one-content-per-slot']);
  });

  drawn('a reused that names another essay', (draw) => {
    const shape = { ...drawShape(draw), deliveries: draw.integer(2, 5) };
    const calls = corrupted(validHistory(shape, draw), reused, () => ({ slotId: 'essay-of-nobody' }));
    expect(violatedBy(calls, shape.slots)).toEqual(['one-slot-per-content']);
  });

  drawn('a reused of a content that nobody created', (draw) => {
    const shape = { ...drawShape(draw), deliveries: draw.integer(1, 5) };
    const calls = corrupted(validHistory(shape, draw), created, () => ({ outcome: 'reused' }));
    expect(violatedBy(calls, shape.slots)).toContain('reused-after-a-claim');
  });

  drawn('more created than there are slots', (draw) => {
    const shape = drawOverflow(draw);
    const calls = corrupted(validHistory(shape, draw), ofContent(shape.slots), () => ({
      outcome: 'created',
      slotId: 'one-too-many',
    }));
    expect(violatedBy(calls, shape.slots)).toContain('not-more-than-capacity');
  });

  drawn('a no_slot that ended before the last slot was claimed', (draw) => {
    const shape = drawOverflow(draw);
    const lastClaim = 100 * shape.slots;
    const calls = corrupted(validHistory(shape, draw), noSlot, () => ({
      startMicros: 0,
      // Equal stamps prove no order.
      endMicros: draw.integer(1, lastClaim - 1),
    }));
    expect(violatedBy(calls, shape.slots)).toEqual(['no-false-no-slot']);
  });

  drawn('a no_slot of a content that had its slot before', (draw) => {
    const shape = drawOverflow(draw);
    const calls = corrupted(
      validHistory(shape, draw),
      (call) => reused(call) && ofContent(0)(call),
      () => ({
        outcome: 'no_slot',
        slotId: null,
        startMicros: 100 * shape.slots + draw.integer(400, 900),
        endMicros: 100 * shape.slots + 1_000,
      }),
    );
    expect(violatedBy(calls, shape.slots)).toEqual(['no-false-no-slot']);
  });

  drawn('a no_slot of a duplicate while its own content was the last to claim', (draw) => {
    const slots = draw.integer(1, 9);
    const claims = times(slots, (content) =>
      callOf(content, [content, content + 50], { outcome: 'created', slotId: `essay-${content}` }),
    );
    const duplicate = callOf(draw.integer(0, slots - 1), [0, slots + 1], {});
    expect(violatedBy([...claims, duplicate], slots)).toEqual(['no-false-no-slot']);
  });

  drawn('a no_slot although fewer contents came than there are slots', (draw) => {
    const slots = draw.integer(2, 12);
    const shape = { slots, contents: slots - 1, deliveries: 2 };
    const calls = validHistory(shape, draw);
    const late = callOf(slots + 1, [10_000, 10_001], {});
    expect(violatedBy([...calls, late], slots)).toEqual(['no-false-no-slot']);
  });
});

drawn('shows the calls that prove a violation, and how many more there are', (draw) => {
  const count = draw.integer(7, 30);
  const calls = times(count, (position) =>
    callOf(0, [position, position + 1], { outcome: 'created', slotId: 'essay-0' }),
  );
  const results = judged(calls, count);
  const [first] = results.filter(({ passed }) => !passed);
  expect(first?.name).toBe('one-created-per-content');
  expect(first?.witnesses[0]).toMatchObject({
    contentId: 'content-0',
    callId: 'call-0-0',
    outcome: 'created',
  });
  expect(first?.witnesses.at(-1)).toEqual({ furtherWitnesses: count - 5 });
});

it('shows every call that proves a no_slot false', () => {
  const holder = callOf(0, [0, 1], { outcome: 'created', slotId: 'essay' });
  const refused = callOf(0, [3, 4], {});
  const found = judged([holder, refused], 1).find(({ passed }) => !passed);
  expect(found?.timeline).toMatchObject([
    { kind: 'call', outcome: 'created' },
    { kind: 'call', outcome: 'no_slot' },
  ]);
  const early = judged([holder, callOf(1, [3, 4], {}), callOf(2, [9, 10], { outcome: 'unknown' })], 2);
  expect(early.find(({ passed }) => !passed)?.timeline).toHaveLength(3);
});
