import { describe, expect } from 'vitest';
import { requestFor, useDatabase } from '../support/database.js';
import { drawn, times } from '../support/draws.js';
import { newBatch, optionsOf, VARIANTS, type Variant } from './support/variants.js';

const db = useDatabase();

/** Round trips of one call without contention. */
function expected({ strategy, advisoryLocks }: Variant) {
  if (strategy !== 'legacy') return { created: 1, reused: 1, no_slot: 1 };
  const locks = advisoryLocks ? 2 : 0;
  return { created: 8 + locks, reused: 3 + locks, no_slot: 4 + locks };
}

describe.each(VARIANTS)('$name', (variant) => {
  const engine = db.engine(optionsOf(variant));

  drawn('makes a fixed number of round trips, counted apart from completion looks', async (draw) => {
    const slots = draw.integer(1, 9);
    const batchId = await newBatch(db, variant.inventory, slots);
    const requests = times(slots, (position) => requestFor(batchId, `content-${position}`));
    const calls = [
      ...requests,
      ...requests.slice(0, draw.integer(1, slots)),
      requestFor(batchId, 'too-many'),
    ];
    for (const request of calls) {
      const before = engine.counters;
      const { outcome } = await engine.assign(request);
      const { roundTrips, completionLooks } = engine.counters;
      expect({ outcome, roundTrips: roundTrips - before.roundTrips }).toEqual({
        outcome,
        roundTrips: expected(variant)[outcome],
      });
      if (variant.strategy === 'legacy') expect(completionLooks - before.completionLooks).toBe(1);
    }
    await engine.settle();
    expect(engine.counters.completionLooks).toBeGreaterThan(0);
    expect(engine.counters.completionLooks).toBeLessThanOrEqual(calls.length);
    expect(engine.counters.retriesByCode).toEqual({});
  });
});
