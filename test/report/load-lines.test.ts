import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import type { IntervalView, LoadView } from '#els/domain/load-view.js';
import { intervalLine, loadRegion, registrationLine } from '#els/report/load-lines.js';

const plain = new Chalk({ level: 0 });
const NONE = { created: 0, reused: 0, assigned: 0, no_slot: 0, error: 0, unknown: 0 };

const interval: IntervalView = {
  ...{ endMs: 5_000, callsPerSecond: 3_512.2, p50Micros: 4_210, p99Micros: 12_300 },
  ...{ outcomes: { ...NONE, created: 17_561 }, errorsByCode: {}, skipped: 0 },
};

const view: LoadView = {
  ...{ elapsedMs: 2_100, share: 0.425, calls: 20, latest: interval },
  ...{ outcomes: { ...NONE, created: 17, no_slot: 1, error: 2 }, errorsByCode: { unknown_batch: 2 } },
  skipped: 0,
};

describe('registrationLine', () => {
  it('says how far a registration is', () => {
    expect(registrationLine(100_000, 1_000_000)).toBe('  registered 100,000 of 1,000,000 slots');
  });
});

describe('intervalLine', () => {
  it('says when, how fast and how it ended', () => {
    const line = '  5.0s · 3,512 per s · p50 4.21ms · p99 12.3ms · created 17,561';
    expect(intervalLine(interval, plain, undefined)).toBe(line);
  });

  it('shows of an open loop the rate that was asked for, and what was skipped', () => {
    const open = { ...interval, askedPerSecond: 4_000, skipped: 1_234 };
    expect(intervalLine(open, plain, undefined)).toBe(
      '  5.0s · 3,512 per s of 4,000 asked · p50 4.21ms · p99 12.3ms · created 17,561 · skipped 1,234',
    );
  });

  it('shows what was not measured as such', () => {
    const silent = { ...interval, callsPerSecond: 0, p50Micros: NaN, p99Micros: NaN, outcomes: NONE };
    expect(intervalLine(silent, plain, undefined)).toBe('  5.0s · 0.00 per s · p50 – · p99 – · created 0');
  });
});

describe('a server that nobody reaches', () => {
  it('is told instead of a pace', () => {
    expect(intervalLine(interval, plain, 3_900)).toBe('  5.0s · server unreachable for 3 s · created 17,561');
    expect(loadRegion({ ...view, unreachableMs: 12_000 }, plain)[1]).toBe('  server unreachable for 12 s');
  });
});

describe('loadRegion', () => {
  it('shows progress, pace and outcomes with the codes of errors', () => {
    expect(loadRegion(view, plain)).toEqual([
      '  ██████████░░░░░░░░░░░░░░ 42% · 2.1s',
      '  3,512 per s · p50 4.21ms · p99 12.3ms',
      '  created 17 · no_slot 1 · error 2 (unknown_batch 2)',
    ]);
  });

  it('says that it measures before the first interval is over', () => {
    expect(loadRegion({ ...view, latest: undefined }, plain)[1]).toBe('  measuring …');
  });

  it('colours errors', () => {
    expect(loadRegion(view, new Chalk({ level: 1 })).at(-1)).toContain('\u001b[31merror 2');
  });
});
