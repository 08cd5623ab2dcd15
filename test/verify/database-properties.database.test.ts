import fc from '../support/fast-check.js';
import { expect, it } from 'vitest';
import type { InvariantResult } from '#els/domain/run-result.js';
import type { Call } from '#els/domain/call.js';
import { BUILT_IN_TERMS } from '#els/domain/promises.js';
import { readStored } from '#els/targets/els/host.js';
import { verifyRun } from '#els/verify/verify-run.js';
import { useDatabase } from '../support/database.js';
import { corruptions, firstEssay, type Corruption } from './corruptions.js';
import { carryOut, smallRuns, type SmallRun } from './small-runs.js';
import { draws } from '../support/effort.js';

const db = useDatabase();
const engines = {
  slots: (['legacy', 'cte'] as const).map((name) => db.engine({ strategy: { kind: 'built-in', name } })),
  essays: [db.engine({ strategy: { kind: 'built-in', name: 'inventory' } })],
};

/**
 * Whoever spoils a row by hand writes it in a transaction of his own, so that the audit of transactions would name
 * every spoilt batch: it and what it alone reports are left out.
 */
const REWRITTEN = 'event-in-the-same-transaction';
const spoils = corruptions.filter(({ reported }) => !reported.includes(REWRITTEN));

/** Bounds the file, not what decides it. */
const TIME_LIMIT_MS = 15_000;

/** One batch of a run, what is done to it afterwards, and to which of its rows. */
interface Batch {
  readonly run: SmallRun;
  readonly corruption: Corruption | undefined;
  readonly row: number;
  readonly engine: number;
}

function batchesOf(slots: number): fc.Arbitrary<Batch[]> {
  const corruption = fc.option(fc.constantFrom(...spoils), { nil: undefined });
  const batch = corruption.chain((corruption) =>
    fc.record({
      run: smallRuns(slots, corruption?.left ?? 0),
      corruption: fc.constant(corruption),
      row: fc.nat(slots - 2),
      engine: fc.nat(1),
    }),
  );
  return fc.array(batch, { minLength: 1, maxLength: 4 });
}

/** What fast-check prints where a run was not as expected. */
function told({ run, corruption, row }: Batch): string {
  return `${run.deliveries.length} deliveries on ${run.slots} slots; row ${row}: ${corruption?.what ?? 'nothing'}`;
}

async function makeAndSpoil({ run, corruption, row, engine }: Batch): Promise<Made> {
  const kind = corruption?.inventory ?? 'slots';
  const chosen = engines[kind][engine % engines[kind].length];
  if (chosen === undefined) throw new Error(`no engine for ${kind}`);
  const made = await carryOut(db, chosen, kind, run);
  if (corruption !== undefined) {
    const essay = firstEssay
      .replace('min(essay_id)', 'essay_id')
      .replace(/\)$/, ` order by 1 offset ${row} limit 1)`);
    const { rowCount } = await db.pool.query(corruption.sql.replaceAll(firstEssay, essay), [made.batchId]);
    expect(rowCount, corruption.what).toBe(1);
  }
  return { ...made, reported: corruption?.reported ?? [] };
}

interface Made {
  readonly batchId: string;
  readonly calls: readonly Call[];
  readonly reported: readonly string[];
}

async function violations(made: readonly Made[], slots: number): Promise<InvariantResult[]> {
  const client = await db.pool.connect();
  try {
    const run = {
      ...{
        batchIds: made.map(({ batchId }) => batchId),
        slotsOf: () => slots,
        calls: made.flatMap(({ calls }) => calls),
      },
      ...{ terms: BUILT_IN_TERMS, startMicros: 0, faults: [], incomplete: [], durable: true },
    };
    const { invariants } = verifyRun(run, await readStored(client, run.batchIds, { rightAfterRun: false }));
    return invariants.filter(({ passed }) => !passed);
  } finally {
    client.release();
  }
}

/** The batches that an invariant's witnesses name; where some were cut off, each batch is asked about by itself. */
async function batchesNamed(
  { name, witnesses }: InvariantResult,
  made: readonly Made[],
  slots: number,
): Promise<Made[]> {
  if (!witnesses.some((witness) => 'furtherWitnesses' in witness)) {
    return made.filter(({ batchId }) => JSON.stringify(witnesses).includes(batchId));
  }
  const named: Made[] = [];
  for (const each of made) {
    const alone = await violations([each], slots);
    if (alone.some((invariant) => invariant.name === name)) named.push(each);
  }
  return named;
}

it('the database oracle reports what was spoilt, where it was spoilt, and nothing else', async () => {
  const runs = fc
    .integer({ min: 2, max: 5 })
    .chain((slots) => fc.record({ slots: fc.constant(slots), batches: batchesOf(slots) }));
  await fc.assert(
    fc.asyncProperty(runs, async ({ slots, batches }) => {
      const made: Made[] = [];
      for (const batch of batches) made.push(await makeAndSpoil(batch));
      const found = await violations(made, slots);
      const context = batches.map(told).join('\n');
      const expected = new Set(made.flatMap(({ reported }) => reported));
      expect(found.map(({ name }) => name).sort(), context).toEqual([...expected].sort());
      for (const invariant of found) {
        const { name } = invariant;
        const named = await batchesNamed(invariant, made, slots);
        expect(named, `${name}\n${context}`).toEqual(made.filter(({ reported }) => reported.includes(name)));
      }
    }),
    { numRuns: draws(20, 100), interruptAfterTimeLimit: TIME_LIMIT_MS },
  );
});
