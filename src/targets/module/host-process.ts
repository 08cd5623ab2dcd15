import { ChildProgram } from '../../base/child-program.js';
import { STEP_MS } from '../step.js';
import { programPath } from '../../base/package-files.js';
import { quote } from '../../base/wording.js';
import { InfrastructureError, UsageError } from '../../domain/errors.js';
import {
  ANSWERS,
  HOST_PROTOCOL,
  readHostMessage,
  type Description,
  type FromHost,
  type HostAnswer,
  type HostCall,
  type ToHost,
} from './messages.js';

const PROGRAM = programPath('targets/module/host-program');

/** Longest that loading a file, or opening an instance to look at it, may take. */
const LOADING_MS = 30_000;

/** What waits for the next message. */
interface Waiting {
  readonly hear: (message: FromHost) => void;
  readonly fail: (error: Error) => void;
}

/** The process in which a target's file does what the coordinator asks of it. */
export class HostProcess {
  /** What the file says of its target. */
  readonly description: Description;
  readonly #link: Link;

  private constructor(link: Link, description: Description) {
    this.#link = link;
    this.description = description;
  }

  /**
   * Starts a host and loads a file in it.
   *
   * @param path of the file
   * @param connectionString of the target's database; undefined: the file is only described
   * @throws UsageError `invalid_target` for a file that is none
   * @throws InfrastructureError `target_failed` or `target_hung`
   */
  static async start(path: string, connectionString?: string): Promise<HostProcess> {
    const link = new Link(path);
    try {
      const message = await link.ask(
        { type: 'load', version: HOST_PROTOCOL, path, connectionString },
        'to load it',
        LOADING_MS,
      );
      if (message.type !== 'described') throw link.misconduct();
      return new HostProcess(link, message.description);
    } catch (error) {
      link.kill();
      throw error;
    }
  }

  /**
   * Has the target do something.
   *
   * @throws UsageError for what shows that the file is wrong, InfrastructureError `target_failed` for what its code threw,
   *   `target_hung` when it did not answer in time: the process is gone then
   */
  async ask<What extends HostCall['what']>(call: HostCall & { what: What }): Promise<HostAnswer<What>> {
    const timeoutMs = call.what === 'check' ? LOADING_MS : STEP_MS;
    const message = await this.#link.ask({ type: 'call', ...call }, call.what, timeoutMs);
    const { success, data } = ANSWERS[call.what].safeParse(
      message.type === 'answer' ? message.value : undefined,
    );
    if (!success) throw this.#link.misconduct();
    return data as HostAnswer<What>;
  }

  /** Ends the process; resolves when it is gone. */
  async close(): Promise<void> {
    this.#link.kill();
    await this.#link.gone;
  }
}

/** One question after the other, each with its deadline. */
class Link {
  /** Resolves when the process is. */
  readonly gone: Promise<unknown>;
  readonly #path: string;
  readonly #child: ChildProgram<ToHost>;
  #waiting: Waiting | undefined;
  #departed: string | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#child = new ChildProgram(PROGRAM, (given) => this.#hear(given));
    this.gone = this.#child.gone;
    void this.#child.gone.then(({ how }) => {
      this.#departed = how;
      this.#waiting?.fail(this.#failure('target_failed', `the process that ran it ${how}`));
    });
  }

  async ask(message: ToHost, what: string, timeoutMs: number): Promise<FromHost> {
    if (this.#departed !== undefined) {
      throw this.#failure('target_failed', `the process that ran it ${this.#departed}`);
    }
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<FromHost>((resolve, reject) => {
        this.#waiting = { hear: (heard) => this.#settle(heard, what, resolve, reject), fail: reject };
        timer = setTimeout(() => {
          this.kill();
          const late = `${what} did not answer within ${timeoutMs / 1_000} s; it was ended`;
          reject(this.#failure('target_hung', late));
        }, timeoutMs);
        this.#child.send(message);
      });
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  misconduct(): Error {
    this.kill();
    return this.#failure('target_failed', 'the process that ran it sent what is no answer');
  }

  kill(): void {
    this.#child.kill();
  }

  #hear(given: unknown): void {
    const message = readHostMessage(given);
    if (message === undefined) this.#waiting?.fail(this.misconduct());
    else this.#waiting?.hear(message);
  }

  #settle(
    message: FromHost,
    what: string,
    resolve: (message: FromHost) => void,
    reject: (error: Error) => void,
  ): void {
    if (message.type !== 'failed') resolve(message);
    else if (message.kind === 'usage')
      reject(new UsageError('invalid_target', this.#withFile(message.message)));
    else {
      const how = message.kind === 'exit' ? message.message : `${what} failed: ${message.message}`;
      reject(this.#failure('target_failed', how));
    }
  }

  #failure(code: string, how: string): InfrastructureError {
    return new InfrastructureError(code, this.#withFile(how));
  }

  #withFile(text: string): string {
    return text.startsWith('target file ') ? text : `target file ${quote(this.#path)}: ${text}`;
  }
}
