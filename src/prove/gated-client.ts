import type { ClientBase, Connection, PoolClient } from 'pg';
import { databaseFailure } from '../database/failure.js';
import type { DatabasePool } from '../database/pool.js';
import { Pipeline, type Row, type Step } from '../database/protocol.js';
import { loadStatement, type Statement } from '../database/statement.js';
import { toReply, type Part } from './part.js';
import { isWhole } from './round-trips.js';
import { Abandoned } from './turnstile.js';

const BEGIN = loadStatement('database/begin');
const COMMIT = loadStatement('prove/commit');
const ROLLBACK = loadStatement('database/rollback');
const WROTE = loadStatement('prove/wrote');

/** Statements to prepare on the connection of a gated client. */
export const GATE_STATEMENTS = [BEGIN, COMMIT, ROLLBACK, WROTE];

/**
 * A real connection whose every round trip waits until the scheduler lets it through.
 *
 * A round trip outside a transaction is cut where PostgreSQL itself lets others in between: its execution is one
 * step, its commit another. Where it wrote and locked nothing, nobody can tell the two apart, and they are one.
 */
export class GatedClient {
  #part: Part | undefined;
  #isInTransaction = false;

  /** @param client in no transaction */
  constructor(private readonly client: PoolClient) {
    // As ReadyForQuery says it (PostgreSQL manual, 55.7); node-postgres tells since 8.21 alone.
    const { connection } = client as PoolClient & { readonly connection: Connection };
    connection.on('readyForQuery', ({ status }: { readonly status: string }) => {
      this.#isInTransaction = status !== 'I';
    });
  }

  /** Takes part in a schedule; every later round trip belongs to it. */
  takePart(part: Part): void {
    this.#part = part;
  }

  /**
   * A pool of one connection, given out again also after the engine gave it up. Who asks for it while it is in use
   * waits: an engine's own timer may look for completion while a call still stands before a step.
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
    const part = this.#currentPart();
    await this.#pass(part, steps);
    if (this.#isInTransaction || isWhole(steps, part.looksAreWhole)) return this.#send(part, steps);
    const { rows, wrote } = await this.#execute(part, steps);
    if (wrote) await this.#pass(part, []);
    await (wrote ? this.#end(part) : this.#finish(part, COMMIT));
    return rows;
  }

  /** What is not a round trip of an engine's call, such as setting the session up, passes freely. */
  #query(query: unknown, values?: unknown[]): unknown {
    if (query instanceof Pipeline) return { done: this.perform(query.steps) };
    return (this.client as ClientBase).query(query as string, values);
  }

  #currentPart(): Part {
    if (this.#part === undefined) throw new Error('the session takes no part in a schedule');
    return this.#part;
  }

  async #pass(part: Part, steps: readonly Step[]): Promise<void> {
    part.next = steps;
    await part.turnstile.pass();
  }

  /** Opens a transaction, runs the steps in it, and asks whether they wrote: one round trip. */
  async #execute(part: Part, steps: readonly Step[]): Promise<{ rows: Row[]; wrote: boolean }> {
    const begun = [toStep(BEGIN), ...steps];
    part.record?.sent.push(...begun);
    const pipeline = pipelineOf([...begun, toStep(WROTE)]);
    try {
      const [answer] = await this.client.query(pipeline).done;
      const rows = [...(pipeline.earlierRows.at(-1) ?? [])];
      note(part, toReply(rows));
      return { rows, wrote: answer?.[0] === 't' };
    } catch (error) {
      note(part, toComplaint(error));
      if (databaseFailure(error)?.kind !== 'connection') await this.#finish(part, ROLLBACK);
      throw error;
    }
  }

  async #end(part: Part): Promise<void> {
    const ending = part.ended ? 'commit' : part.ending;
    part.ended = true;
    const rollsBack = ending === 'rollback' || ending === 'lost before commit';
    await this.#finish(part, rollsBack ? ROLLBACK : COMMIT);
    if (ending === 'commit') return;
    throw ending === 'rollback' ? new Abandoned() : new Error('Connection terminated unexpectedly');
  }

  async #send(part: Part, steps: readonly Step[]): Promise<Row[]> {
    part.record?.sent.push(...steps);
    try {
      const rows = await this.client.query(pipelineOf(steps)).done;
      note(part, toReply(rows));
      return rows;
    } catch (error) {
      note(part, toComplaint(error));
      throw error;
    }
  }

  async #finish(part: Part, statement: Statement): Promise<void> {
    part.record?.sent.push(toStep(statement));
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

function note({ record }: Part, reply: string | null): void {
  if (record) record.reply = reply;
}

function toComplaint(error: unknown): string {
  return `ERROR: ${error instanceof Error ? error.message : String(error)}`;
}
