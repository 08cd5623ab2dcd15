import { setTimeout as sleep } from 'node:timers/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ClientMeter } from '#els/runner/client-meter.js';

/** Blocks the event loop. */
function spin(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

// Of a thread that only sleeps and one that never does, every figure differs a hundredfold by construction.
describe('ClientMeter', () => {
  it('finds a process that waits idle', async () => {
    const meter = new ClientMeter();
    await sleep(400);
    const idle = meter.stop(7);
    expect(idle.calls).toBe(7);
    expect(idle.elapsedMs).toBeGreaterThanOrEqual(399);
    expect(idle.utilization).toBeLessThan(0.5);
    expect(idle.cpuMicros).toBeLessThan(200_000);
  });

  it('does not take the period of its timer for a lag', async () => {
    const meter = new ClientMeter();
    await sleep(400);
    expect(meter.stop(0).lagMicros.p50).toBeLessThan(5_000);
  });

  it('finds a process that never waits busy, and its timers late by what blocks them', async () => {
    const meter = new ClientMeter();
    for (let turn = 0; turn < 4; turn++) {
      spin(100);
      await nextTurn();
    }
    const busy = meter.stop(1);
    expect(busy.utilization).toBeGreaterThan(0.95);
    expect(busy.cpuMicros).toBeGreaterThan(40_000);
    expect(busy.lagMicros.p99).toBeGreaterThan(85_000);
  });

  it('says nothing of lags when the load was over before a timer fired twice', () => {
    expect(new ClientMeter().stop(1).lagMicros).toEqual({ p50: NaN, p99: NaN, max: NaN });
  });
});
