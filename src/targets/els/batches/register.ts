import type { ClientBase } from 'pg';
import { complaintAboutText } from '../../../base/text.js';
import { atomically } from '../../../database/atomic.js';
import { copyRows } from '../../../database/copy.js';
import { databaseFailure, isUnable } from '../../../database/failure.js';
import { transaction } from '../../../database/session.js';
import { bindValues, loadStatement } from '../../../database/statement.js';
import type { RegistrationControl } from '../../../target/host.js';
import type { Inventory } from '../engine/assignment.js';
import { UsageError } from '../../../domain/errors.js';

/** Batches of equal size to be registered together. */
export interface BatchRegistration {
  /** By which they are found and removed again. */
  readonly runId: string;
  /** Who will fill them, for the record. */
  readonly strategy: string;
  /** The table that they will be filled through. */
  readonly inventory: Inventory;
  /** Their names: none registered yet, 1 to 255 characters each. */
  readonly batchIds: readonly string[];
  /** Slots of each batch. */
  readonly slots: number;
}

const REGISTER = loadStatement('batches/register');
const COPY_SLOTS = loadStatement('batches/copy-slots');
const COPY_ESSAYS = loadStatement('batches/copy-essays');
const ANALYZE = loadStatement('batches/analyze');
const DELETE_RUNS = loadStatement('batches/delete-runs');

/** Slots that are sent together; between two pieces progress is told, and the registration may be stopped. */
const PIECE_SLOTS = 10_000;

/**
 * Registers batches: one tracker row, N available slots and N uploaded essays each. All or nothing, in a transaction
 * of its own or inside the client's.
 *
 * @throws UsageError `invalid_registration` for what cannot be a batch, before anything is sent; `batch_exists` for a batch
 *   whose id is taken, or the id of an essay of it
 */
export async function registerBatches(
  client: ClientBase,
  registration: BatchRegistration,
  control: RegistrationControl = {},
): Promise<void> {
  checkRegistration(registration);
  try {
    await atomically(client, async () => {
      const trackers = await addTrackers(client, registration);
      await addSlots(client, inPieces(slotsOf(trackers, registration.slots)), control);
    });
  } catch (error) {
    throw explainTaken(error, registration);
  }
}

/** The number of an essay has seven digits. */
const MAX_SLOTS = 9_999_999;

const INVENTORIES: readonly Inventory[] = ['slots', 'essays'];

/**
 * Checks a registration before anything is sent.
 *
 * @throws UsageError `invalid_registration` that names the field
 */
function checkRegistration(registration: BatchRegistration): void {
  const { runId, strategy, inventory, batchIds, slots } = registration;
  checkText('runId', runId);
  checkText('strategy', strategy);
  if (!INVENTORIES.includes(inventory)) {
    throw refusal('inventory must be "slots" or "essays"');
  }
  if (!Array.isArray(batchIds)) throw refusal('batchIds must be an array');
  for (const [position, batchId] of (batchIds as readonly unknown[]).entries())
    checkText(`batchIds[${position}]`, batchId);
  const again = batchIds.findIndex((batchId, position) => batchIds.indexOf(batchId) !== position);
  if (again >= 0) throw refusal(`batchIds[${again}] is ${JSON.stringify(batchIds[again])} once more`);
  if (!Number.isInteger(slots) || slots < 1 || slots > MAX_SLOTS) {
    throw refusal(`slots must be a whole number from 1 to ${MAX_SLOTS}`);
  }
}

function checkText(field: string, value: unknown): void {
  const complaint = complaintAboutText(value, 1);
  if (complaint !== undefined) throw refusal(`${field} ${complaint}`);
}

function refusal(message: string): UsageError {
  return new UsageError('invalid_registration', message);
}

const UNIQUE_VIOLATION = '23505';

/** Rows of a batch may be there without its tracker. */
function explainTaken(error: unknown, { batchIds }: BatchRegistration): unknown {
  const failure = databaseFailure(error);
  if (failure?.sqlState !== UNIQUE_VIOLATION) return error;
  const { table, detail } = error as { readonly table?: string; readonly detail?: string };
  const which = batchIds.length === 1 ? `batch ${JSON.stringify(batchIds[0])}` : 'one of these batches';
  return new UsageError(
    'batch_exists',
    `${which} is not registered, but ${table ?? 'a table'} holds a row of it${detail ? ` (${detail})` : ''}; ` +
      'accepted: an id that nothing is left of',
    { cause: error },
  );
}

interface Tracker {
  readonly id: string;
  readonly batchId: string;
}

async function addTrackers(client: ClientBase, registration: BatchRegistration): Promise<Tracker[]> {
  const { runId, strategy, inventory, batchIds, slots } = registration;
  const values: Record<string, unknown> = { run_id: runId, strategy, inventory, batch_ids: batchIds, slots };
  const { rows } = await client.query<Tracker>(REGISTER.text, bindValues(REGISTER, values));
  const added = new Set(rows.map(({ batchId }) => batchId));
  const taken = batchIds.filter((batchId) => !added.has(batchId));
  if (taken.length > 0) throw batchExists(taken);
  return rows;
}

function batchExists([first, ...more]: readonly string[]): UsageError {
  const others = more.length > 0 ? ` (and ${more.length} more)` : '';
  const message = `batch ${JSON.stringify(first)}${others} exists already; accepted: an id that no batch of the schema has`;
  return new UsageError('batch_exists', message);
}

/** A free slot and its essay, which is uploaded. */
interface Slot extends Tracker {
  readonly essayId: string;
}

function* slotsOf(trackers: readonly Tracker[], slots: number): Generator<Slot, void, undefined> {
  for (const tracker of trackers) {
    for (let number = 1; number <= slots; number++) {
      yield { ...tracker, essayId: essayIdOf(tracker.batchId, number) };
    }
  }
}

/** In collation "C" the ids of a batch sort as they are numbered: all have seven digits. */
function essayIdOf(batchId: string, number: number): string {
  return `${batchId}-e${String(number).padStart(7, '0')}`;
}

function* inPieces(slots: Iterable<Slot>): Generator<readonly Slot[], void, undefined> {
  let piece: Slot[] = [];
  for (const slot of slots) {
    piece.push(slot);
    if (piece.length < PIECE_SLOTS) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

async function addSlots(
  client: ClientBase,
  pieces: Iterable<readonly Slot[]>,
  { onProgress, signal }: RegistrationControl,
): Promise<void> {
  let added = 0;
  for (const piece of pieces) {
    signal?.throwIfAborted();
    await copyRows(
      client,
      COPY_SLOTS,
      piece.map(({ id, essayId }) => [id, essayId]),
    );
    await copyRows(
      client,
      COPY_ESSAYS,
      piece.map(({ essayId, batchId }) => [essayId, batchId]),
    );
    added += piece.length;
    onProgress?.(added);
  }
}

/** Whether the planner has fresh statistics of all tables: not where the role may not make them, or others hold one. */
export type Analysis = 'done' | 'forbidden' | 'locked';

/** SQLSTATE of a warning without a code of its own: of a table that the role may not ANALYZE. */
const WARNING = '01000';

/** Gives the planner fresh statistics of the tool's tables; waits for another's VACUUM up to the lock timeout. */
export async function analyzeTables(client: ClientBase): Promise<Analysis> {
  let analysis: Analysis = 'done';
  const onNotice = ({ code }: { code: string | undefined }) => {
    if (code === WARNING) analysis = 'forbidden';
  };
  client.on('notice', onNotice);
  try {
    await atomically(client, () => client.query(ANALYZE.text));
    return analysis;
  } catch (error) {
    if (databaseFailure(error)?.kind === 'lock_timeout') return 'locked';
    throw error;
  } finally {
    client.off('notice', onNotice);
  }
}

/**
 * Removes what runs registered in a schema and everything that was written about it. All or nothing.
 *
 * @param mayDelete asked in the transaction before anything is deleted; nothing is where it says no
 */
export async function deleteRuns(
  client: ClientBase,
  schema: string,
  runIds: readonly string[],
  mayDelete = () => Promise.resolve(true),
): Promise<void> {
  const deleted = await transaction(client, async () => {
    if (!(await mayDelete())) return false;
    await client.query(DELETE_RUNS.text, bindValues(DELETE_RUNS, { run_ids: runIds }));
    return true;
  });
  if (deleted) await vacuum(client, schema);
}

/**
 * Where the disk is full, VACUUM may have no room for its own maps, and a timeout may end it: then autovacuum does it
 * some day. The rows are gone, so only a mistake counts.
 */
async function vacuum(client: ClientBase, schema: string): Promise<void> {
  try {
    await client.query(loadStatement('batches/vacuum', { schema }).text);
  } catch (error) {
    const failure = databaseFailure(error);
    const isMistake = failure === undefined || (failure.kind === 'statement' && !isUnable(failure));
    if (isMistake) throw error;
  }
}
