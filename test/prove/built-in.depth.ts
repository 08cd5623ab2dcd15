import { describe, expect, it } from 'vitest';
import { VARIANTS } from '../engine/support/variants.js';
import { useDatabase } from '../support/database.js';
import { findings, proveHere } from './support.js';

// Each schedule has one preemption at the most; the command line runs the full size.

const db = useDatabase();

describe('a built-in strategy', () => {
  for (const { name, strategy, advisoryLocks } of VARIANTS) {
    it(`is proven: ${name}`, async () => {
      const proof = await proveHere(
        db,
        { kind: 'built-in', name: strategy },
        { advisoryLocks, preemptions: 1 },
      );
      expect(proof, JSON.stringify(proof.counterexample)).toMatchObject({ verdict: 'valid', notes: [] });
      expect(proof.configurations).toHaveLength(11);
      for (const { schedules } of proof.configurations) expect(schedules).toBeGreaterThan(2);
    });
  }

  it('has the same schedules with the same ends each time, and leaves nothing behind', async () => {
    const choice = { preemptions: 1 };
    const [first, second] = [
      await proveHere(db, { kind: 'built-in', name: 'inventory' }, choice),
      await proveHere(db, { kind: 'built-in', name: 'inventory' }, choice),
    ];
    expect(findings(first)).toEqual(findings(second));
    expect(await db.query('select batch_id from batch_essay_trackers')).toEqual([]);
    expect(await db.query('select id from event_outbox')).toEqual([]);
    expect(
      await db.query('select pid from pg_stat_activity where application_name like $1', [
        'els-assign proof-%',
      ]),
    ).toEqual([]);
  });
});
