import type { PoolClient } from 'pg';
import { serverError } from '../../database/failure.js';
import type { DatabasePool } from '../../database/pool.js';
import { ignoreConnectionEvents, reasonOfLoss } from '../../database/session.js';
import { bindValues, type Statement } from '../../database/statement.js';
import { InfrastructureError } from '../../domain/errors.js';
import type { Witness } from '../../domain/run-result.js';
import type { BatchRecords } from '../../runs/foreign-batches.js';
import { slotIdText } from '../../target/answers.js';
import type { Host, Registered, Registration, RegistrationControl, Stored } from '../../target/host.js';
import { auditInTurn, AUDIT_TERMS } from '../audits.js';
import { PROMISES_ASSUMED } from '../own-schema.js';
import { watchStep, type StepLimits, type StepName, type StepSessions } from '../step.js';
import { toWitness } from '../witness.js';
import { checkStatements } from './check.js';
import type { SqlDefinition } from './file.js';

/** Contents that one statement makes, at most. */
const CONTENTS_PER_STATEMENT = 10_000;

type Row = Readonly<Record<string, unknown>>;

const WRITING = 'begin';
/** All that is read is of one moment. */
const READING = 'begin isolation level repeatable read';

/** A target of statements: its side of the database. Each of its statements runs in a transaction. */
export class SqlHost implements Host {
  /**
   * @param batches the record of them, in the target's database
   * @param pool of the target's database, as whoever connects there finds it
   * @param sessions those of the pool
   */
  constructor(
    private readonly batches: BatchRecords,
    private readonly pool: DatabasePool,
    private readonly sessions: StepSessions,
    private readonly definition: SqlDefinition,
    private readonly limits: StepLimits,
  ) {}

  /**
   * Makes the schema, where the file says how, and checks the statements there.
   *
   * @throws UsageError `invalid_target` for a statement that the server refuses, or that returns other columns
   * @throws InfrastructureError `target_failed` for a setup that the server refuses, `target_hung` when it takes too long
   */
  async setup(): Promise<void> {
    const { setup } = this.definition;
    if (setup !== undefined) await this.#transaction(WRITING, 'setup', (client) => client.query(setup));
    await this.#onConnection('check', (client) => checkStatements(client, this.definition));
  }

  async register(registration: Registration, control: RegistrationControl = {}): Promise<Registered> {
    const { groups, strategy, command, records } = registration;
    await this.batches.record(strategy, groups, records, command);
    const slotIds = new Map<string, Set<string>>();
    const refs = new Map<string, unknown>();
    let slotsSoFar = 0;
    await this.#transaction(WRITING, 'register', async (client) => {
      for (const { batchIds, slots, contentIdsOf } of groups) {
        for (const [position, batchId] of batchIds.entries()) {
          await this.#makeContents(client, contentIdsOf(position));
          const rows = await run(client, this.definition.register, {
            batch_id: batchId,
            slots: String(slots),
          });
          note(rows, batchId, { slotIds, refs });
          control.onProgress?.((slotsSoFar += slots));
        }
      }
    });
    const notes = this.definition.promisesAssumed ? [PROMISES_ASSUMED] : [];
    notes.push(...this.batches.notes);
    return { notes, slotIds: slotIds.size > 0 ? slotIds : undefined, refs };
  }

  async read(batchIds: readonly string[]): Promise<Stored> {
    const { assignments: statement, places, audits } = this.definition;
    let assignments: Stored['assignments'];
    const audited = await auditInTurn(Object.keys(audits), (found) =>
      this.#transaction(READING, 'assignments', async (client, enter) => {
        const rows = statement && (await run(client, statement, { batch_ids: batchIds }));
        assignments = rows?.map((row) => toAssignment(row, places));
        enter('audits');
        for (const [name, audit] of Object.entries(audits)) {
          const witnesses = (await run(client, audit, { batch_ids: batchIds })).map(toNamedWitness);
          found.push({ name, ...AUDIT_TERMS, rows: witnesses });
        }
      }),
    );
    if (audited.failure && statement && assignments === undefined) throw audited.failure;
    return { assignments, ...audited };
  }

  countOf(): Promise<Readonly<Record<string, number>>> {
    return Promise.resolve({});
  }

  async remove(runIds: readonly string[]): Promise<void> {
    await this.batches.remove(runIds, (batchIds) => this.#remove(batchIds), false);
  }

  removeIdle(runIds: readonly string[]): Promise<readonly string[]> {
    return this.batches.remove(runIds, (batchIds) => this.#remove(batchIds), true);
  }

  async #remove(batchIds: readonly string[]): Promise<void> {
    const { remove } = this.definition;
    if (!remove) throw new Error('a target that has no remove was asked to');
    await this.#transaction(WRITING, 'remove', (client) => run(client, remove, { batch_ids: batchIds }));
  }

  async #makeContents(client: PoolClient, contentIds: readonly string[]): Promise<void> {
    const { contents } = this.definition;
    if (contents === undefined) return;
    for (let first = 0; first < contentIds.length; first += CONTENTS_PER_STATEMENT) {
      await run(client, contents, { content_ids: contentIds.slice(first, first + CONTENTS_PER_STATEMENT) });
    }
  }

  /**
   * @throws InfrastructureError `target_failed` for what the server refused, `target_hung` for what took too long, with the
   *   file's name
   */
  async #transaction<T>(
    begin: typeof WRITING | typeof READING,
    first: StepName,
    work: (client: PoolClient, enter: (what: StepName) => void) => Promise<T>,
  ): Promise<T> {
    let what: StepName = first;
    try {
      return await this.#onConnection(first, (client, watch) =>
        committed(client, begin, () =>
          work(client, (next) => {
            what = next;
            watch(next);
          }),
        ),
      );
    } catch (error) {
      const sent = serverError(error);
      if (sent === undefined) throw error;
      const where = `target file ${JSON.stringify(this.definition.path)}: ${what}`;
      throw new InfrastructureError('target_failed', `${where} failed: ${sent.message} (${sent.code})`, {
        cause: error,
      });
    }
  }

  /**
   * What takes too long is ended on the server before anybody is told: nothing of it happens afterwards.
   *
   * @param work is given what begins the next step's time
   */
  async #onConnection<T>(
    first: StepName,
    work: (client: PoolClient, watch: (what: StepName) => void) => Promise<T>,
  ): Promise<T> {
    const client = await this.pool.connect();
    ignoreConnectionEvents(client);
    let isOver = false;
    let endWatch = () => undefined as void;
    let giveUp: (reason: unknown) => void = () => undefined;
    const over = new Promise<never>((_, reject) => (giveUp = reject));
    const watch = (what: StepName) => {
      endWatch();
      endWatch = watchStep(this.limits, { path: this.definition.path, what }, (reason) => {
        isOver = true;
        void this.sessions.end().then(() => giveUp(reason));
      });
    };
    watch(first);
    try {
      const done = await Promise.race([over, isOver ? over : work(client, watch)]);
      // What ends its sessions must not meet those of the next step.
      return isOver ? await over : done;
    } catch (error) {
      if (isOver) await over;
      throw reasonOfLoss(client, error);
    } finally {
      endWatch();
      client.release(isOver);
    }
  }
}

/** Does work in one transaction: all of it or nothing. */
async function committed<T>(client: PoolClient, begin: string, work: () => Promise<T>): Promise<T> {
  await client.query(begin);
  try {
    const done = await work();
    await client.query('commit');
    return done;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function run(
  client: PoolClient,
  statement: Statement,
  values: Readonly<Record<string, unknown>>,
): Promise<Row[]> {
  const { rows } = await client.query<Row>(statement.text, bindValues<unknown>(statement, values));
  return rows;
}

/** What `register` returned of a batch: a row for each slot, a `ref` for all of them. */
function note(
  rows: readonly Row[],
  batchId: string,
  { slotIds, refs }: { slotIds: Map<string, Set<string>>; refs: Map<string, unknown> },
): void {
  const ids = rows.flatMap((row) => slotIdText(row['slot_id']) ?? []);
  if (ids.length > 0) slotIds.set(batchId, new Set(ids));
  const ref = rows.find((row) => row['ref'] !== undefined && row['ref'] !== null)?.['ref'];
  if (ref !== undefined) refs.set(batchId, ref);
}

/** By which columns a row of an audit names what it is about, and how the oracles call them. */
const NAMES: Readonly<Record<string, string>> = {
  batch_id: 'batchId',
  slot_id: 'slotId',
  content_id: 'contentId',
};

function toNamedWitness(row: Row): Witness {
  return toWitness(
    Object.fromEntries(Object.entries(row).map(([column, value]) => [NAMES[column] ?? column, value])),
  );
}

function toAssignment(row: Row, places: SqlDefinition['places']) {
  const slotId = places === 'counted' ? null : textIn(row, 'slot_id');
  return { batchId: textIn(row, 'batch_id'), slotId, contentId: textIn(row, 'content_id'), callId: null };
}

function textIn(row: Row, column: string): string {
  const text = slotIdText(row[column]);
  if (text !== undefined) return text;
  const columns = Object.keys(row).join(', ');
  throw new InfrastructureError(
    'target_failed',
    `assignments returned no ${column} (columns: ${columns}); accepted: batch_id, slot_id (where named), content_id`,
  );
}
