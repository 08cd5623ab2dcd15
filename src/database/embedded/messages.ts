import { EXIT, InfrastructureError, UsageError } from '../../domain/errors.js';
import { failed, isTyped, messageOf } from './failures.js';

/** What a supervisor tells each command once the start has succeeded or failed; one line of JSON. */
export type Answer =
  | { readonly state: 'ready'; readonly port: number; readonly postmasterPid: number }
  | {
      readonly state: 'failed';
      readonly fault: 'user' | 'surroundings';
      readonly code: string;
      readonly message: string;
    };

/** What a command hears when it leaves and others stay; the last one hears the supervisor's end instead. */
export const OTHERS_STAY = 'others stay';

/**
 * What a command says to have the server shut down immediately and started again. The answer is that of a start, or
 * a refusal.
 */
export const RESTART = 'restart';

export interface Refusal {
  readonly state: 'refused';
  readonly message: string;
}

/** Packs an error of the supervisor for its commands; `log` is the file that says more. */
export function failureAnswer(error: unknown, log: string): Answer {
  const { code, message, exitCode } = isTyped(error)
    ? error
    : failed(`could not start: ${messageOf(error)}`, log);
  return { state: 'failed', fault: exitCode === EXIT.usage ? 'user' : 'surroundings', code, message };
}

/** Unpacks it on the command's side. */
export function failureOf(answer: Extract<Answer, { state: 'failed' }>): UsageError | InfrastructureError {
  const Kind = answer.fault === 'user' ? UsageError : InfrastructureError;
  return new Kind(answer.code, answer.message);
}
