import { killChildPrograms } from '../base/child-program.js';
import { EXIT } from '../domain/errors.js';
import type { StopSignal } from '../domain/run-result.js';

const SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM'];
/** npx passes on what the terminal sends to all: what comes so soon after the first signal is the same one. */
const SAME_SIGNAL_MS = 500;

/**
 * Runs work that a signal may stop: Ctrl-C ends it early and in order, so that nothing is left behind. A second one kills
 * the processes of the work and this one at once, whatever hangs.
 *
 * @param work gets a signal whose reason is the name of the operating system's
 */
export async function stoppable<T>(work: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let firstMs: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    const now = performance.now();
    firstMs ??= now;
    if (now - firstMs > SAME_SIGNAL_MS) killAtOnce(signal as StopSignal);
    controller.abort(signal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

function killAtOnce(signal: StopSignal): never {
  killChildPrograms();
  process.exit(signalExitCode(signal));
}

/** How a command exits that a signal stopped. */
export function signalExitCode(signal: StopSignal): number {
  return signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
}
