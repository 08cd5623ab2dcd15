import type { DatabasePool } from '#els/database/pool.js';
import type { Inventory } from '#els/targets/els/engine/assignment.js';
import { AnswersBeforeCommit, ReadsTheLastOneBack, TakesTimeoutForFailure } from './doubles/answering.js';
import { GivesUpAfterFiveTries, TakesRaceForNoSlot } from './doubles/claiming.js';
import { CompletesAgain, CompletesInTheTransaction, CompletesWhatWasOpen } from './doubles/completing.js';
import type { EngineDouble } from './doubles/engine-double.js';
import { LocksInAutocommit, RemembersBeforeCommit, ReservesWithInLimit } from './doubles/locking.js';
import { LeavesEssayInQueue, WritesEventAfterCommit, WritesEventFirst } from './doubles/writing.js';
import type { PlantedBug } from './planted-bug.js';

/** What takes the engine's place in worker processes: a mistake that one statement cannot hold. */
export interface DoubleBug extends PlantedBug {
  readonly inventory: Inventory;
  readonly double: new (pool: DatabasePool) => EngineDouble;
}

export const DOUBLE_BUGS: readonly DoubleBug[] = [
  {
    name: 'completion-inside-the-transaction',
    mistake: 'The look for completion is part of the claim, and two last claims do not see each other.',
    double: CompletesInTheTransaction,
    inventory: 'slots',
    scenario: 'collision',
    violates: ['one-completion-per-full-batch'],
    needsRivals: true,
  },
  {
    name: 'completion-twice',
    mistake: 'Every call that finds the batch full completes it, whether or not it was completed before.',
    double: CompletesAgain,
    inventory: 'slots',
    scenario: 'one-by-one',
    violates: ['one-completion-per-full-batch'],
    needsRivals: false,
  },
  {
    name: 'completion-checked-then-written',
    mistake: 'One statement asks whether the batch is still open, and another completes it unconditionally.',
    double: CompletesWhatWasOpen,
    inventory: 'slots',
    scenario: 'collision',
    violates: ['one-completion-per-full-batch'],
    needsRivals: true,
  },
  {
    name: 'five-tries-then-no-slot',
    mistake: 'After five tries it says that no slot is left, although rivals hold the last ones uncommitted.',
    double: GivesUpAfterFiveTries,
    inventory: 'slots',
    scenario: 'crowd',
    violates: ['no-false-no-slot'],
    mayViolate: ['full-when-told-full'],
    needsRivals: true,
  },
  {
    name: 'race-taken-for-no-slot',
    mistake: 'The loser of a race catches 23505 and says no_slot, instead of looking again for its own slot.',
    double: TakesRaceForNoSlot,
    inventory: 'slots',
    scenario: 'duplicates',
    violates: ['no-false-no-slot', 'full-when-told-full'],
    needsRivals: true,
  },
  {
    name: 'lock-in-autocommit',
    mistake:
      'SELECT … FOR UPDATE SKIP LOCKED without a transaction: the lock ends before the slot is written.',
    double: LocksInAutocommit,
    inventory: 'essays',
    scenario: 'collision',
    violates: [
      'one-content-per-slot',
      'acknowledged-is-stored',
      'one-event-per-assignment',
      'duplicate-wrote-nothing',
      'event-in-the-same-transaction',
    ],
    needsRivals: true,
  },
  {
    name: 'in-limit-1-runs-again',
    mistake:
      'IN (SELECT … LIMIT 1) is run again for each row of a nested loop, and one call reserves them all.',
    double: ReservesWithInLimit,
    inventory: 'essays',
    scenario: 'one-by-one',
    violates: ['nothing-half-assigned', 'full-when-told-full', 'no-false-no-slot'],
    needsRivals: false,
  },
  {
    name: 'timeout-taken-for-failure',
    mistake: 'A client that lost patience reports a failure, and the server commits after that.',
    double: TakesTimeoutForFailure,
    inventory: 'slots',
    scenario: 'collision',
    violates: ['stored-was-asked-for'],
    needsRivals: false,
    mayErr: true,
  },
  {
    name: 'answer-before-the-commit',
    mistake: 'Claims share a commit and are answered before it: those that it never reaches are lost.',
    double: AnswersBeforeCommit,
    inventory: 'slots',
    scenario: 'collision',
    violates: ['acknowledged-is-stored'],
    mayViolate: ['one-completion-per-full-batch', 'one-content-per-slot'],
    needsRivals: false,
  },
  {
    name: 'last-one-read-back',
    mistake: 'The answer is read back as the essay assigned last, which a rival may have assigned since.',
    double: ReadsTheLastOneBack,
    inventory: 'slots',
    scenario: 'collision',
    violates: ['one-content-per-slot', 'acknowledged-is-stored'],
    needsRivals: true,
  },
  {
    name: 'remembered-before-the-commit',
    mistake: 'A cache in the process is filled before the commit and believed after the rollback.',
    double: RemembersBeforeCommit,
    inventory: 'essays',
    scenario: 'duplicates',
    violates: ['one-slot-per-content', 'acknowledged-is-stored'],
    mayViolate: ['one-content-per-slot', 'reused-after-a-claim'],
    needsRivals: true,
  },
  {
    name: 'essay-left-in-a-queue',
    mistake: 'The slot is taken and answered; the essay is left to a queue that dies with the process.',
    double: LeavesEssayInQueue,
    inventory: 'slots',
    scenario: 'one-by-one',
    violates: ['slot-and-essay-agree', 'acknowledged-is-stored', 'full-when-told-full'],
    needsRivals: false,
  },
  {
    name: 'event-before-the-transaction',
    mistake:
      'The event is written before what it announces, and stays when a rival or a duplicate was faster.',
    double: WritesEventFirst,
    inventory: 'essays',
    scenario: 'duplicates',
    violates: ['one-event-per-assignment'],
    mayViolate: ['duplicate-wrote-nothing', 'event-in-the-same-transaction'],
    needsRivals: true,
  },
  {
    name: 'event-after-the-commit',
    mistake: 'The event is written in a transaction of its own: a crash in between loses it.',
    double: WritesEventAfterCommit,
    inventory: 'slots',
    scenario: 'one-by-one',
    violates: ['event-in-the-same-transaction'],
    needsRivals: false,
  },
];
