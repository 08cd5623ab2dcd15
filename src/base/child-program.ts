import { fork, type ChildProcess } from 'node:child_process';
import { childEnvironment } from './child-environment.js';

/** The descriptor of this process's standard error. */
const STDERR = 2;

const running = new Set<ChildProcess>();

/** How a child process ended. */
export interface Departure {
  /** Whether it was started at all. */
  readonly ran: boolean;
  /** E.g. `exited with code 1`, for the end of a sentence that begins with the process. */
  readonly how: string;
}

/**
 * A program of this package in a process of its own, spoken to by messages over a private channel. It keeps this
 * process's standard error, which takes its standard output too, and, without what names a database, its environment; it ends
 * with this process.
 */
export class ChildProgram<Message extends object> {
  /** Undefined where it could not be started. */
  readonly pid: number | undefined;
  /** Resolves when the process is gone and all that it said was heard, or when it could not be started. */
  readonly gone: Promise<Departure>;
  readonly #child: ChildProcess;

  /**
   * @param path of the program
   * @param hear takes each message that it sends: anything that can be cloned
   */
  constructor(path: string, hear: (message: unknown) => void) {
    this.#child = fork(path, {
      env: childEnvironment(process.env),
      // Those of this process may be for another program: --eval, --test, --inspect. NODE_OPTIONS holds for both.
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', STDERR, STDERR, 'ipc'],
    });
    this.pid = this.#child.pid;
    this.gone = departure(this.#child);
    remember(this.#child);
    this.#child.on('message', hear);
  }

  /** One that is gone hears nothing: whoever waits for it learns of that by `gone`. */
  send(message: Message): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** Closes the channel: the programs of this package leave when it closes. */
  dismiss(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  /** Sends a signal; one that has ended is no error. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#child.kill(signal);
  }
}

/** Kills every child program in whatever it is doing. */
export function killChildPrograms(): void {
  for (const child of running) child.kill('SIGKILL');
}

function remember(child: ChildProcess): void {
  running.add(child);
  const forget = () => running.delete(child);
  child.once('exit', forget);
  child.once('error', forget);
}

/** The channel may hold messages yet when the process has ended. */
function departure(child: ChildProcess): Promise<Departure> {
  const heard = new Promise((resolve) => child.once('disconnect', resolve));
  return new Promise((resolve) => {
    child.on('error', ({ message }) => resolve({ ran: false, how: `could not be started: ${message}` }));
    child.once('exit', (code, signal) => {
      const how = signal ? `was killed by ${signal}` : `exited with code ${code}`;
      void heard.then(() => resolve({ ran: true, how }));
    });
  });
}
