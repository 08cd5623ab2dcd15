import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunResult, Witness } from '#els/domain/run-result.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import { INVARIANTS } from '#els/verify/invariants.js';
import { useDatabase } from '../support/database.js';
import { burstFile, runJson, violated, type Printed } from './scenario-files.js';
import { IS_LONG, eachLongButFirst } from '../support/long.js';

// Custom strategies that leave one thing of the contract out: what no audit can see without it is not asked; what is
// demanded is named.

const db = useDatabase();
const files = useTemporaryFolder();

const CALLS = 6;

/** The built-in strategy with one of its parts replaced. */
function edited(name: 'cte' | 'inventory', edits: readonly (readonly [string, string])[]): string {
  let sql = readFileSync(new URL(`../../sql/strategies/${name}.sql`, import.meta.url), 'utf8');
  for (const [from, to] of edits) {
    if (!sql.includes(from)) throw new Error(`${name}.sql does not hold ${from}`);
    sql = sql.replaceAll(from, to);
  }
  return files.write('mine.sql', sql);
}

/** Runs each content twice under a strategy of one's own; of what was not asked, what audits were not. */
async function run(strategy: string): Promise<Printed & { readonly result: RunResult }> {
  const counts = { slots: CALLS, contents: CALLS, deliveries: 2, workers: 2, connections: 3 };
  const printed = await runJson(db, strategy, [await burstFile(files.path(''), 'burst', counts)]);
  const result = printed.runs[0]!;
  const ofAudits = result.notAsked.filter(
    ({ name }) => !INVARIANTS.some((invariant) => invariant.name === name),
  );
  return { ...printed, result: { ...result, notAsked: ofAudits } };
}

const EVENT_WITHOUT_CALL: [string, string] = [
  `'text_storage_id', :text_storage_id::text, 'correlation_id', :correlation_id::text)`,
  `'text_storage_id', :text_storage_id::text)`,
];

const DOCUMENTS_WITHOUT_CALL: [string, string] = [
  'processing_metadata = :processing_metadata::jsonb',
  `processing_metadata = :processing_metadata::jsonb - 'correlation_id'`,
];

const VERSION_NOT_RAISED: [string, string] = [', version = essay.version + 1', ''];

describe('is not asked what its evidence cannot show', () => {
  eachLongButFirst(['cte', 'inventory'])('%s whose event carries no correlation_id', async (name) => {
    const { code, verdict, result } = await run(edited(name, [EVENT_WITHOUT_CALL]));
    expect({ code, verdict, violated: violated(result) }).toEqual({
      code: 0,
      verdict: 'valid',
      violated: [],
    });
    expect(result.notAsked.map((each) => each.name)).toEqual(['duplicate-wrote-nothing']);
    expect(result.notAsked[0]?.reason).toBe(
      `of ${CALLS} of ${CALLS} assignments: who wrote the essay was not compared (` +
        `no event_outbox.event_data.correlation_id: ${CALLS}; its version alone was looked at)`,
    );
    expect(result.invariants.map((each) => each.name)).not.toContain('duplicate-wrote-nothing');
  });

  it('a strategy that raises no version', IS_LONG, async () => {
    const { verdict, result } = await run(edited('inventory', [VERSION_NOT_RAISED]));
    expect({ verdict, violated: violated(result) }).toEqual({ verdict: 'valid', violated: [] });
    expect(result.notAsked).toEqual([
      {
        name: 'duplicate-wrote-nothing',
        reason: `of ${CALLS} of ${CALLS} assignments: essay_states.version was not raised`,
      },
    ]);
    expect(result.invariants.map((each) => each.name)).toContain('duplicate-wrote-nothing');
  });

  it('one that raises none and whose event names no call', IS_LONG, async () => {
    const { verdict, result } = await run(edited('inventory', [EVENT_WITHOUT_CALL, VERSION_NOT_RAISED]));
    expect({ verdict, violated: violated(result) }).toEqual({ verdict: 'valid', violated: [] });
    expect(result.notAsked[0]?.reason).toContain(`essay_states.version was not raised: ${CALLS}`);
  });

  it('a built-in strategy is asked everything', async () => {
    const { verdict, result } = await run('cte');
    expect({ verdict, notAsked: result.notAsked }).toEqual({ verdict: 'valid', notAsked: [] });
  });

  it('one that writes no event', IS_LONG, async () => {
    const { result } = await run(
      edited('inventory', [['  from assigned\n)\nselect', '  from assigned where false\n)\nselect']]),
    );
    expect(violated(result)).toEqual(['one-event-per-assignment']);
    expect(result.notAsked.map((each) => each.name)).toEqual([
      'duplicate-wrote-nothing',
      'event-in-the-same-transaction',
    ]);
    for (const { reason } of result.notAsked)
      expect(reason).toContain(`of ${CALLS} of ${CALLS} assignments: `);
  });

  it('a duplicate that writes again is caught by its version all the same', IS_LONG, async () => {
    const again: [string, string] = [
      '), event as (',
      `), again as (
  update essay_states essay set version = essay.version + 1 from seen
  where essay.essay_id = seen.existing and fits
), event as (`,
    ];
    const { result } = await run(edited('inventory', [EVENT_WITHOUT_CALL, again]));
    const found = witnesses(result, 'duplicate-wrote-nothing');
    expect(found[0]).toMatchObject({
      field: 'essay_states.version',
      expected: '2, as the creating call wrote it',
    });
  });
});

function witnesses(result: RunResult, name: string): readonly Witness[] {
  const found = result.invariants.find((each) => each.name === name && !each.passed);
  return found?.witnesses ?? [];
}

describe('names the field', () => {
  eachLongButFirst([
    ['event_data.batch_id', "'batch_id', :batch_id::text, 'essay_id'", "'essay_id'"],
    ['event_data.essay_id', "'essay_id', essay_id,", ''],
    ['event_data.text_storage_id', "'text_storage_id', :text_storage_id::text, ", ''],
    [
      'aggregate_type',
      "select essay_id, 'essay', 'essay.slot.assigned'",
      "select essay_id, 'Essay', 'essay.slot.assigned'",
    ],
    ['topic', "essay_id, 'essay.slot.assigned'\n", "essay_id, 'essays'\n"],
    ['event_key', "    essay_id, 'essay.slot.assigned'\n", "    :batch_id, 'essay.slot.assigned'\n"],
  ])('event_outbox.%s of an event', async (field, from, to) => {
    const { result } = await run(edited('inventory', [[from, to]]));
    expect(violated(result)).toEqual(['one-event-per-assignment']);
    const [witness] = witnesses(result, 'one-event-per-assignment');
    expect(witness).toMatchObject({ field: `event_outbox.${field}` });
    expect(witness?.['found']).not.toEqual(witness?.['expected']);
    expect(witness?.['expected']).not.toBeNull();
  });

  it('of an event that is missing, once and by the one call that should have written it', async () => {
    const { result } = await run(
      edited('inventory', [['  from assigned\n)\nselect', '  from assigned where false\n)\nselect']]),
    );
    const [witness] = witnesses(result, 'one-event-per-assignment');
    expect(witness).toMatchObject({ found: '0', expected: '1' });
    expect(String(witness?.['field'])).toContain('event_outbox.aggregate_id');
    const { timeline } = result.invariants.find(({ name }) => name === 'one-event-per-assignment')!;
    expect(timeline).toMatchObject([{ kind: 'call', outcome: 'created' }]);
  });

  eachLongButFirst(['file_upload_id', 'correlation_id'])('processing_metadata.%s', async (key) => {
    const without: [string, string] = [DOCUMENTS_WITHOUT_CALL[0], `${DOCUMENTS_WITHOUT_CALL[0]} - '${key}'`];
    const { result } = await run(edited('inventory', [without]));
    expect(violated(result)).toEqual(['documents-complete']);
    expect(witnesses(result, 'documents-complete')[0]).toMatchObject({
      field: `processing_metadata.${key}`,
      found: null,
      wrong_fields: 1,
    });
    const calls = result.notAsked.map((each) => each.name);
    expect(calls).toEqual(key === 'correlation_id' ? ['duplicate-wrote-nothing'] : []);
  });

  eachLongButFirst([
    [
      'storage_references = :storage_references::jsonb',
      `storage_references = '{}'`,
      'storage_references.original_essay',
    ],
    [
      'timeline = :timeline::jsonb',
      `timeline = '{"ready_for_processing": 7}'`,
      'timeline.ready_for_processing',
    ],
  ])('%s', async (from, to, field) => {
    const { result } = await run(edited('inventory', [[from, to]]));
    expect(witnesses(result, 'documents-complete')[0]).toMatchObject({ field });
  });

  eachLongButFirst([
    ['original_file_name', 'original_file_name = :original_file_name, ', ''],
    ['assigned_at', ', assigned_at = now()', ''],
  ])('slot_assignments.%s', async (field, from, to) => {
    const { result } = await run(edited('cte', [[from, to]]));
    expect(witnesses(result, 'documents-complete')[0]).toMatchObject({ field: `slot_assignments.${field}` });
  });

  it('essay_states.current_status', async () => {
    const status = "set current_status = 'ready_for_processing', processing";
    const { result } = await run(edited('inventory', [[status, 'set processing']]));
    expect(witnesses(result, 'nothing-half-assigned')[0]).toMatchObject({
      field: 'essay_states.current_status',
      found: 'uploaded',
      expected: 'ready_for_processing',
    });
  });
});
