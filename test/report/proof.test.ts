import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import type { ConfigurationProof, Counterexample, Proof } from '#els/domain/proof.js';
import { renderProof } from '#els/report/proof.js';

const PLAIN = new Chalk({ level: 0 });

const CONFIGURATION: ConfigurationProof = {
  ...{
    name: 'two contents, one slot',
    callers: 2,
    slots: 1,
    schedules: 1_234,
    blockedSteps: 7,
    redirected: 0,
  },
  coverage: { kind: 'all' },
  outcomes: { 'created, no_slot': 1_200, 'no_slot, created': 34 },
  durationMs: 2_345,
};

const PROVEN: Proof = {
  ...{ strategy: 'cte', advisoryLocks: true, verdict: 'valid', notes: [], schedules: 1_234 },
  configurations: [CONFIGURATION],
  durationMs: 2_400,
};

const EXAMPLE: Counterexample = {
  configuration: 'two contents, one slot',
  preemptions: 1,
  violated: [
    {
      name: 'no-false-no-slot',
      passed: false,
      witnesses: [{ content: 'b', outcome: 'no slot' }],
      timeline: [],
    },
  ],
  calls: ['S1 a: created e1\nDROP TABLE x;', 'S2 b: no_slot'],
  setup: [{ session: 1, sql: ['SET a;'] }],
  registration: ['REGISTER;'],
  steps: [
    { session: 1, sql: ['BEGIN;', 'CLAIM;'], reply: 'e1 | created', waitedForStep: null },
    { session: 2, sql: ['CLAIM;'], reply: null, waitedForStep: 3 },
  ],
  cleanup: ['REMOVE;'],
};

function lastLine(proof: Proof): string | undefined {
  return renderProof(proof, PLAIN).trimEnd().split('\n').at(-1);
}

describe('a proof as text', () => {
  it('says what was run and seen, and the verdict last', () => {
    const text = renderProof(PROVEN, PLAIN);
    expect(text).toMatch(/^two contents, one slot +1,234 +every one +7 +2\.3$/m);
    expect(text).toContain('    1,200 × created, no_slot\n    34 × no_slot, created\n');
    expect(lastLine(PROVEN)).toBe('PROVEN  cte + locks · 1,234 schedules · 1 configuration · 2.4 s');
  });

  it('says how far a bounded proof goes', () => {
    const bounded = { ...CONFIGURATION, coverage: { kind: 'preemptions', most: 2 } } as const;
    const proof: Proof = { ...PROVEN, configurations: [bounded] };
    expect(renderProof(proof, PLAIN)).toContain('≤ 2 preemptions');
    expect(lastLine(proof)).toMatch(/^PROVEN up to 2 preemptions {2}/);
    const tighter = { ...bounded, coverage: { kind: 'preemptions', most: 1 } } as const;
    const both = { ...proof, configurations: [bounded, tighter] };
    expect(lastLine(both)).toMatch(/^PROVEN up to 1–2 preemptions {2}/);
  });

  it('does not say proven for one that was cut off, and says why', () => {
    const cut = { ...CONFIGURATION, coverage: { kind: 'cut off', reason: '--max-schedules 9' } } as const;
    const notes = ['two contents, one slot: cut off by --max-schedules 9'];
    const text = renderProof({ ...PROVEN, verdict: 'unknown', notes, configurations: [cut] }, PLAIN);
    expect(text).toContain(`\n${notes[0]}\n`);
    expect(text).toMatch(/\nINCONCLUSIVE {2}/);
    expect(text).not.toContain('PROVEN');
  });

  it('says so when PostgreSQL woke waiting sessions in another order', () => {
    const text = renderProof({ ...PROVEN, configurations: [{ ...CONFIGURATION, redirected: 2 }] }, PLAIN);
    expect(text).toContain('in 2 schedules PostgreSQL woke waiting sessions in another order than before');
  });

  it('prints a failing schedule as a script whose pieces name their windows', () => {
    const text = renderProof({ ...PROVEN, verdict: 'invalid', counterexample: EXAMPLE }, PLAIN);
    expect(text).toContain('-- cte + locks violates no-false-no-slot\n');
    expect(text).toContain('-- no-false-no-slot: content=b outcome="no slot"\n');
    expect(text).toContain('\n-- step 1, window S1\nBEGIN;\nCLAIM;\n-- returns: e1 | created\n');
    expect(text).toContain('\n-- step 2, window S2\nCLAIM;\n-- waits here until step 3, then goes on\n');
    expect(text).toContain('\n-- S1 a: created e1 DROP TABLE x;\n');
    expect(text).toMatch(/\nVIOLATED {2}/);
  });
});
