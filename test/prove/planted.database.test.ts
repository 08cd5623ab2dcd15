import { beforeAll, describe, expect, it } from 'vitest';
import { configurations } from '#els/prove/configuration.js';
import { createPool, type DatabasePool } from '#els/database/pool.js';
import { openSession, Session } from '#els/database/session.js';
import type { Statement } from '#els/database/statement.js';
import { loadStatement } from '#els/targets/els/engine/statement.js';
import { withConnectionString } from '#els/database/address.js';
import type { Proof } from '#els/domain/proof.js';
import { newProofId, PROOF_CONNECTIONS, proveSubject } from '#els/prove/prove.js';
import type { ProofInstance, ProofSubject } from '#els/prove/subject.js';
import { CUT_OFF } from '#els/domain/call.js';
import { toRequest } from '#els/targets/els/call-end.js';
import { assignmentBinds } from '#els/targets/els/engine/documents.js';
import { elsProofSubject } from '#els/targets/els/proof-subject.js';
import { custom, edited, sqlFile } from '../engine/support/custom.js';
import { useDatabase, type TestDatabase } from '../support/database.js';
import { pitfall, proveHere, violated } from './support.js';
import { IS_LONG } from '../support/long.js';

// Each of these passes when its callers come one after the other: only an interleaving shows the mistake. A prover
// that ignored its verdicts, or never interleaved, would fail here.

const CTE = sqlFile('strategies/cte.sql');

describe('a bug that only concurrency shows is found', () => {
  const db = useDatabase();

  it('a claim without a lock: the second claimer overwrites the first', async () => {
    const proof = await proveHere(db, custom(edited(CTE, '  for no key update skip locked\n', '')));
    expectViolated(proof, ['one-created-per-content']);
    expect(proof.counterexample).toMatchObject({ configuration: 'same content, one slot', preemptions: 1 });
  });

  it('and is not found where no session is ever stopped: it is the interleavings that show it', async () => {
    const unlocked = custom(edited(CTE, '  for no key update skip locked\n', ''));
    expect((await proveHere(db, unlocked, { preemptions: 0 })).verdict).toBe('valid');
  });

  it('zero rows taken for no_slot while a rival holds the last slot', async () => {
    const proof = await proveHere(db, pitfall('5-false-exhaustion'));
    expectViolated(proof, ['no-false-no-slot']);
    expect(proof.counterexample?.steps.length).toBeLessThanOrEqual(6);
  });

  it('a lock on the tracker that makes rivals skip every slot', async () => {
    expectViolated(await proveHere(db, pitfall('2-locks-tracker')), ['no-false-no-slot']);
  });

  it('a lost idempotency key: the duplicate fails for ever, and is not waited for', async () => {
    const sound = 'and text_storage_id = :text_storage_id\n    ) as existing';
    const strategy = custom(edited(CTE, sound, `and false ${sound}`));
    const subject = elsProofSubject({ strategy, advisoryLocks: false }, db.schema);
    expectViolated(await proveAlone(db, subject, 'same content, two slots'), ['every-call-ends']);
  });

  it('an overwriting duplicate', async () => {
    expectViolated(await proveHere(db, pitfall('3-overwrites')), ['duplicate-wrote-nothing']);
  });
});

describe('without the unique indexes on contents', IS_LONG, () => {
  const db = useDatabase();
  beforeAll(async () => {
    await db.query('drop index slot_assignments_content');
    await db.query('drop index essay_states_content');
  });

  it('an advisory lock inside the claim itself is worthless', async () => {
    const lock = 'pg_advisory_xact_lock(hashtextextended(:text_storage_id, 0)) is not null';
    const sql = edited(
      CTE,
      'where batch_id = :batch_id\n), claimed',
      `where batch_id = :batch_id and ${lock}\n), claimed`,
    );
    expectViolated(await proveHere(db, custom(sql)), ['one-created-per-content']);
  });

  it('the claim without advisory locks gives one content two slots, and with them it does not', async () => {
    const cte = { kind: 'built-in', name: 'cte' } as const;
    expectViolated(await proveHere(db, cte), ['one-created-per-content']);
    const locked = await proveHere(db, cte, { advisoryLocks: true, preemptions: 1 });
    expect(locked.counterexample).toBeUndefined();
    expect(locked.verdict).toBe('valid');
  });
});

describe('an engine', () => {
  const db = useDatabase();

  it('that looks for completion inside the transaction of the claim leaves a full batch open', async () => {
    const subject = claimsInOneTransaction(db.schema, [CLAIM, LOOK]);
    const proof = await proveAlone(db, subject, 'two contents, two slots');
    expectViolated(proof, ['one-completion-per-full-batch']);
    expect(proof.counterexample?.preemptions).toBe(1);
  });

  it('that never looks is found without any interleaving', async () => {
    const subject = claimsInOneTransaction(db.schema, [CLAIM]);
    const proof = await proveAlone(db, subject, 'two contents, two slots');
    expectViolated(proof, ['one-completion-per-full-batch']);
    expect(proof.counterexample?.preemptions).toBe(0);
  });
});

function expectViolated(proof: Proof, invariants: readonly string[]): void {
  expect(proof.verdict, JSON.stringify(proof.notes)).toBe('invalid');
  expect(violated(proof)).toEqual(expect.arrayContaining([...invariants]));
}

/** One configuration, with a subject of the test's own. */
async function proveAlone(db: TestDatabase, subject: ProofSubject, configuration: string): Promise<Proof> {
  const address = withConnectionString('--database-url', db.url);
  const pool = createPool(address, { connections: PROOF_CONNECTIONS, applicationName: 'prove engine' });
  try {
    return await proveSubject(pool, {
      subject,
      configurations: configurations(2).filter(({ name }) => name === configuration),
      ...{ runId: newProofId(), maxSchedules: 500, mostPreemptions: () => 2 },
      ...{ stop: new AbortController().signal, onProgress: () => undefined },
    });
  } finally {
    await pool.end();
  }
}

const BEGIN = loadStatement('strategies/legacy/begin');
const COMMIT = loadStatement('strategies/legacy/commit');
const CLAIM = loadStatement('strategies/cte');
const LOOK = loadStatement('completion/look');

/** Every statement in one transaction: two last claims do not see each other. */
function claimsInOneTransaction(
  schema: string,
  statements: readonly [Statement, ...Statement[]],
): ProofSubject {
  const open = (pool: DatabasePool): ProofInstance => {
    let opened: Promise<void> | undefined;
    return {
      assign: async (request) => {
        const client = await pool.connect();
        opened ??= openSession(client, { schema, lockTimeoutMs: 0 }, [BEGIN, ...statements, COMMIT]);
        await opened;
        const session = new Session(client, { roundTrips: 0 });
        const values = assignmentBinds(toRequest(request), new Date());
        await session.run(BEGIN, values);
        const [row] = await session.run(statements[0], values);
        for (const statement of statements.slice(1)) await session.run(statement, values);
        await session.run(COMMIT, values);
        client.release();
        return { ...CUT_OFF, outcome: 'created', slotId: row?.[0] ?? '', mayHaveHappened: false };
      },
      settle: () => Promise.resolve(),
    };
  };
  const cte = { kind: 'built-in', name: 'cte' } as const;
  return { ...elsProofSubject({ strategy: cte, advisoryLocks: false }, schema), open };
}
