import type { Verdict } from '../domain/run-result.js';

/** Whether a verdict lets a command pass: `unknown` is no pass unless it is allowed. */
export function verdictPasses(verdict: Verdict, allowInconclusive: boolean): boolean {
  return verdict === 'valid' || (allowInconclusive && verdict === 'unknown');
}
