import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeClaim } from './claim.js';
import { openControl } from './control-server.js';
import { layoutOf } from './home.js';
import { ServerKeeper } from './keeper.js';
import { failureAnswer } from './messages.js';
import type { Server } from './server.js';

/*
 * The process between commands and server: `node supervisor.js <folder>`. It starts the server, keeps it for as long
 * as a command is connected, stops it and ends. Its own end, even by SIGKILL, ends the server too.
 */

const TOKEN_BYTES = 32;
const FIRST_HOLDER_WAIT_MS = 10_000;

/** Supervises `folder` until the last command has left; returns at once when another supervisor does already. */
async function supervise(folder: string): Promise<void> {
  const layout = layoutOf(folder);
  const stop = new AbortController();
  const token = randomBytes(TOKEN_BYTES).toString('hex');
  const keeper = new ServerKeeper(layout, stop);
  const announceStart = (starting: Promise<Server>) =>
    starting.then(
      ({ port, pid }) => control.announce({ state: 'ready', port, postmasterPid: pid }),
      (error: unknown) => control.announce(failureAnswer(error, layout.log)),
    );
  const control = await openControl(token, {
    onDeserted: () => stop.abort(),
    onRestart: () => void announceStart(keeper.restart()),
  });
  if (!(await makeClaim(folder, { pid: process.pid, port: control.port, token }))) return;

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  void sleep(FIRST_HOLDER_WAIT_MS).then(() => {
    if (control.holders() === 0) stop.abort();
  });

  void announceStart(keeper.start());
  if (!stop.signal.aborted) await once(stop.signal, 'abort');
  control.refuseNewcomers();
  await keeper.stop();
}

await supervise(process.argv[2] ?? '');
// Its end is what the last command waits for; timers and connections do not keep it alive.
process.exit();
