import type { ClientBase, PoolClient } from 'pg';
import { databaseFailure } from '../database/failure.js';
import type { DatabasePool } from '../database/pool.js';
import { Pipeline, type Row, type Step } from '../database/protocol.js';
import { loadStatement } from '../database/statement.js';
import { toReply, type Part } from './part.js';
import { isWhole } from './round-trips.js';
import { Abandoned } from './turnstile.js';

const BEGIN = loadStatement('prove/begin');
const COMMIT = loadStatement('prove/commit');
const ROLLBACK = loadStatement('prove/rollback');
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

  constructor(private readonly client: PoolClient) {}

  /** Takes part in a schedule; every later round trip belongs to it. */
  takePart(part: Part): void {
    this.#part = part;
  }

  /** The only connection of an engine: given out again and again, also after the engine gave it up. */
  asPool(): DatabasePool {
    const lent = {
      query: (query: unknown, values?: unknown[]) => this.#query(query, values),
      on: (event: string, listener: () => void) => this.client.on(event as 'end', listener),
      release: () => undefined,
    };
    return { connect: () => Promise.resolve(lent) } as unknown as DatabasePool;
  }

  /** Runs prepared statements when the scheduler says so. */
  async perform(steps: readonly Step[]): Promise<Row[]> {
    const part = this.#currentPart();
    await this.#pass(part, steps);
    const isOpen = this.client.getTransactionStatus() !== 'I';
    if (isOpen || isWhole(steps, part.looksAreWhole)) return this.#send(part, steps);
    const rows = await this.#execute(part, steps);
    if (!(await this.#wrote())) {
      await this.#finish(part, COMMIT);
      return rows;
    }
    await this.#pass(part, []);
    await this.#end(part);
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

  async #execute(part: Part, steps: readonly Step[]): Promise<Row[]> {
    try {
      return await this.#send(part, [{ statement: BEGIN, values: {} }, ...steps]);
    } catch (error) {
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
    const { record } = part;
    record?.sent.push(...steps);
    try {
      const rows = await this.#run(steps);
      if (record) record.reply = toReply(rows);
      return rows;
    } catch (error) {
      if (record) record.reply = `ERROR: ${error instanceof Error ? error.message : String(error)}`;
      throw error;
    }
  }

  async #finish(part: Part, statement: typeof COMMIT): Promise<void> {
    part.record?.sent.push({ statement, values: {} });
    await this.#run([{ statement, values: {} }]);
  }

  async #wrote(): Promise<boolean> {
    const [row] = await this.#run([{ statement: WROTE, values: {} }]);
    return row?.[0] === 't';
  }

  /** Time stands still in a schedule: a wait for a lock ends when its holder ends, never by the clock. */
  #run(steps: readonly Step[]): Promise<Row[]> {
    const timeless = steps.map(({ statement, values }) =>
      'lock_timeout' in values
        ? { statement, values: { ...values, lock_timeout: '0' } }
        : { statement, values },
    );
    return this.client.query(new Pipeline(timeless)).done;
  }
}
