import { describe, expect, it } from 'vitest';
import type { AssignmentRequest } from '#els/targets/els/engine/assignment.js';
import type { StrategySpec } from '#els/targets/els/engine/strategy.js';
import { requestFor, useDatabase } from '../support/database.js';
import { newBatch } from './support/variants.js';

// What TypeScript refuses, and JavaScript passes on.

const db = useDatabase();

const INVALID = { name: 'AssignmentError', code: 'invalid_request', correlationId: '' };

describe('the strategy', () => {
  it.each([
    'cte',
    null,
    {},
    { kind: 'built-in' },
    { kind: 'built-in', name: 'fast' },
    { kind: 'custom', name: 'mine.sql' },
  ])('may not be %j', (given) => {
    const make = () => db.engine({ strategy: given as StrategySpec });
    const named = expect.stringContaining(JSON.stringify(given)) as string;
    expect(make).toThrow(
      expect.objectContaining({ name: 'UsageError', code: 'invalid_strategy', message: named }),
    );
    expect(make).toThrow(`{ kind: 'built-in', name: 'legacy' | 'cte' | 'inventory' }`);
  });
});

describe('a request', () => {
  const nothing: unknown[] = [null, undefined, 'content'];

  it.each(nothing)('of assign may not be %j', async (given) => {
    await expect(db.engine().assign(given as AssignmentRequest)).rejects.toMatchObject(INVALID);
  });

  it('of assignMany is rejected alone', async () => {
    const engine = db.engine({ strategy: { kind: 'built-in', name: 'cte' } });
    const good = requestFor(await newBatch(db, 'slots', 1), 'content');
    const results = await engine.assignMany([...(nothing as AssignmentRequest[]), good]);
    const refused = { status: 'rejected', reason: INVALID };
    expect(results).toMatchObject([refused, refused, refused, { status: 'fulfilled' }]);
  });

  it.each([undefined, null, {}])('list may not be %j', async (given) => {
    const engine = db.engine({ strategy: { kind: 'built-in', name: 'cte' } });
    await expect(engine.assignMany(given as AssignmentRequest[])).rejects.toMatchObject(INVALID);
  });
});
