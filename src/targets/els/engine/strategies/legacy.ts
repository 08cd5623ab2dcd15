import type { Session } from '../../../../database/session.js';
import type { BindValues } from '../../../../database/statement.js';
import { loadStatement } from '../statement.js';
import type { Answer, CallMemory, Strategy } from '../strategy.js';

const FIND_TRACKER = loadStatement('strategies/legacy/find-tracker');
const FIND_ASSIGNMENT = loadStatement('strategies/legacy/find-assignment');
const CLAIM_SLOT = loadStatement('strategies/legacy/claim-slot');
const FIND_VACANCY = loadStatement('strategies/legacy/find-vacancy');
const BEGIN = loadStatement('strategies/legacy/begin');
const READ_ESSAY = loadStatement('strategies/legacy/read-essay');
const UPSERT_ESSAY = loadStatement('strategies/legacy/upsert-essay');
const INSERT_EVENT = loadStatement('strategies/legacy/insert-event');
const COMMIT = loadStatement('strategies/legacy/commit');
const ROLLBACK = loadStatement('strategies/legacy/rollback');
const LOCK = loadStatement('strategies/legacy/lock');
const UNLOCK = loadStatement('strategies/legacy/unlock');

const STATEMENTS = [
  FIND_TRACKER,
  FIND_ASSIGNMENT,
  CLAIM_SLOT,
  FIND_VACANCY,
  BEGIN,
  READ_ESSAY,
  UPSERT_ESSAY,
  INSERT_EVENT,
  COMMIT,
  ROLLBACK,
];

/**
 * Today's path, one round trip a step: look the tracker up, look for an existing assignment, claim a slot in a
 * transaction of its own, then write essay and event in a second transaction (begin, read, upsert, event,
 * commit). With advisory locks the session holds a lock around both transactions: two round trips more.
 */
export function legacyStrategy(advisoryLocks: boolean): Strategy {
  return {
    inventory: 'slots',
    statements: advisoryLocks ? [...STATEMENTS, LOCK, UNLOCK] : STATEMENTS,
    startsAtLowWater: false,
    looksAfterEachCall: true,
    commitsTwice: true,
    keepsSessionLock: advisoryLocks,
    attempt: advisoryLocks ? attemptLocked : attempt,
  };
}

async function attemptLocked(session: Session, binds: BindValues, memory: CallMemory): Promise<Answer> {
  await session.run(LOCK, binds);
  try {
    return await attempt(session, binds, memory);
  } finally {
    // How the attempt ended is what counts. A lock that could not be let go of ends with its session.
    await session.run(UNLOCK, binds).catch(() => session.discard());
  }
}

async function attempt(session: Session, binds: BindValues, memory: CallMemory): Promise<Answer> {
  const [tracker] = await session.run(FIND_TRACKER, binds);
  if (tracker === undefined) return { outcome: 'unknown_batch' };
  if (tracker[1] === 'switching') return { outcome: 'contended' };
  if (tracker[1] !== 'slots') return { outcome: 'inventory_mismatch' };
  const slotBinds = { ...binds, tracker_id: tracker[0] ?? null };

  const [existing] = await session.run(FIND_ASSIGNMENT, slotBinds);
  if (existing?.[0] && existing[0] === memory.claimedEssayId) return create(session, binds, existing[0]);
  if (existing?.[0]) return reuse(session, binds, existing[0]);

  const [claimed] = await session.run(CLAIM_SLOT, slotBinds);
  if (claimed?.[0]) {
    memory.claimedEssayId = claimed[0];
    return create(session, binds, claimed[0]);
  }
  return explainNoClaim(session, slotBinds);
}

/** The second transaction of the call that claimed the slot. */
async function create(session: Session, binds: BindValues, essayId: string): Promise<Answer> {
  await writeEssay(session, { ...binds, essay_id: essayId, repair: 'f' });
  return { outcome: 'created', essayId };
}

/** A duplicate finds its essay written, unless the first delivery died between its two transactions. */
async function reuse(session: Session, binds: BindValues, essayId: string): Promise<Answer> {
  const essayBinds = { ...binds, essay_id: essayId, repair: 't' };
  const [essay] = await session.run(READ_ESSAY, essayBinds);
  if (!essay?.[0]) await writeEssay(session, essayBinds);
  return { outcome: 'reused', essayId };
}

/** Zero rows claimed may mean that rivals hold the last slots and roll back yet. */
async function explainNoClaim(session: Session, binds: BindValues): Promise<Answer> {
  const [vacancy] = await session.run(FIND_VACANCY, binds);
  if (vacancy?.[0]) return reuse(session, binds, vacancy[0]);
  return { outcome: vacancy?.[1] ? 'contended' : 'no_slot' };
}

async function writeEssay(session: Session, binds: BindValues): Promise<void> {
  await session.begin(BEGIN);
  try {
    await writeEssayAndEvent(session, binds);
    await session.end(COMMIT);
  } catch (error) {
    // A connection that is lost has undone everything; why it was lost is what counts.
    await session.end(ROLLBACK).catch(() => undefined);
    throw error;
  }
}

async function writeEssayAndEvent(session: Session, binds: BindValues): Promise<void> {
  const [essay] = await session.run(READ_ESSAY, binds);
  if (essay?.[0]) return;
  const written = await session.run(UPSERT_ESSAY, binds);
  if (written.length > 0) await session.run(INSERT_EVENT, binds);
}
