import type { ClientBase, Connection, PoolClient } from 'pg';
import { databaseFailure } from '../database/failure.js';
import type { DatabasePool } from '../database/pool.js';
import { Pipeline, type Row, type Step } from '../database/protocol.js';
import { loadStatement, type Statement } from '../database/statement.js';
import { toReply, type SessionState } from './session-state.js';
import { isWhole } from './round-trips.js';
import { Abandoned } from './scheduling-point.js';
import type { RoundTrips } from './subject.js';

const BEGIN = loadStatement('database/begin');
const COMMIT = loadStatement('prove/commit');
const ROLLBACK = loadStatement('database/rollback');
const WROTE = loadStatement('prove/wrote');

/** Statements to prepare on the connection of a scheduled client. */
export const CLIENT_STATEMENTS = [BEGIN, COMMIT, ROLLBACK, WROTE];

/**
 * A real connection whose every round trip waits until the scheduler lets it through.
 *
 * A round trip outside a transaction is cut where PostgreSQL itself lets others in between: its execution is one
 * step, its commit another. Where it wrote and locked nothing, nobody can tell the two apart, and they are one.
 */
export class ScheduledClient {
  #state: SessionState | undefined;
  #isInTransaction = false;

  /** @param client in no transaction */
  constructor(
    private readonly client: PoolClient,
    private readonly roundTrips: RoundTrips,
  ) {
    // As ReadyForQuery says it (PostgreSQL manual, 55.7); node-postgres tells since 8.21 alone.
    const { connection } = client as PoolClient & { readonly connection: Connection };
    connection.on('readyForQuery', ({ status }: { readonly status: string }) => {
      this.#isInTransaction = status !== 'I';
    });
  }

  /** Makes every later round trip one of this session in its schedule. */
  attach(state: SessionState): void {
    this.#state = state;
  }

  /**
   * A pool of one connection, given out again also after the instance gave it up. Who asks for it while it is in use
   * waits: an instance's own timer may look for completion while a call still stands before a step.
   */
  asPool(): DatabasePool {
    const waiting: (() => void)[] = [];
    let inUse = false;
    const lent = {
      query: (query: unknown, values?: unknown[]) => this.#query(query, values),
      on: (event: string, listener: () => void) => this.client.on(event as 'end', listener),
      release: () => {
        const next = waiting.shift();
        if (next) next();
        else inUse = false;
      },
    };
    const connect = async () => {
      if (inUse) await new Promise<void>((resolve) => waiting.push(resolve));
      inUse = true;
      return lent;
    };
    // It connects before it is a pool, so that it has no events.
    return { connect, on: () => undefined } as unknown as DatabasePool;
  }

  /** Runs prepared statements when the scheduler says so. */
  async perform(steps: readonly Step[]): Promise<Row[]> {
    const state = this.#currentState();
    await this.#pass(state, steps);
    if (this.#isInTransaction || isWhole(steps, this.roundTrips, state.looksAreWhole))
      return this.#send(state, steps);
    const { rows, wrote } = await this.#execute(state, steps);
    if (wrote) await this.#pass(state, []);
    await (wrote ? this.#end(state) : this.#finish(state, COMMIT));
    return rows;
  }

  /** What is not a round trip of a call, such as setting the session up, passes freely. */
  #query(query: unknown, values?: unknown[]): unknown {
    if (query instanceof Pipeline) return { done: this.perform(query.steps) };
    return (this.client as ClientBase).query(query as string, values);
  }

  #currentState(): SessionState {
    if (this.#state === undefined) throw new Error('the session takes no part in a schedule');
    return this.#state;
  }

  async #pass(state: SessionState, steps: readonly Step[]): Promise<void> {
    state.next = steps;
    await state.schedulingPoint.pass();
  }

  /** Opens a transaction, runs the steps in it, and asks whether they wrote: one round trip. */
  async #execute(state: SessionState, steps: readonly Step[]): Promise<{ rows: Row[]; wrote: boolean }> {
    const begun = [toStep(BEGIN), ...steps];
    state.record?.sent.push(...begun);
    const pipeline = pipelineOf([...begun, toStep(WROTE)]);
    try {
      const [answer] = await this.client.query(pipeline).done;
      const rows = [...(pipeline.earlierRows.at(-1) ?? [])];
      note(state, toReply(rows));
      return { rows, wrote: answer?.[0] === 't' };
    } catch (error) {
      note(state, toComplaint(error));
      if (databaseFailure(error)?.kind !== 'connection') await this.#finish(state, ROLLBACK);
      throw error;
    }
  }

  async #end(state: SessionState): Promise<void> {
    const ending = state.ended ? 'commit' : state.ending;
    state.ended = true;
    const rollsBack = ending === 'rollback' || ending === 'lost before commit';
    await this.#finish(state, rollsBack ? ROLLBACK : COMMIT);
    if (ending === 'commit') return;
    throw ending === 'rollback' ? new Abandoned() : new Error('Connection terminated unexpectedly');
  }

  async #send(state: SessionState, steps: readonly Step[]): Promise<Row[]> {
    state.record?.sent.push(...steps);
    try {
      const rows = await this.client.query(pipelineOf(steps)).done;
      note(state, toReply(rows));
      return rows;
    } catch (error) {
      note(state, toComplaint(error));
      throw error;
    }
  }

  async #finish(state: SessionState, statement: Statement): Promise<void> {
    state.record?.sent.push(toStep(statement));
    await this.client.query(pipelineOf([toStep(statement)])).done;
  }
}

function toStep(statement: Statement): Step {
  return { statement, values: {} };
}

/** Time stands still in a schedule: a wait for a lock ends when its holder ends, never by the clock. */
function pipelineOf(steps: readonly Step[]): Pipeline {
  return new Pipeline(
    steps.map(({ statement, values }) =>
      'lock_timeout' in values
        ? { statement, values: { ...values, lock_timeout: '0' } }
        : { statement, values },
    ),
  );
}

function note({ record }: SessionState, reply: string | null): void {
  if (record) record.reply = reply;
}

function toComplaint(error: unknown): string {
  return `ERROR: ${error instanceof Error ? error.message : String(error)}`;
}
