import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import { useDatabase } from '../support/database.js';
import { burstFile, runJson, type Printed } from './scenario-files.js';
import { IS_LONG, eachLongButFirst } from '../support/long.js';

// Custom strategies that answer what the contract does not allow, or nothing: the report says what they did.

const db = useDatabase();
const files = useTemporaryFolder();

const CALLS = 6;

/** Runs a burst under a strategy whose statement is this. */
async function runAnswering(select: string, more: readonly string[] = []): Promise<Printed['runs'][0]> {
  const counts = { slots: CALLS, contents: CALLS, deliveries: 1, workers: 2, connections: 3 };
  const scenario = await burstFile(files.path(''), 'burst', counts);
  const strategy = files.write('answers.sql', `-- inventory: slots\n${select}\n`);
  const { runs } = await runJson(db, strategy, [scenario], more);
  return runs[0]!;
}

describe('a strategy that breaks the contract is told what it did', () => {
  eachLongButFirst([
    [
      `select '' as essay_id, 'banana' as outcome`,
      'the outcome "banana" is none of created, reused, contended, no_slot',
    ],
    [`select '' as essay_id, '' as outcome where false`, 'the statement returned 0 rows; it must return one'],
    [`select null::text as essay_id, 'created' as outcome`, 'the statement said created without an essay_id'],
  ])('%s', async (select, message) => {
    const run = await runAnswering(select);
    expect(run.errorsByCode).toEqual({ strategy_failed: CALLS });
    const told = run.notes.filter((note) => note.startsWith('the first strategy_failed: '));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(message);
  });

  it('on one line that is not too long', async () => {
    const run = await runAnswering(`select '' as essay_id, repeat('long' || chr(10), 9999) as outcome`);
    const told = run.notes.find((note) => note.startsWith('the first strategy_failed: '));
    expect(told).toMatch(/^.{100,250}…$/);
  });
});

it('calls that gave up waiting lost no reply', IS_LONG, async () => {
  const select = `select null::text as essay_id, 'contended' as outcome`;
  const run = await runAnswering(select, ['--timeout', '100ms']);
  expect(run.errorsByCode).toEqual({ contention_deadline: CALLS });
  expect(run.notes).toContain(`calls that gave up waiting: ${CALLS}; found in the database: 0`);
  expect(run.notes.join()).not.toContain('reply was lost');
});
