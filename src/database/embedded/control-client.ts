import { connect } from 'node:net';
import type { Claim } from './claim.js';
import { lineReader } from './lines.js';
import { OTHERS_STAY, RESTART, type Answer, type Refusal } from './messages.js';

/** A command's open connection to the supervisor. */
export interface Holding {
  readonly answer: Answer;
  /** Has the server restarted; undefined when the supervisor went away meanwhile. */
  restart(): Promise<Answer | Refusal | undefined>;
  /** Leaves; true when others stay, false when the supervisor has ended or is about to. */
  leave(): Promise<boolean>;
}

/**
 * Connects to the supervisor of `claim` and waits for its answer.
 * Undefined when it went away without one or did not give it within `timeoutMs`.
 */
export async function joinSupervisor(claim: Claim, timeoutMs: number): Promise<Holding | undefined> {
  const socket = connect({ port: claim.port, host: '127.0.0.1' });
  const nextLine = lineReader(socket);
  const timer = setTimeout(() => socket.destroy(), timeoutMs);
  socket.write(`${claim.token}\n`);
  const line = await nextLine();
  clearTimeout(timer);
  if (line === undefined) {
    socket.destroy();
    return undefined;
  }
  // The command lives as long as its own work; when it ends, the system closes this connection.
  socket.unref();
  return {
    answer: JSON.parse(line) as Answer,
    async restart() {
      socket.ref();
      socket.write(`${RESTART}\n`);
      const said = await nextLine();
      socket.unref();
      return said === undefined ? undefined : (JSON.parse(said) as Answer | Refusal);
    },
    async leave() {
      socket.ref();
      socket.end();
      const othersStay = (await nextLine()) === OTHERS_STAY;
      socket.destroy();
      return othersStay;
    },
  };
}
