import type { Verdict } from './run-result.js';

/** Of several verdicts: invalid if one is, valid if all are, else unknown; of none nothing is known. */
export function worstVerdict(of: readonly { readonly verdict: Verdict }[]): Verdict {
  if (of.some(({ verdict }) => verdict === 'invalid')) return 'invalid';
  return of.length > 0 && of.every(({ verdict }) => verdict === 'valid') ? 'valid' : 'unknown';
}
