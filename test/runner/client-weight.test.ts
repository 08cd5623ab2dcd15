import { describe, expect, it } from 'vitest';
import { addUpWeights } from '#els/runner/client-weight.js';
import type { ClientWeight } from '#els/runner/messages.js';

const LAG = { p50: 100, p99: 900, max: 1_000 };
const NO_LAG = { p50: NaN, p99: NaN, max: NaN };

const weight = (overrides: Partial<ClientWeight>): ClientWeight => ({
  calls: 100,
  elapsedMs: 1_000,
  cpuMicros: 6_000,
  utilization: 0.5,
  lagMicros: LAG,
  ...overrides,
});

describe('addUpWeights', () => {
  it('divides the CPU of all workers by the calls of all workers', () => {
    const weights = [weight({ calls: 100, cpuMicros: 6_000 }), weight({ calls: 300, cpuMicros: 2_000 })];
    expect(addUpWeights(weights).cpuMicrosPerCall).toBe(20);
  });

  it('takes busyness and CPUs from the busiest worker, and the lag from the one that was late the most', () => {
    const late = { p50: 1, p99: 5_000, max: 6_000 };
    const busy = weight({ utilization: 0.9, elapsedMs: 2_000, cpuMicros: 1_500_000 });
    expect(addUpWeights([weight({ lagMicros: late }), busy, weight({ utilization: 0.1 })])).toMatchObject({
      busiestWorker: 0.9,
      busiestWorkerCpus: 0.75,
      eventLoopLagMicros: late,
    });
  });

  it('leaves out a process that was killed, with its calls', () => {
    const told = weight({ calls: 10, cpuMicros: 700 });
    expect(addUpWeights([undefined, told, undefined])).toEqual(addUpWeights([told]));
    expect(addUpWeights([undefined, told]).cpuMicrosPerCall).toBe(70);
  });

  it('knows nothing where no process told', () => {
    expect(addUpWeights([undefined])).toEqual({
      cpuMicrosPerCall: NaN,
      eventLoopLagMicros: NO_LAG,
      busiestWorker: NaN,
      busiestWorkerCpus: NaN,
      saturated: null,
    });
  });

  it('takes a lag from whoever measured one', () => {
    const short = weight({ lagMicros: NO_LAG });
    expect(addUpWeights([short, weight({}), short]).eventLoopLagMicros).toEqual(LAG);
    expect(addUpWeights([short]).eventLoopLagMicros).toEqual(NO_LAG);
  });

  it.each([
    [0.95, 500, true],
    [1, 60_000, true],
    [0.94, 60_000, false],
    [1, 499, null],
  ])('of utilization %d over %d ms says saturated: %s', (utilization, elapsedMs, saturated) => {
    const weights = [weight({ elapsedMs: 1 }), weight({ utilization, elapsedMs })];
    expect(addUpWeights(weights).saturated).toBe(saturated);
  });
});
