/**
 * Faults that people really shipped, each as a wrong and a right target of this folder: what was reported, of whom, the
 * load that fits, and the invariant that catches the wrong one.
 *
 * @typedef {{ fault: string, of: string, wrong: string, right: string, load: string[], invariant: string }} Shipped
 */

const DUPLICATES = ['--scenario', 'idempotent-duplicates', '--contents', '6', '--slots', '60'];
const OVERFLOW = ['--scenario', 'overflow'];
/** The window is short: many claims come by it. */
const LONG_OVERFLOW = [...OVERFLOW, '--slots', '100', '--contents', '200'];
/** Workers die in the midst of calls, one after the other. */
const KILLS = [
  ...['--scenario', 'sustained', '--duration', '1500ms', '--batches', '60', '--slots', '100'],
  ...['--workers', '4', '--connections', '8'],
  ...['300ms', '400ms', '500ms', '600ms'].flatMap((at) => ['--fault', `kill-worker@${at}`]),
];

/** @type {readonly Shipped[]} */
export const SHIPPED = [
  {
    fault: 'chosen by select … for update skip locked, stamped by a second statement',
    of: 'boardsesh 4306',
    ...pair('stamp-later'),
    load: OVERFLOW,
    invariant: 'one-content-per-slot',
  },
  {
    fault: "a capacity counted on the claim's own snapshot",
    of: 'pgqueuer 762',
    ...pair('capacity'),
    load: OVERFLOW,
    invariant: 'not-more-than-capacity',
  },
  {
    fault: 'insert … on conflict do nothing, and a read on the same snapshot: told as new',
    of: 'Flow-Research 229, InsForge 1795',
    wrong: 'conflict-told-as-new.wrong',
    right: 'conflict.right',
    load: DUPLICATES,
    invariant: 'one-created-per-content',
  },
  {
    fault: 'the same, told as full',
    of: 'Flow-Research 229, InsForge 1795',
    wrong: 'conflict-told-as-full.wrong',
    right: 'conflict.right',
    load: DUPLICATES,
    invariant: 'no-false-no-slot',
  },
  {
    fault: 'read, decide, write, in one transaction without a lock',
    of: 'lirbank',
    ...pair('read-decide-write'),
    load: OVERFLOW,
    invariant: 'one-content-per-slot',
  },
  {
    fault: 'an advisory lock let go of before the commit',
    of: '–',
    ...pair('unlocked-before-commit'),
    load: LONG_OVERFLOW,
    invariant: 'one-content-per-slot',
  },
  {
    fault: 'an advisory lock taken inside the statement that claims',
    of: '–',
    ...pair('locked-inside'),
    load: OVERFLOW,
    invariant: 'not-more-than-capacity',
  },
  {
    fault: '40001 swallowed by a retry that takes a second slot',
    of: '–',
    wrong: 'retry-takes-second.wrong',
    right: 'serialization.right',
    load: DUPLICATES,
    invariant: 'one-slot-per-content',
  },
  {
    fault: '40001 told as full',
    of: '–',
    wrong: 'serialization-told-as-full.wrong',
    right: 'serialization.right',
    load: OVERFLOW,
    invariant: 'no-false-no-slot',
  },
  {
    fault: 'payment and event written after the commit, lost with the process',
    of: '–',
    ...pair('paid-later'),
    load: KILLS,
    invariant: 'paid-and-told',
  },
  {
    fault: 'a fetch of a queue without a lock: a job given twice',
    of: '–',
    ...pair('fetched-twice'),
    load: OVERFLOW,
    invariant: 'one-content-per-slot',
  },
];

function pair(name) {
  return { wrong: `${name}.wrong`, right: `${name}.right` };
}
