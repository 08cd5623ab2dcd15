import { beforeAll, describe, expect, it } from 'vitest';
import { withConnectionString } from '#els/database/address.js';
import { createPool, type DatabasePool } from '#els/database/pool.js';
import { openSession, Session } from '#els/database/session.js';
import { toStatement, type Statement } from '#els/database/statement.js';
import { CUT_OFF } from '#els/domain/call.js';
import type { Proof } from '#els/domain/proof.js';
import { configurations } from '#els/prove/configuration.js';
import { newProofId, PROOF_CONNECTIONS, proveSubject } from '#els/prove/prove.js';
import type { ProofInstance, ProofSubject } from '#els/prove/subject.js';
import type { StoredAssignment } from '#els/target/host.js';
import { useDatabase } from '../support/database.js';
import { violated } from './support.js';

// A table that is not the tool's, and a claim that is not the engine's: what is proven is behind ProofSubject alone.

const db = useDatabase();
beforeAll(() => db.query('create table seats (run_id text, batch_id text, seat text, content_id text)'));

const ADD = toStatement(
  'seats/add',
  `insert into seats (run_id, batch_id, seat) select :run_id, batch_id, batch_id || '/' || number
   from unnest(:batch_ids::text[]) as batch_id, generate_series(1, :slots::integer) as number`,
);
const REMOVE = toStatement('seats/remove', 'delete from seats where run_id = any(:run_ids::text[])');
const HOLD = toStatement(
  'seats/hold',
  'select 1 from seats where batch_id = :batch_id and content_id is null for no key update',
);
const READ = `select batch_id as "batchId", seat as "slotId", content_id as "contentId", null as "callId"
  from seats where batch_id = any($1) and content_id is not null`;

/** @param lock of the seat that is chosen */
function seats(lock: string): ProofSubject {
  const claim = toStatement(
    'seats/claim',
    `update seats set content_id = :content_id where seat = (
       select seat from seats where batch_id = :batch_id and content_id is null order by seat limit 1 ${lock}
     ) returning seat`,
  );
  return {
    ...{ name: 'seats', advisoryLocks: false, schema: db.schema, holdFreeSlots: HOLD },
    terms: {
      ...{ target: { name: 'seats' }, promises: { idempotent: false, truthfulNoSlot: false } },
      ...{ places: 'named', told: true },
    },
    roundTrips: { independent: [], whole: [], looks: [] },
    open: (pool) => claimsWith(claim, pool),
    async register(client, { runId, batchIds, slots }) {
      await client.query(ADD.text, [runId, batchIds, slots]);
    },
    async remove(client, runIds) {
      await client.query(REMOVE.text, [runIds]);
    },
    async read(client, batchIds) {
      const { rows } = await client.query<StoredAssignment>(READ, [batchIds]);
      return { assignments: rows, audits: [] };
    },
    registration: (runId, batchId, slots) => [
      { statement: ADD, values: { run_id: runId, batch_ids: `{${batchId}}`, slots: String(slots) } },
    ],
    removal: (runId) => [{ statement: REMOVE, values: { run_ids: `{${runId}}` } }],
    mostPreemptions: () => Infinity,
  };
}

function claimsWith(claim: Statement, pool: DatabasePool): ProofInstance {
  let opened: Promise<void> | undefined;
  return {
    async assign({ batchId, contentId }) {
      const client = await pool.connect();
      opened ??= openSession(client, { schema: db.schema, lockTimeoutMs: 0 }, [claim]);
      await opened;
      const values = { batch_id: batchId, content_id: contentId };
      const [row] = await new Session(client, { roundTrips: 0 }).run(claim, values);
      client.release();
      const answered = { ...CUT_OFF, mayHaveHappened: false };
      if (row === undefined) return { ...answered, outcome: 'no_slot' };
      return { ...answered, outcome: 'created', slotId: row[0] ?? '' };
    },
    settle: () => Promise.resolve(),
  };
}

async function proveSeats(lock: string): Promise<Proof> {
  const address = withConnectionString('--database-url', db.url);
  const pool = createPool(address, { connections: PROOF_CONNECTIONS, applicationName: 'prove seats' });
  try {
    return await proveSubject(pool, {
      ...{ subject: seats(lock), runId: newProofId(), maxSchedules: 500, mostPreemptions: () => Infinity },
      configurations: configurations(2).filter(({ name }) => name === 'two contents, two slots'),
      ...{ stop: new AbortController().signal, onProgress: () => undefined },
    });
  } finally {
    await pool.end();
  }
}

describe('a subject on tables of its own', () => {
  it('is proven where it locks the slot that it takes', async () => {
    const proof = await proveSeats('for update skip locked');
    expect(proof, JSON.stringify(proof.counterexample)).toMatchObject({
      verdict: 'valid',
      strategy: 'seats',
    });
    expect(proof.schedules).toBeGreaterThan(2);
    expect(await db.query('select seat from seats')).toEqual([]);
  });

  it('is violated where it does not, and the script has its own statements', async () => {
    const proof = await proveSeats('');
    expect(proof.verdict).toBe('invalid');
    expect(violated(proof)).toContain('one-content-per-slot');
    const script = JSON.stringify(proof.counterexample);
    expect(script).toContain('seats/add');
    expect(script).toContain('seats/claim');
    expect(script).toContain('seats/remove');
    expect(script).not.toMatch(/essay|tracker/);
    expect(await db.query('select seat from seats')).toEqual([]);
  });
});
