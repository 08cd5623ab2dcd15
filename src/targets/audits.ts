import { InfrastructureError } from '../domain/errors.js';
import type { Audit, Stored } from '../target/host.js';

/** What an audit of a target finds may be what a call that was cut off left half done. */
export const AUDIT_TERMS = { mayBeHalfDone: true, needsCommits: false };

/**
 * Asks a target's audits one after the other. One that fails ends it: what was found before is kept, and what was not asked
 * is said.
 *
 * @param names of the audits in their order
 * @param ask puts what each found behind what the one before it did
 * @throws what is no failure of the target
 */
export async function auditInTurn(
  names: readonly string[],
  ask: (found: Audit[]) => Promise<void>,
): Promise<Pick<Stored, 'audits' | 'failure'>> {
  const audits: Audit[] = [];
  try {
    await ask(audits);
    return { audits };
  } catch (error) {
    if (!(error instanceof InfrastructureError)) throw error;
    const gap = { reason: error.message, everywhere: true };
    const unasked = names.slice(audits.length).map((name) => ({ name, ...AUDIT_TERMS, rows: [], gap }));
    return { audits: [...audits, ...unasked], failure: error };
  }
}
