import { withConnectionString, type ServerAddress } from '../database/address.js';
import { ListeningPort } from './port.js';
import type { OpenedPort, Question, WireBackend } from './questions.js';
import type { Session } from './session.js';

// The program of the wire's process: ports on 127.0.0.1 between clients and the server. A process of its own, so that
// what it costs is not the coordinator's time. The server's address, with its password, comes by the channel alone.

const ports = new Map<number, ListeningPort>();
let upstream: ServerAddress | undefined;
let rttMs = 0;
let lost = 0;

// The coordinator decides what a signal to the group means.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit());

let answers = Promise.resolve();
process.on('message', (question: Question) => {
  answers = answers.then(async () => void process.send?.({ value: await answerTo(question) }));
});

async function answerTo(question: Question): Promise<number | OpenedPort | WireBackend[]> {
  switch (question.type) {
    case 'start':
      upstream = withConnectionString(question.source, question.connectionString);
      rttMs = question.rttMs;
      return process.pid;
    case 'open-port':
      return openPort();
    case 'lose-next-replies':
      lost = 0;
      return forEach(sessions(), (session) => session.loseNextReply());
    case 'lose-no-replies':
      return forEach(sessions(), (session) => session.loseNoReply());
    case 'replies-lost':
      return lost;
    case 'reset-busy':
      return forEach(
        sessions().filter(({ isBusy }) => isBusy),
        (session) => session.reset(),
      );
    case 'backends':
      return [...(ports.get(question.port)?.sessions ?? [])].map(({ pid, isBusy }) => ({
        pid,
        busy: isBusy,
      }));
    case 'cut-off':
      return ports.get(question.port)?.cutOff ?? 0;
    case 'round-trips':
      return [...ports]
        .filter(([port]) => question.port === undefined || question.port === port)
        .reduce((sum, [, { roundTrips }]) => sum + roundTrips, 0);
  }
}

async function openPort(): Promise<OpenedPort> {
  if (upstream === undefined) throw new Error('the wire was not told of a server');
  const port = await ListeningPort.open(upstream, { rttMs, onReplyLost: () => (lost += 1) });
  ports.set(port.number, port);
  return { port: port.number, connectionString: port.address.connectionString };
}

function sessions(): Session[] {
  return [...ports.values()].flatMap((port) => [...port.sessions]);
}

/** Returns how many there were. */
function forEach(all: readonly Session[], action: (session: Session) => void): number {
  for (const each of all) action(each);
  return all.length;
}
