import {
  contentsWithMoreRowsThanCalls,
  contentsWithSeveralRows,
  notAskedFor,
  refusedAndHeld,
  notStored,
  rowsBeyondCapacity,
  slotsGivenTwice,
} from './database-checks.js';
import type { Circumstances, Evidence } from './run-evidence.js';
import {
  beyondCapacity,
  createdAgain,
  foreignSlots,
  refusedAfterwards,
  refusedAlone,
  reusedTooEarly,
  severalSlots,
  sharedSlots,
} from './history-checks.js';
import { notFull, slotAndNoSlot, storedWhenFull, takenWhenFull, tooFewForFull } from './no-slot-checks.js';
import type { Violation } from './violation.js';

/** What must be known or promised for an invariant to be asked. */
export interface Condition {
  readonly holds: (evidence: Evidence) => boolean;
  /** Why the invariant is not asked where it does not hold. */
  readonly otherwise: string;
}

/** What lets a violation prove nothing. */
export type Excuse = 'incomplete' | 'lost commits' | 'not quiet';

/** What may be asked of a target. Lines of one name are forms of one invariant. */
export interface Invariant {
  readonly name: string;
  readonly askedWhen: readonly Condition[];
  readonly excusedBy: readonly Excuse[];
  /** Whether a server that took over without all commits violates it, so that acknowledged-is-stored says it all. */
  readonly followsFromLostCommits?: true;
  /** Whether the rows alone tell it, without what callers were told. */
  readonly ofRowsAlone?: true;
  /** What violates it, given that it may be asked. */
  readonly check: (evidence: Evidence) => Violation[];
}

const idempotent: Condition = {
  holds: ({ promises }) => promises.idempotent,
  otherwise: 'the target does not promise that a content holds one slot, however often it is delivered',
};
const notIdempotent: Condition = {
  holds: ({ promises }) => !promises.idempotent,
  otherwise: 'each content holds one slot at the most',
};
const told: Condition = {
  holds: (evidence) => evidence.told,
  otherwise: 'some successes say assigned, which tells created and reused not apart',
};
const named: Condition = {
  holds: ({ places }) => places === 'named',
  otherwise: 'the target counts places and names no slot',
};
const truthful: Condition = {
  holds: ({ promises }) => promises.truthfulNoSlot,
  otherwise: 'the target may say no_slot while rivals are at work',
};
const notTruthful: Condition = {
  holds: ({ promises }) => !promises.truthfulNoSlot,
  otherwise: 'no_slot is truthful: no-false-no-slot covers it',
};
const slotIdsKnown: Condition = {
  holds: ({ knowsSlotIds }) => knowsSlotIds,
  otherwise: 'the ids of the slots that were registered are not known',
};
const closingKnown: Condition = {
  holds: ({ circumstances }) => circumstances.closing !== undefined,
  otherwise: 'which calls were made alone after the load is not known',
};
const closingMade: Condition = {
  holds: ({ circumstances: { closing } }) => closing !== undefined && closing.size > 0,
  otherwise:
    'no closing call was made: nobody was refused a slot that was left, or the run was cut off or not quiet',
};
const rowsKnown: Condition = {
  holds: ({ hasRows }) => hasRows,
  otherwise: 'the assignments in the database were not read',
};

/** What callers were told to have: after a failover it decides. */
export const ACKNOWLEDGED_IS_STORED = 'acknowledged-is-stored';

/** All that may be asked of any target besides its own audits. */
export const INVARIANTS: readonly Invariant[] = [
  {
    name: 'one-created-per-content',
    askedWhen: [idempotent, told],
    excusedBy: ['lost commits'],
    followsFromLostCommits: true,
    check: createdAgain,
  },
  {
    name: 'one-slot-per-content',
    askedWhen: [idempotent, named],
    excusedBy: ['lost commits'],
    followsFromLostCommits: true,
    check: severalSlots,
  },
  {
    name: 'one-content-per-slot',
    askedWhen: [named],
    excusedBy: ['lost commits'],
    followsFromLostCommits: true,
    check: sharedSlots,
  },
  {
    name: 'reused-after-a-claim',
    askedWhen: [idempotent, told],
    excusedBy: ['incomplete'],
    check: reusedTooEarly,
  },
  {
    name: 'no-slot-after-slot',
    askedWhen: [idempotent, notTruthful],
    excusedBy: ['lost commits'],
    followsFromLostCommits: true,
    check: refusedAfterwards,
  },
  {
    name: 'not-more-than-capacity',
    askedWhen: [],
    excusedBy: ['lost commits'],
    followsFromLostCommits: true,
    check: beyondCapacity,
  },
  { name: 'slot-of-its-batch', askedWhen: [named, slotIdsKnown], excusedBy: [], check: foreignSlots },
  {
    name: 'no-false-no-slot',
    askedWhen: [truthful, idempotent],
    excusedBy: ['lost commits'],
    followsFromLostCommits: true,
    check: slotAndNoSlot,
  },
  {
    name: 'no-false-no-slot',
    askedWhen: [truthful],
    excusedBy: ['incomplete', 'lost commits'],
    followsFromLostCommits: true,
    check: takenWhenFull,
  },
  {
    name: 'no-false-no-slot',
    askedWhen: [truthful],
    excusedBy: ['incomplete', 'lost commits'],
    followsFromLostCommits: true,
    check: tooFewForFull,
  },
  {
    name: 'no-slot-when-alone',
    askedWhen: [notTruthful, closingKnown, closingMade],
    excusedBy: ['incomplete', 'lost commits', 'not quiet'],
    check: refusedAlone,
  },
  {
    name: 'slot-given-once',
    askedWhen: [rowsKnown, named],
    excusedBy: [],
    ofRowsAlone: true,
    check: slotsGivenTwice,
  },
  {
    name: 'content-holds-one',
    askedWhen: [rowsKnown, idempotent],
    excusedBy: [],
    ofRowsAlone: true,
    check: contentsWithSeveralRows,
  },
  {
    name: 'content-holds-one',
    askedWhen: [rowsKnown, notIdempotent],
    excusedBy: ['incomplete'],
    check: contentsWithMoreRowsThanCalls,
  },
  { name: 'rows-within-capacity', askedWhen: [rowsKnown], excusedBy: [], check: rowsBeyondCapacity },
  { name: ACKNOWLEDGED_IS_STORED, askedWhen: [rowsKnown], excusedBy: ['lost commits'], check: notStored },
  {
    name: 'stored-was-asked-for',
    askedWhen: [rowsKnown],
    excusedBy: ['incomplete', 'not quiet'],
    check: notAskedFor,
  },
  {
    name: 'stored-was-asked-for',
    askedWhen: [rowsKnown, idempotent, truthful],
    // A slot that was given back with its commit may go to whoever had been refused.
    excusedBy: ['incomplete', 'not quiet', 'lost commits'],
    check: refusedAndHeld,
  },
  {
    name: 'full-when-told-full',
    askedWhen: [rowsKnown, truthful],
    excusedBy: ['lost commits', 'not quiet'],
    followsFromLostCommits: true,
    check: notFull,
  },
  {
    name: 'full-when-told-full',
    askedWhen: [rowsKnown, truthful],
    excusedBy: ['incomplete', 'lost commits', 'not quiet'],
    followsFromLostCommits: true,
    check: storedWhenFull,
  },
];

/** Whether circumstances excuse a violation of an invariant. */
export function isExcuse(excuse: Excuse, { name }: Invariant, circumstances: Circumstances): boolean {
  const { incomplete, durable, failedOver, notQuiet, unsettled } = circumstances;
  switch (excuse) {
    case 'incomplete':
      return incomplete.length > 0;
    case 'lost commits':
      return !durable && !(failedOver === true && name === ACKNOWLEDGED_IS_STORED);
    case 'not quiet':
      return notQuiet !== undefined || unsettled !== undefined;
  }
}
