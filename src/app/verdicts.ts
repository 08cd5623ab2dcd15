import type { Verdict } from '../domain/run-result.js';

/** Of several verdicts: invalid if one is, valid if all are, else unknown. */
export function worstVerdict(of: readonly { readonly verdict: Verdict }[]): Verdict {
  if (of.some(({ verdict }) => verdict === 'invalid')) return 'invalid';
  return of.length > 0 && of.every(({ verdict }) => verdict === 'valid') ? 'valid' : 'unknown';
}

/** Whether a verdict lets a command pass: `unknown` is no pass unless it is allowed. */
export function verdictPasses(verdict: Verdict, allowInconclusive: boolean): boolean {
  return verdict === 'valid' || (allowInconclusive && verdict === 'unknown');
}
