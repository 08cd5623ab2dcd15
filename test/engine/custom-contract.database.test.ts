import { describe, expect, it } from 'vitest';
import { requestFor, useDatabase } from '../support/database.js';
import { custom, sqlFile } from './support/custom.js';
import { drawn, times } from '../support/draws.js';
import { lockVacancies, untilLocked, withForeign } from './support/hold.js';
import { ASSIGNED_EVENT, assignedEssays, disagreements, eventsOf } from './support/rows.js';
import { newBatch } from './support/variants.js';

const db = useDatabase();

describe.each([false, true])('with advisory locks %s', (advisoryLocks) => {
  const breaches: readonly [what: string, sql: string, message: RegExp][] = [
    ['no row', `select '' as essay_id, 'no_slot' as outcome where false`, /0 rows/],
    [
      'two rows',
      `select '' as essay_id, 'no_slot' as outcome union all select '', 'no_slot' where :batch_id is not null`,
      /2 rows/,
    ],
    ['an unknown outcome', `select '' as essay_id, 'taken' as outcome`, /"taken"/],
    ['no outcome', `select '' as essay_id, null::text as outcome`, /null/],
    [
      'created without an essay',
      `select null::text as essay_id, 'created' as outcome`,
      /without an essay_id/,
    ],
    ['an essay too long', `select repeat('x', 2705) as essay_id, 'created' as outcome`, /2705 characters/],
    ['reused with an empty essay', `select '' as essay_id, 'reused' as outcome`, /without an essay_id/],
    [
      'a division by zero',
      `select (1 / (length(:batch_id) - length(:batch_id)))::text as essay_id, '' as outcome`,
      /division/,
    ],
  ];

  it.each(breaches)('fails a strategy that answers %s', async (_, sql, message) => {
    const engine = db.engine({ strategy: custom(sql), advisoryLocks }, 1);
    const request = requestFor('batch', 'content');
    for (const each of [request, request]) {
      await expect(engine.assign(each)).rejects.toMatchObject({
        name: 'AssignmentError',
        code: 'strategy_failed',
        retryable: false,
        correlationId: request.correlationId,
        message: expect.stringMatching(message) as string,
      });
    }
    expect(engine.counters.retriesByCode).toEqual({});
  });

  it('passes its refusal of an unknown batch on', async () => {
    const sql = `select null::text as essay_id, 'unknown_batch' as outcome`;
    const engine = db.engine({ strategy: custom(sql), advisoryLocks }, 1);
    await expect(engine.assign(requestFor('b', 'c'))).rejects.toMatchObject({ code: 'unknown_batch' });
  });

  it.each(['cte', 'inventory'])('runs a correct copy of %s, waiting included', async (name) => {
    const inventory = name === 'cte' ? 'slots' : 'essays';
    const options = { strategy: custom(sqlFile(`strategies/${name}.sql`), inventory), advisoryLocks };
    const engine = db.engine(options, 3);
    const batchId = await newBatch(db, inventory, 1);
    await withForeign(db, async (foreign) => {
      await lockVacancies(foreign, inventory, batchId);
      const call = engine.assign(requestFor(batchId, 'content'));
      await untilLocked(db);
      await foreign.rollback();
      expect(await call).toMatchObject({ outcome: 'created' });
    });
    expect(await engine.assign(requestFor(batchId, 'content'))).toMatchObject({ outcome: 'reused' });
    expect(await engine.assign(requestFor(batchId, 'another'))).toEqual({ outcome: 'no_slot' });
  });

  drawn('a correct copy survives a storm', async (draw) => {
    const options = { strategy: custom(sqlFile('strategies/cte.sql')), advisoryLocks };
    const engines = [db.engine(options), db.engine(options)] as const;
    const slots = draw.integer(2, 9);
    const contents = slots + draw.integer(0, 9);
    const batchId = await newBatch(db, 'slots', slots);
    const calls = times(contents * draw.integer(2, 5), (position) =>
      draw.pick(engines).assign(requestFor(batchId, `content-${position % contents}`)),
    );
    const results = await Promise.all(calls);
    expect(results.filter((result) => result.outcome === 'created')).toHaveLength(slots);
    expect(await assignedEssays(db, batchId)).toHaveLength(slots);
    expect(await disagreements(db, batchId)).toEqual([]);
    expect(await eventsOf(db, batchId, ASSIGNED_EVENT)).toHaveLength(slots);
  });
});
