import * as z from 'zod';
import { ChildProgram } from '../base/child-program.js';
import { programPath } from '../base/package-files.js';
import { withConnectionString, type ServerAddress } from '../database/address.js';
import { InfrastructureError } from '../domain/errors.js';
import type { Question, WireBackend } from './questions.js';

const PROGRAM = programPath('wire/program');
const ANSWER_WITHIN_MS = 30_000;

const count = z.number().int().min(0);
const openedPort = z.strictObject({ port: count.max(65_535), connectionString: z.string() });
const backends = z.array(z.strictObject({ pid: z.number().int(), busy: z.boolean() }));

/** A way to the server by the wire, for one worker or instance. */
export interface WirePort {
  /** On 127.0.0.1. */
  readonly port: number;
  /** With a password that is good for this port alone, and in no other process's hands. */
  readonly address: ServerAddress;
}

export interface WireOptions {
  /** What a round trip takes longer by the wire; may have fractions. */
  readonly rttMs: number;
}

/**
 * The tool's own proxy of PostgreSQL's protocol, in a process of its own: latency, lost replies, resets, and which backends serve
 * whom.
 */
export class Wire {
  readonly #questions: Questions;
  readonly #source: string;

  private constructor(questions: Questions, source: string) {
    this.#questions = questions;
    this.#source = source;
  }

  /**
   * Starts the wire.
   *
   * @param address the server behind it, which it logs in to for its clients
   * @param program another program than the wire's in tests
   * @throws InfrastructureError when its process dies, or does not answer
   */
  static async start(address: ServerAddress, { rttMs }: WireOptions, program = PROGRAM): Promise<Wire> {
    const questions = new Questions(program);
    const { source, connectionString } = address;
    await questions.ask({ type: 'start', source, connectionString, rttMs }, count);
    return new Wire(questions, source);
  }

  /** Rejects with an InfrastructureError when its process is gone; that is no end in order before `close`. */
  get died(): Promise<never> {
    return this.#questions.died;
  }

  /** Opens a port of its own for a client program. */
  async openPort(): Promise<WirePort> {
    const { port, connectionString } = await this.#questions.ask({ type: 'open-port' }, openedPort);
    return { port, address: withConnectionString(this.#source, connectionString) };
  }

  /**
   * From now on the next reply on each of today's connections is lost: all that answers one round trip, when the server has
   * carried it out; then the connection is reset. Returns how many connections there are.
   */
  loseNextReplies(): Promise<number> {
    return this.#questions.ask({ type: 'lose-next-replies' }, count);
  }

  /** What was not lost until now will not be. */
  async loseNoReplies(): Promise<void> {
    await this.#questions.ask({ type: 'lose-no-replies' }, count);
  }

  /** How many replies were lost since `loseNextReplies`. */
  repliesLost(): Promise<number> {
    return this.#questions.ask({ type: 'replies-lost' }, count);
  }

  /** Resets every connection with a round trip under way; returns how many there were. */
  resetBusyConnections(): Promise<number> {
    return this.#questions.ask({ type: 'reset-busy' }, count);
  }

  /** The backends that serve the connections of a port; those whose client has left and that have not noticed, too. */
  backends({ port }: Pick<WirePort, 'port'>): Promise<WireBackend[]> {
    return this.#questions.ask({ type: 'backends', port }, backends);
  }

  /** How many connections of a port lost their backend, or the server, under a round trip. */
  cutOff({ port }: Pick<WirePort, 'port'>): Promise<number> {
    return this.#questions.ask({ type: 'cut-off', port }, count);
  }

  /** How many round trips were answered, by a port or by all. */
  roundTrips(of?: Pick<WirePort, 'port'>): Promise<number> {
    return this.#questions.ask({ type: 'round-trips', port: of?.port }, count);
  }

  /** Ends the wire and every connection through it. */
  close(): Promise<void> {
    return this.#questions.close();
  }
}

/** Who waits for an answer. */
interface Waiting {
  readonly hear: (answer: unknown) => void;
  readonly fail: (error: InfrastructureError) => void;
}

/** What the wire's process is asked; it answers one question after the other. */
class Questions {
  readonly #child: ChildProgram<Question>;
  /** Rejects when the process has died. */
  readonly died: Promise<never>;
  /** In the order of their questions. */
  readonly #waiting: Waiting[] = [];
  #isDead = false;

  constructor(program: string) {
    this.#child = new ChildProgram(program, (answer) => this.#waiting.shift()?.hear(answer));
    this.died = this.#child.gone.then(() => {
      this.#isDead = true;
      for (const { fail } of this.#waiting.splice(0)) fail(died());
      throw died();
    });
    this.died.catch(() => undefined);
  }

  /** @throws InfrastructureError when it dies, does not answer, or not as it should; then it is killed */
  async ask<Value>(question: Question, value: z.ZodType<Value>): Promise<Value> {
    if (this.#isDead) throw died();
    let impatience: NodeJS.Timeout | undefined;
    const answered = new Promise<unknown>((resolve, reject) => {
      this.#waiting.push({ hear: resolve, fail: reject });
      impatience = setTimeout(resolve, ANSWER_WITHIN_MS);
      impatience.unref();
    });
    this.#child.send(question);
    const answer = await answered.finally(() => clearTimeout(impatience));
    const { success, data } = z.strictObject({ value }).safeParse(answer);
    if (success) return data.value;
    this.#child.kill();
    const problem = `the wire did not answer ${question.type}; it was killed`;
    throw new InfrastructureError('wire_misbehaved', problem);
  }

  async close(): Promise<void> {
    const impatience = setTimeout(() => this.#child.kill(), ANSWER_WITHIN_MS);
    this.#child.dismiss();
    await this.#child.gone;
    clearTimeout(impatience);
  }
}

function died(): InfrastructureError {
  return new InfrastructureError('wire_died', 'the wire between workers and server died');
}
