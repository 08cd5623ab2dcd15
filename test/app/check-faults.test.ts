import { describe, expect, it } from 'vitest';
import { checkFaults } from '#els/app/check-faults.js';
import { FAULT_KINDS, type FaultKind } from '#els/domain/fault.js';
import type { Scenario } from '#els/domain/scenario.js';
import type { Target } from '#els/target/target.js';
import { elsTarget } from '#els/targets/els/target.js';

const builtIn = (name: 'legacy' | 'cte' | 'inventory') =>
  elsTarget({ strategy: { kind: 'built-in', name }, advisoryLocks: false });

/** As the targets of a user's own code are. */
const BARE: Target = { ...builtIn('cte'), name: 'bare', weakSpots: {}, lacks: {} };

const RESTARTABLE = { restartServer: () => Promise.resolve() };

function check(kind: FaultKind, targets: readonly Target[]): void {
  const scenario = { name: 'any', faults: [{ kind, atMs: 0 }] } as unknown as Scenario;
  checkFaults(RESTARTABLE, [scenario], targets);
}

function refusalOf(kind: FaultKind, ...targets: readonly Target[]): string | undefined {
  try {
    check(kind, targets);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: 'impossible_fault', exitCode: 2 });
    return (error as Error).message;
  }
}

const ONLY_PROCESSES: readonly FaultKind[] = [
  'kill-worker',
  'pause-worker',
  'terminate-backend',
  'lose-replies',
  'reset-connections',
  'kill-migration',
];

describe('a target without weak spots', () => {
  it.each(ONLY_PROCESSES)('allows %s, which needs its processes and connections alone', (kind) => {
    expect(refusalOf(kind, BARE)).toBeUndefined();
  });

  it.each(FAULT_KINDS.filter((kind) => !ONLY_PROCESSES.includes(kind)))(
    'is refused %s, in one line that names what is accepted',
    (kind) => {
      const accepted =
        'accepted: kill-worker, pause-worker, terminate-backend, lose-replies, reset-connections';
      expect(refusalOf(kind, BARE)).toMatch(new RegExp(`^fault ${kind}: bare has no [^;\n]+; ${accepted}$`));
    },
  );

  it('is refused what it lacks for a reason of its own in its own words', () => {
    const told = { ...BARE, lacks: { lockFreeSlots: 'counts places and has no slots' } };
    expect(refusalOf('lock-slots', told)).toBe('fault lock-slots: bare counts places and has no slots');
  });

  it('is found among those that have them', () => {
    expect(refusalOf('lock-slots', builtIn('cte'), BARE)).toContain('bare');
  });
});

describe('a target with one weak spot', () => {
  it('allows what needs no other', () => {
    const counts = { ...BARE, weakSpots: { countAssigned: 'faults/assigned' } };
    expect(refusalOf('hold-snapshot', counts)).toBeUndefined();
    expect(refusalOf('restart-server', counts)).toContain(
      'accepted: kill-worker, pause-worker, terminate-backend, hold-snapshot, lose-replies',
    );
  });
});

describe('the built-in target', () => {
  it('allows every fault where a call commits twice', () => {
    expect(FAULT_KINDS.map((kind) => refusalOf(kind, builtIn('legacy')))).toEqual(
      FAULT_KINDS.map(() => undefined),
    );
  });

  it.each(['cte', 'inventory'] as const)('allows all but one where it commits once: %s', (name) => {
    const refusals = FAULT_KINDS.flatMap((kind) => refusalOf(kind, builtIn(name)) ?? []);
    expect(refusals).toEqual([
      `fault kill-between-transactions: ${name} has one transaction; accepted: legacy`,
    ]);
  });
});

it('restarts no server that nobody said how to restart', () => {
  const scenario = { faults: [{ kind: 'restart-server', atMs: 0 }] } as unknown as Scenario;
  expect(() => checkFaults({ restartServer: undefined }, [scenario], [])).toThrow(
    'restart-server needs --restart-command',
  );
});
