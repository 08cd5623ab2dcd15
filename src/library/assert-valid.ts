import { AssertionError } from 'node:assert';
import type { Judged } from '../domain/verification.js';
import { renderVerdict } from '../report/verification.js';

/**
 * Makes a test fail unless a verdict is `valid`. `unknown` fails too: what could not be told is no success.
 *
 * @param result of `runTarget` or `checkHistory`, or an entry of `runs` in what `--json` printed
 * @throws AssertionError whose message is what is violated, the witnesses, the timeline of one case, and what else is to
 *   be known
 */
export function assertValid(result: Judged): void {
  if (result.verdict === 'valid') return;
  throw new AssertionError({
    message: renderVerdict(result),
    actual: result.verdict,
    expected: 'valid',
    operator: 'assertValid',
    stackStartFn: assertValid,
  });
}
