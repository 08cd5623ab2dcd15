import { describe, expect, it } from 'vitest';
import type { Call, CallOutcome } from '#els/domain/call.js';
import { toTimeSeries } from '#els/runner/time-series.js';

const START_MICROS = 7_000_000;

/** A call by the milliseconds from the start in which it was due and in which it ended. */
function call(dueMs: number, endMs: number, outcome: CallOutcome = 'created'): Call {
  const intendedMicros = START_MICROS + dueMs * 1_000;
  return {
    worker: 0,
    batchId: 'b',
    contentId: 't',
    callId: 'c',
    intendedMicros,
    startMicros: intendedMicros + 1,
    endMicros: START_MICROS + endMs * 1_000,
    outcome,
    slotId: null,
    recovered: false,
    replyLost: false,
    mayHaveHappened: false,
    errorCode: null,
    sqlState: null,
  };
}

describe('the time series of a load', () => {
  it('counts each call in the interval in which it ended, with the latency from its intended start', () => {
    const calls = [call(0, 4), call(3, 10), call(0, 10.5), call(5, 35, 'error'), call(30, 38, 'unknown')];
    expect(toTimeSeries(calls, START_MICROS)).toEqual({
      intervalMs: 10,
      calls: [2, 1, 0, 2],
      failures: [0, 0, 0, 2],
      p50Micros: [4_000, 10_500, null, 8_000],
      p95Micros: [7_000, 10_500, null, 30_000],
    });
  });

  it('takes percentiles by nearest rank', () => {
    const calls = Array.from({ length: 100 }, (_, index) => call(0, 10.01 + (99 - index) * 0.09));
    const { p50Micros, p95Micros } = toTimeSeries(calls, START_MICROS);
    expect(p50Micros[1]).toBe(10_010 + 49 * 90);
    expect(p95Micros[1]).toBe(10_010 + 94 * 90);
  });

  it.each([
    [1_200, 10],
    [1_201, 20],
    [5_000, 50],
    [12_000, 100],
    [3_600_000, 50_000],
  ])('divides %i ms into intervals of %i ms, at most 120 of them', (endMs, intervalMs) => {
    const series = toTimeSeries([call(0, 1), call(0, endMs)], START_MICROS);
    expect(series.intervalMs).toBe(intervalMs);
    expect(series.calls).toHaveLength(Math.ceil(endMs / intervalMs));
    expect(series.calls.length).toBeLessThanOrEqual(120);
    expect([series.calls[0], series.calls.at(-1)]).toEqual([1, 1]);
  });

  it('has no interval where nothing was called', () => {
    expect(toTimeSeries([], START_MICROS).calls).toEqual([]);
  });
});
