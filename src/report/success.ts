import type { ChalkInstance } from 'chalk';
import type { RunResult } from '../domain/run-result.js';
import { formatCount } from './format.js';

/** Calls that ended with a slot: created, reused, or one of the two. */
export function successes({ outcomes }: RunResult): number {
  return outcomes.created + outcomes.reused + outcomes.assigned;
}

/** `20/20`: the calls that succeeded, of those that should have; red when the two differ. */
export function colourSuccess(run: RunResult, colours: ChalkInstance): string {
  const text = `${formatCount(successes(run))}/${formatCount(run.expectedSuccesses)}`;
  return successes(run) === run.expectedSuccesses ? colours.green(text) : colours.red(text);
}
