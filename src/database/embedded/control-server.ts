import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { lineReader } from './lines.js';
import { OTHERS_STAY, RESTART, type Answer, type Refusal } from './messages.js';

/** A connection that does not show the token within this time is somebody else's. */
const TOKEN_WAIT_MS = 5000;

/** The supervisor's side of the control connections. Each command keeps one open for as long as it lives. */
export interface ControlServer {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Tells every command, present and future, how the start went. */
  announce(answer: Answer): void;
  /** Lets no new command in; the present connections stay until this process ends. */
  refuseNewcomers(): void;
  /** How many commands are connected now. */
  holders(): number;
}

/** What the supervisor does when commands leave or ask. */
export interface ControlHandlers {
  /** Called each time the last command has gone. */
  onDeserted(): void;
  /** Restarts the server, and announces how that went. */
  onRestart(): void;
}

/** Opens the control port. */
export async function openControl(token: string, handlers: ControlHandlers): Promise<ControlServer> {
  const holders = new Set<Socket>();
  let announced: Answer | undefined;
  let open = true;

  async function serve(socket: Socket): Promise<void> {
    const nextLine = lineReader(socket);
    socket.setTimeout(TOKEN_WAIT_MS, () => socket.destroy());
    if (!sameToken(await nextLine(), token) || !open) return void socket.destroy();
    socket.setTimeout(0);
    holders.add(socket);
    if (announced) send(socket, announced);
    while ((await nextLine()) === RESTART) restart(socket);
    holders.delete(socket);
    if (holders.size > 0) socket.end(`${OTHERS_STAY}\n`);
    else handlers.onDeserted();
  }

  /** Other commands would take the end of their connections for a failure. */
  function restart(socket: Socket): void {
    const others = holders.size - 1;
    if (others === 0) handlers.onRestart();
    else send(socket, { state: 'refused', message: `other commands use the embedded server: ${others}` });
  }

  // Half-open, so that the last command hears of the server's end after it has said its own.
  const server = createServer({ allowHalfOpen: true }, (socket) => void serve(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    holders: () => holders.size,
    announce(answer) {
      announced = answer;
      for (const socket of holders) send(socket, answer);
    },
    refuseNewcomers() {
      open = false;
      server.close();
    },
  };
}

function send(socket: Socket, answer: Answer | Refusal): void {
  socket.write(`${JSON.stringify(answer)}\n`);
}

function sameToken(said: string | undefined, token: string): boolean {
  const [a, b] = [Buffer.from(said ?? ''), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
