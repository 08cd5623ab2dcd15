import { PLACES } from '#els/domain/promises.js';
import type { JudgedTerms } from '#els/verify/run-evidence.js';

/** What a target promises and tells: everything that the oracles may go by. */
export interface Combination extends JudgedTerms {
  readonly name: string;
  /** Whether successes tell created from reused; without idempotence that is one. */
  readonly told: boolean;
}

const EITHER = [true, false] as const;

/** All of them. */
export const COMBINATIONS: readonly Combination[] = EITHER.flatMap((idempotent) =>
  EITHER.flatMap((truthfulNoSlot) =>
    PLACES.flatMap((places) =>
      (idempotent ? EITHER : [true]).map((told) => ({
        name: [
          idempotent ? 'idempotent' : 'not idempotent',
          truthfulNoSlot ? 'truthful' : 'not truthful',
          places,
          ...(idempotent ? [told ? 'told' : 'assigned'] : []),
        ].join(', '),
        promises: { idempotent, truthfulNoSlot },
        places,
        told,
      })),
    ),
  ),
);
