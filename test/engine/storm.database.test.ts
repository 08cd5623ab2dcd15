import { describe, expect } from 'vitest';
import { requestFor, useDatabase } from '../support/database.js';
import { drawn, times } from '../support/draws.js';
import { ASSIGNED_EVENT, assignedEssays, eventsOf } from './support/rows.js';
import { newBatch, optionsOf, VARIANTS } from './support/variants.js';

const db = useDatabase();

describe.each(VARIANTS)('$name', (variant) => {
  const newEngine = () => db.engine(optionsOf(variant), 5);
  const engines = [newEngine(), newEngine(), newEngine()] as const;

  drawn('survives a storm of duplicates and too many contents from several engines', async (draw) => {
    const slots = draw.integer(2, 12);
    const contents = slots + draw.integer(-1, 12);
    const deliveries = draw.integer(2, 6);
    const batchId = await newBatch(db, variant.inventory, slots);
    const calls = times(contents * deliveries, async (position) => {
      const content = `content-${position % contents}`;
      return { content, ...(await draw.pick(engines).assign(requestFor(batchId, content))) };
    });
    const results = await Promise.all(calls);

    const created = results.filter((result) => result.outcome === 'created');
    expect(created).toHaveLength(Math.min(slots, contents));
    const essayOf = new Map(created.map((result) => [result.content, result.essayId]));
    expect(new Set(essayOf.values()).size).toBe(created.length);
    for (const result of results) {
      if (result.outcome === 'reused') expect(result.essayId).toBe(essayOf.get(result.content));
      if (result.outcome === 'no_slot') expect(essayOf.has(result.content)).toBe(false);
    }
    const stored = await assignedEssays(db, batchId);
    expect(new Map(stored.map((essay) => [essay.text_storage_id, essay.essay_id]))).toEqual(essayOf);
    expect(stored.every(({ version }) => version === 2)).toBe(true);
    expect(await eventsOf(db, batchId, ASSIGNED_EVENT)).toHaveLength(created.length);
  });
});
