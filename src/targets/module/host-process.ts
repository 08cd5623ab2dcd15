import { ChildProgram } from '../../base/child-program.js';
import { programPath } from '../../base/package-files.js';
import { quote } from '../../base/wording.js';
import { InfrastructureError, UsageError } from '../../domain/errors.js';
import { watchStep, type Step, type StepLimits, type StepName, type StepSessions } from '../step.js';
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

/** What waits for the next message. */
interface Waiting {
  readonly hear: (message: FromHost) => void;
  readonly fail: (reason: unknown) => void;
}

/** A file of code that a host runs. */
export interface HostedFile {
  readonly path: string;
  /** Of the target's database; undefined: the file is only described. */
  readonly connectionString?: string | undefined;
  /** Those that the connection string opens. */
  readonly sessions?: Pick<StepSessions, 'end'> | undefined;
  readonly limits?: StepLimits | undefined;
}

/** The process in which a target's file does what the coordinator asks of it. */
export class HostProcess {
  private constructor(
    private readonly file: HostedFile,
    private link: Link,
    /** What the file says of its target. */
    readonly description: Description,
  ) {}

  /**
   * Starts a host and loads a file in it.
   *
   * @throws UsageError `invalid_target` for a file that is none
   * @throws InfrastructureError `target_failed` or `target_hung`, and the reason of a stop
   */
  static async start(file: HostedFile): Promise<HostProcess> {
    const { link, description } = await load(file);
    return new HostProcess(file, link, description);
  }

  /**
   * Has the target do something: in a new process where the one before is gone.
   *
   * @throws UsageError for what shows that the file is wrong, InfrastructureError `target_failed` for what its code threw,
   *   `target_hung` when it did not answer in time, and the reason of a stop: the process is gone then
   */
  async ask<What extends HostCall['what']>(call: HostCall & { what: What }): Promise<HostAnswer<What>> {
    if (this.link.isGone) {
      await this.link.ended();
      this.link = await loadAgain(this.file, call.what);
    }
    const message = await this.link.ask({ type: 'call', ...call }, { what: call.what });
    const { success, data } = ANSWERS[call.what].safeParse(
      message.type === 'answer' ? message.value : undefined,
    );
    if (!success) throw await this.link.misconduct();
    return data as HostAnswer<What>;
  }

  /** Ends the process; resolves when it is gone. */
  async close(): Promise<void> {
    this.link.kill();
    await this.link.gone;
  }
}

/**
 * A file that was right before and is none any more has changed meanwhile.
 *
 * @param within the step that it is done for
 * @throws InfrastructureError `target_failed`
 */
async function loadAgain(file: HostedFile, within: StepName): Promise<Link> {
  try {
    return (await load(file, within)).link;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new InfrastructureError('target_failed', error.message, { cause: error });
  }
}

/** @param within the step that it is done for */
async function load(file: HostedFile, within?: StepName): Promise<{ link: Link; description: Description }> {
  const { path, connectionString } = file;
  const link = new Link(file);
  try {
    const message = await link.ask(
      { type: 'load', version: HOST_PROTOCOL, path, connectionString },
      { what: 'loading', within },
    );
    if (message.type !== 'described') throw await link.misconduct();
    return { link, description: message.description };
  } catch (error) {
    link.kill();
    throw error;
  }
}

/** One question after the other, each with its deadline. */
class Link {
  /** Resolves when the process is. */
  readonly gone: ChildProgram<ToHost>['gone'];
  readonly #file: HostedFile;
  readonly #child: ChildProgram<ToHost>;
  #waiting: Waiting | undefined;
  #isGone = false;
  #ending: Promise<void> | undefined;
  /** Why it ended by itself while nobody waited. */
  #untold: Error | undefined;

  constructor(file: HostedFile) {
    this.#file = file;
    this.#child = new ChildProgram(PROGRAM, (given) => this.#hear(given));
    this.gone = this.#child.gone;
    void this.gone.then(({ how }) =>
      this.#giveUp(this.#failure('target_failed', `the process that ran it ${how}`)),
    );
  }

  /** Whether the process is gone or ends: it answers nothing more. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /**
   * Resolves when a process that ends is gone, and what it was at on the server.
   *
   * @throws InfrastructureError `target_failed` where it ended by itself and nobody was told yet
   */
  async ended(): Promise<void> {
    await this.#end();
    const untold = this.#untold;
    this.#untold = undefined;
    if (untold !== undefined) throw untold;
  }

  /** @throws InfrastructureError and UsageError as `HostProcess.ask` */
  async ask(message: ToHost, step: Pick<Step, 'what' | 'within'>): Promise<FromHost> {
    if (this.#isGone) {
      await this.ended();
      throw this.#failure('target_failed', 'the process that ran it has ended');
    }
    const { path, limits = {} } = this.#file;
    let endWatch = () => undefined as void;
    try {
      return await new Promise<FromHost>((resolve, reject) => {
        this.#waiting = { hear: (heard) => this.#settle(heard, step.what, resolve, reject), fail: reject };
        endWatch = watchStep(limits, { path, ...step }, (reason) => void this.#giveUp(reason));
        this.#child.send(message);
      });
    } finally {
      endWatch();
    }
  }

  /** Ends it, for what it answered is no answer. */
  async misconduct(): Promise<Error> {
    await this.#end();
    return this.#misconduct();
  }

  kill(): void {
    void this.#end();
  }

  /** Whoever waits is told why when nothing of what they wait for can happen any more; the next one where nobody waits. */
  async #giveUp(reason: unknown, fail = this.#takeWaiting()?.fail): Promise<void> {
    if (fail === undefined && !this.#isGone && reason instanceof Error) this.#untold = reason;
    await this.#end();
    fail?.(reason);
  }

  /** The process, and what it is at on the server. */
  #end(): Promise<void> {
    this.#isGone = true;
    this.#ending ??= this.#endBoth();
    return this.#ending;
  }

  async #endBoth(): Promise<void> {
    this.#child.kill();
    await this.gone;
    await this.#file.sessions?.end();
  }

  #takeWaiting(): Waiting | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }

  #hear(given: unknown): void {
    const message = readHostMessage(given);
    const waiting = this.#takeWaiting();
    if (waiting !== undefined) {
      if (message === undefined) void this.#giveUp(this.#misconduct(), waiting.fail);
      else waiting.hear(message);
    } else if (message?.type === 'failed' && message.kind === 'exit') {
      void this.#giveUp(this.#failure('target_failed', message.message));
    }
  }

  #misconduct(): Error {
    return this.#failure('target_failed', 'the process that ran it sent what is no answer');
  }

  #settle(
    message: FromHost,
    what: StepName,
    resolve: (message: FromHost) => void,
    reject: (reason: unknown) => void,
  ): void {
    if (message.type !== 'failed') resolve(message);
    else if (message.kind === 'usage')
      reject(new UsageError('invalid_target', this.#withFile(message.message)));
    else if (message.kind === 'exit')
      void this.#giveUp(this.#failure('target_failed', message.message), reject);
    else reject(this.#failure('target_failed', `${what} failed: ${message.message}`));
  }

  #failure(code: string, how: string): InfrastructureError {
    return new InfrastructureError(code, this.#withFile(how));
  }

  #withFile(text: string): string {
    return text.startsWith('target file ') ? text : `target file ${quote(this.#file.path)}: ${text}`;
  }
}
