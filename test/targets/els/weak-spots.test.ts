import { expect, it } from 'vitest';
import { loadStatement } from '#els/database/statement.js';
import type { HalfWay, WeakSpots } from '#els/target/weak-spots.js';
import { BUILT_IN_STRATEGIES } from '#els/targets/els/engine/assignment.js';
import { elsTarget } from '#els/targets/els/target.js';

/** What the tool gives each statement a value for. */
const BINDS: Readonly<Record<keyof WeakSpots | keyof HalfWay, readonly string[]>> = {
  countAssigned: ['batch_ids'],
  holdContent: ['batch_id', 'content_id'],
  lockFreeSlots: ['batch_ids'],
  betweenTransactions: [],
  beforeCompletion: [],
  lock: ['batch_ids'],
  left: ['batch_ids'],
  audit: [],
};

function statementsOf(spots: WeakSpots): (readonly [string, string])[] {
  return Object.entries(spots as Readonly<Record<string, string | HalfWay>>).flatMap(([spot, found]) =>
    typeof found === 'string'
      ? [[spot, found] as const]
      : [['lock', found.lock] as const, ['left', found.left] as const],
  );
}

it.each(BUILT_IN_STRATEGIES)('every statement of %s asks for what faults give it alone', (name) => {
  const { weakSpots } = elsTarget({ strategy: { kind: 'built-in', name }, advisoryLocks: false });
  const statements = statementsOf(weakSpots);
  expect(statements.length).toBe(name === 'legacy' ? 7 : 5);
  for (const [spot, statement] of statements) {
    const { binds } = loadStatement(statement);
    expect(binds.toSorted(), statement).toEqual(BINDS[spot as keyof typeof BINDS]);
  }
});
