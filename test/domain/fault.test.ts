import { expect, it } from 'vitest';
import { FAULT_KINDS, killsWorker, needsWire } from '#els/domain/fault.js';

it('says of each fault what it needs, and not by its name', () => {
  const those = (has: typeof killsWorker) => FAULT_KINDS.filter((kind) => has({ kind, atMs: 0 }));
  expect(those(killsWorker)).toEqual(['kill-worker', 'kill-between-transactions', 'kill-before-completion']);
  expect(those(needsWire)).toEqual(
    FAULT_KINDS.filter((kind) => !['hold-snapshot', 'kill-migration'].includes(kind)),
  );
});
