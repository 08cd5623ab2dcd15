import { describe, expect, it } from 'vitest';
import { LoadMonitor } from '#els/app/load-monitor.js';
import type { Call } from '#els/domain/call.js';
import type { Scenario } from '#els/domain/scenario.js';
import { planWorkload } from '#els/workload/plan.js';
import { scenarioOf } from '../support/scenario.js';

const RELEASE_MICROS = 5_000_000;

/** A closed loop of two seconds. */
const scenario = scenarioOf({
  ...{ slots: 100, contents: 100, arrival: 'closed' },
  ...{ workers: 1, connections: 1, durationMs: 2_000 },
});

/** A call that ended at a millisecond of the load. */
function callAt(endMs: number, latencyMs: number, outcome: Call['outcome'] = 'created'): Call {
  const endMicros = RELEASE_MICROS + endMs * 1_000;
  const intendedMicros = endMicros - latencyMs * 1_000;
  return {
    ...{
      worker: 0,
      batchId: 'b',
      contentId: 'c',
      callId: 'd',
      recovered: false,
      replyLost: false,
      mayHaveHappened: outcome === 'error',
    },
    ...{ intendedMicros, startMicros: endMicros - 1_000, endMicros, outcome, slotId: null, sqlState: null },
    errorCode: outcome === 'error' ? 'contention_deadline' : null,
  };
}

function released(changes: Partial<Scenario> = {}): LoadMonitor {
  const monitor = new LoadMonitor(planWorkload({ ...scenario, ...changes }, 'r1', 1), 1_000);
  monitor.release(RELEASE_MICROS);
  return monitor;
}

const lookAt = (monitor: LoadMonitor, ms: number) => monitor.look(RELEASE_MICROS + ms * 1_000);

describe('LoadMonitor', () => {
  it('counts a call in the interval in which it ended, with its latency from the intended start', () => {
    const monitor = released();
    monitor.hear([callAt(100, 2), callAt(200, 2), callAt(900, 40), callAt(1_100, 7)]);
    expect(lookAt(monitor, 1_100).latest).toBeUndefined();

    const { latest, calls, elapsedMs } = lookAt(monitor, 1_400);
    expect({ calls, elapsedMs, endMs: latest?.endMs }).toEqual({ calls: 4, elapsedMs: 1_400, endMs: 1_000 });
    expect(latest).toMatchObject({ callsPerSecond: 3, outcomes: { created: 3 } });
    expect(latest?.p50Micros).toBeCloseTo(2_000, -2);
    expect(latest?.p99Micros).toBeCloseTo(40_000, -2);
    expect(lookAt(monitor, 2_400).latest).toMatchObject({ endMs: 2_000, callsPerSecond: 1 });
  });

  it('counts a call that is heard of late in the first interval that is still open', () => {
    const monitor = released();
    monitor.hear([callAt(100, 2)]);
    expect(lookAt(monitor, 1_400).latest?.callsPerSecond).toBe(1);
    monitor.hear([callAt(900, 2), callAt(1_500, 2)]);
    expect(lookAt(monitor, 2_400).latest?.callsPerSecond).toBe(2);
  });

  it('shows a silent interval as one without calls', () => {
    const monitor = released();
    monitor.hear([callAt(100, 2)]);
    const { latest } = lookAt(monitor, 3_400);
    expect(latest).toMatchObject({ endMs: 3_000, callsPerSecond: 0, p50Micros: NaN, p99Micros: NaN });
  });

  it('adds up outcomes and error codes since the release', () => {
    const monitor = released();
    monitor.hear([callAt(100, 2), callAt(200, 2, 'error')]);
    lookAt(monitor, 1_400);
    monitor.hear([callAt(1_500, 2, 'error'), callAt(1_600, 2, 'no_slot')]);
    const { outcomes, errorsByCode } = lookAt(monitor, 1_700);
    expect(outcomes).toEqual({ created: 1, reused: 0, assigned: 0, no_slot: 1, error: 2, unknown: 0 });
    expect(errorsByCode).toEqual({ contention_deadline: 2 });
  });

  it('says how much is over: of the time or of the deliveries, whichever is further, and never more than all', () => {
    const closed = released();
    closed.hear([callAt(100, 2)]);
    expect(lookAt(closed, 500).share).toBeCloseTo(0.25);
    closed.hear(Array.from({ length: 49 }, () => callAt(500, 2)));
    expect(lookAt(closed, 500).share).toBeCloseTo(0.5);
    expect(lookAt(closed, 9_000).share).toBe(1);

    const burst = released({ arrival: 'burst', durationMs: undefined });
    burst.hear([callAt(100, 2)]);
    expect(lookAt(burst, 9_000).share).toBeCloseTo(0.01);
  });

  it('counts what was skipped since the release, and in the interval in which it was told', () => {
    const monitor = released({ arrival: 'open', rate: 100 });
    monitor.hear([callAt(100, 2)]);
    monitor.skip(3);
    expect(lookAt(monitor, 1_400)).toMatchObject({ calls: 1, skipped: 3, latest: { skipped: 3 } });
    monitor.skip(4);
    expect(lookAt(monitor, 2_400)).toMatchObject({ skipped: 7, latest: { skipped: 4 } });
  });

  it('says which rate an open loop asked for in the interval, of no other arrival', () => {
    expect(lookAt(released(), 1_400).latest?.askedPerSecond).toBeUndefined();
    const stages = [
      { rate: 300, durationMs: 2_000 },
      { rate: 50, durationMs: 0 },
      { rate: 50, durationMs: 2_000 },
    ];
    const open = { arrival: 'open', rate: 100, durationMs: 4_000 } as const;
    const asked = (changes: Partial<Scenario>) => {
      const monitor = released({ ...open, ...changes });
      return [1_400, 2_400, 3_400, 4_400, 5_400].map((ms) => lookAt(monitor, ms).latest?.askedPerSecond);
    };
    expect(asked({})).toEqual([100, 100, 100, 100, 0]);
    // By the rate at the interval's middle.
    expect(asked({ stages })).toEqual([150, 250, 50, 50, 0]);
  });
});

describe('a server that workers do not reach', () => {
  const since = (ms: number) => RELEASE_MICROS + ms * 1_000;

  it('is away for as long as no call was answered', () => {
    const monitor = released();
    monitor.hear([callAt(900, 5)]);
    monitor.unreachable(0, since(800));
    expect(lookAt(monitor, 1_500).unreachableMs).toBeUndefined();
    expect(lookAt(monitor, 3_900).unreachableMs).toBe(3_000);
  });

  it('is back when a call is answered, and when the worker says so', () => {
    const monitor = released();
    monitor.unreachable(0, since(1_000));
    monitor.hear([callAt(4_000, 5)]);
    expect(lookAt(monitor, 4_500).unreachableMs).toBeUndefined();
    monitor.unreachable(0, undefined);
    expect(lookAt(monitor, 9_000).unreachableMs).toBeUndefined();
  });

  it('is not back because a call failed or was cut off', () => {
    const monitor = released();
    monitor.unreachable(0, since(1_000));
    const unavailable = { ...callAt(4_000, 5, 'error'), errorCode: 'database_unavailable' as const };
    monitor.hear([unavailable, callAt(4_000, 5, 'unknown')]);
    expect(lookAt(monitor, 6_000).unreachableMs).toBe(5_000);
  });
});
