import type { Call } from '#els/domain/call.js';
import { callOf } from './histories.js';

/** A wrong history that an earlier oracle accepted, the smallest of its kind; one batch. */
export interface SubtleHistory {
  readonly kind: string;
  readonly slots: number;
  readonly calls: readonly Call[];
  readonly violates: string;
}

const slotId = 'essay';

export const SUBTLE_HISTORIES: readonly SubtleHistory[] = [
  {
    kind: 'a reused ended just before the first claim started',
    slots: 1,
    calls: [
      callOf(0, [0, 1], { outcome: 'reused', slotId }),
      callOf(0, [2, 3], { outcome: 'created', slotId }),
    ],
    violates: 'reused-after-a-claim',
  },
  {
    kind: 'a reused ended before the call started that took the slot itself, after a lost one that did not',
    slots: 1,
    calls: [
      callOf(0, [0, 1], { outcome: 'unknown' }),
      callOf(0, [1, 2], { outcome: 'reused', slotId }),
      callOf(0, [3, 4], { outcome: 'created', slotId }),
    ],
    violates: 'reused-after-a-claim',
  },
  {
    kind: 'a content was told no_slot and has a slot',
    slots: 1,
    calls: [
      callOf(0, [0, 2], { outcome: 'created', slotId }),
      callOf(0, [1, 3], { outcome: 'no_slot' }),
      callOf(1, [0, 1], { outcome: 'unknown' }),
    ],
    violates: 'no-false-no-slot',
  },
  {
    kind: 'a slot was taken after a no_slot had ended',
    slots: 1,
    calls: [
      callOf(0, [0, 1], { outcome: 'unknown' }),
      callOf(1, [0, 1], { outcome: 'no_slot' }),
      callOf(2, [2, 3], { outcome: 'created', slotId }),
    ],
    violates: 'no-false-no-slot',
  },
  {
    kind: 'a no_slot ended before as many contents as there are slots can have held one',
    slots: 1,
    calls: [
      callOf(0, [0, 1], { outcome: 'unknown' }),
      callOf(1, [0, 1], { outcome: 'no_slot' }),
      callOf(2, [2, 3], { outcome: 'unknown' }),
      callOf(0, [1, 3], { outcome: 'no_slot' }),
    ],
    violates: 'no-false-no-slot',
  },
];
