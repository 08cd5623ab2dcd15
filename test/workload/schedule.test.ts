import { describe, expect, it } from 'vitest';
import type { Scenario } from '#els/domain/scenario.js';
import { deliveriesOf, planWorkload } from '#els/workload/plan.js';
import { dueTimes, outlastsDeliveries, schedule } from '#els/workload/schedule.js';
import { forRandomDraws } from '../support/draws.js';
import { draws } from '../support/effort.js';
import { scenarioOf } from '../support/scenario.js';

function openLoop(fields: Partial<Scenario>): Scenario {
  return scenarioOf({ arrival: 'open', rate: 100, spacing: 'constant', durationMs: 1_000, ...fields });
}

function first(times: Iterable<number>, count: number): number[] {
  const taken: number[] = [];
  for (const time of times) if (taken.push(time) === count) break;
  return taken;
}

function before(scenario: Scenario, micros: number, seed = 1): number[] {
  const taken: number[] = [];
  for (const time of schedule(scenario, seed)) {
    if (time >= micros) break;
    taken.push(time);
  }
  return taken;
}

function gapsOf(times: readonly number[]): number[] {
  return times.slice(1).map((time, position) => time - (times[position] ?? NaN));
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a constant schedule', () => {
  it('places the n-th call at n / rate', () => {
    forRandomDraws(draws(4, 20), (draw) => {
      const rate = draw.integer(1, 100_000);
      const times = first(schedule(openLoop({ rate }), draw.integer(0, 2 ** 31)), 1_000);
      times.forEach((time, call) => expect(time).toBeCloseTo((call * 1e6) / rate, 3));
    });
  });

  it('has exactly rate × duration calls in its duration', () => {
    expect(before(openLoop({ rate: 200 }), 3_000_000)).toHaveLength(600);
  });
});

describe('a Poisson schedule', () => {
  const GAPS = 100_000;

  it('has exponential gaps: mean 1 / rate, a deviation as large, none that follows from the one before', () => {
    forRandomDraws(draws(2, 5), (draw) => {
      const rate = draw.integer(1, 100_000);
      const shape = openLoop({ rate, spacing: 'poisson' });
      const gaps = gapsOf(first(schedule(shape, draw.integer(0, 2 ** 31)), GAPS)).map(
        (gap) => (gap * rate) / 1e6,
      );
      const centre = mean(gaps);
      const variance = mean(gaps.map((gap) => (gap - centre) ** 2));
      const next = mean(
        gaps.slice(1).map((gap, position) => (gap - centre) * ((gaps[position] ?? NaN) - centre)),
      );
      // Six standard errors and more: 1/√n, √(8/n), 1/√n.
      expect(Math.abs(centre - 1)).toBeLessThan(0.02);
      expect(Math.abs(variance - 1)).toBeLessThan(0.06);
      expect(Math.abs(next)).toBeLessThan(0.02);
    });
  });

  it('is the same for a seed, and another for another', () => {
    const shape = openLoop({ spacing: 'poisson' });
    expect(first(schedule(shape, 7), 100)).toEqual(first(schedule(shape, 7), 100));
    expect(first(schedule(shape, 8), 100)).not.toEqual(first(schedule(shape, 7), 100));
  });
});

describe('stages', () => {
  const stages = [
    { rate: 300, durationMs: 10_000 },
    { rate: 1_000, durationMs: 0 },
    { rate: 1_000, durationMs: 1_000 },
    { rate: 0, durationMs: 2_000 },
  ];
  const shape = openLoop({ rate: 100, stages });

  it('ramp in a straight line, jump in no time, and end with the last rate', () => {
    const times = before(shape, Infinity);
    const between = (start: number, end: number) =>
      times.filter((time) => time >= start * 1e6 && time < end * 1e6).length;
    expect(between(0, 5)).toBe(750);
    expect(between(5, 10)).toBe(1_250);
    expect(between(10, 11)).toBe(1_000);
    expect(between(11, 12)).toBe(750);
    expect(between(12, 13)).toBe(250);
    expect(times).toHaveLength(4_000);
  });

  it('go on at the rate of the last one', () => {
    const times = before(openLoop({ rate: 50, stages: [{ rate: 50, durationMs: 100 }] }), 2_000_000);
    expect(times).toHaveLength(100);
  });

  it('make a Poisson process whose rate ramps', () => {
    forRandomDraws(draws(4, 20), (draw) => {
      const steep = openLoop({ rate: 1, spacing: 'poisson', stages: [{ rate: 20_000, durationMs: 4_000 }] });
      const times = before(steep, 4_000_000, draw.integer(0, 2 ** 31));
      // 40,002 calls and a quarter of them in the first half, each more or less seven deviations.
      expect(Math.abs(times.length - 40_002)).toBeLessThan(1_400);
      expect(Math.abs(times.filter((time) => time < 2_000_000).length - 10_001)).toBeLessThan(700);
      expect(Math.min(...gapsOf(times))).toBeGreaterThanOrEqual(0);
    });
  });
});

describe('the workers of an open loop', () => {
  it('share the schedule out: every call is made by one of them, at its time, none of them has two more', () => {
    forRandomDraws(draws(15, 50), (draw) => {
      const shape = openLoop({
        rate: draw.integer(1, 5_000),
        spacing: draw.pick(['poisson', 'constant']),
        workers: draw.integer(1, 8),
        contents: draw.integer(1, 300),
        deliveries: draw.integer(1, 3),
      });
      const plan = planWorkload(shape, 'run', draw.integer(0, 2 ** 31));
      const total = shape.contents * shape.deliveries;
      const workers = Array.from({ length: shape.workers }, (_, workerIndex) => ({ plan, workerIndex }));
      const slices = workers.map((slice) => [...deliveriesOf(slice)]);
      const due = slices.flat().map(({ dueMicros }) => dueMicros ?? NaN);
      expect(due.sort((a, b) => a - b)).toEqual(first(schedule(shape, plan.seed), total));
      expect(new Set(slices.flat().map(({ index }) => index)).size).toBe(total);
      for (const [position, slice] of slices.entries()) {
        const own = first(dueTimes({ plan, workerIndex: position }), slice.length || 1);
        expect(slice.map(({ dueMicros }) => dueMicros)).toEqual(own.slice(0, slice.length));
        expect(Math.abs(slice.length - total / shape.workers)).toBeLessThan(1);
      }
    });
  });

  it('run out of deliveries only where the schedule has more than there are', () => {
    const outlasts = (contents: number) =>
      outlastsDeliveries(planWorkload(openLoop({ rate: 200, durationMs: 500, contents }), 'run', 1));
    expect([99, 100, 101].map(outlasts)).toEqual([true, false, false]);
  });
});
