import { EXIT } from '../domain/errors.js';
import type { StopSignal } from '../domain/run-result.js';

const SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM'];

/**
 * Runs work that a signal may stop: Ctrl-C ends it early and in order, so that nothing is left behind.
 *
 * @param work gets a signal whose reason is the name of the operating system's
 */
export async function stoppable<T>(work: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => controller.abort(signal);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

/** How a command exits that a signal stopped. */
export function signalExitCode(signal: StopSignal): number {
  return signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
}
