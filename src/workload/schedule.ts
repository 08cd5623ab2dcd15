import type { Scenario, WorkerSlice, WorkloadPlan } from '../domain/scenario.js';
import { mulberry32 } from '../base/random.js';

/** So that the gaps of a schedule do not follow from the draws that order its deliveries. */
const OWN_DRAWS = 0x5bd1e995;

/** A part of a schedule in which the rate changes in a straight line. */
interface Ramp {
  readonly startMicros: number;
  readonly lengthMicros: number;
  /** Calls per second. */
  readonly from: number;
  readonly to: number;
}

/**
 * When the calls of an open loop are due, in microseconds after the barrier's release: a pure function of scenario and
 * seed, without end (after the stages the last rate stays; where that is 0, nothing is due again).
 *
 * The n-th call is due when the rate, added up over time, reaches the n-th point of a process of rate 1: 0, 1, 2 … for
 * equal gaps, sums of exponential draws for a Poisson process. That this makes a Poisson process of a rate that
 * changes is E. Çinlar's inversion (Introduction to Stochastic Processes, 1975, chapter 4).
 */
export function* schedule(scenario: Scenario, seed: number): Generator<number, void, undefined> {
  const points = scenario.spacing === 'constant' ? wholeNumbers() : poissonPoints(seed);
  let before = 0;
  let point = points.next().value;
  for (const ramp of ramps(scenario)) {
    const calls = callsOn(ramp);
    for (; point - before < calls; point = points.next().value) {
      yield ramp.startMicros + timeOf(ramp, point - before);
    }
    before += calls;
  }
}

/** When the calls of one worker are due: it makes every `workers`-th call of the schedule. */
export function* dueTimes({ plan, workerIndex }: WorkerSlice): Generator<number, void, undefined> {
  let call = 0;
  for (const dueMicros of schedule(plan.scenario, plan.seed)) {
    if (call++ % plan.scenario.workers === workerIndex) yield dueMicros;
  }
}

/** Whether the schedule of an open loop has more calls within its duration than the plan has deliveries. */
export function outlastsDeliveries({ scenario, seed, totalDeliveries }: WorkloadPlan): boolean {
  const endMicros = (scenario.durationMs ?? Infinity) * 1_000;
  let call = 0;
  for (const dueMicros of schedule(scenario, seed)) {
    if (dueMicros >= endMicros) return false;
    if (++call > totalDeliveries) return true;
  }
  return false;
}

function ramps({ rate = 0, stages = [] }: Scenario): Ramp[] {
  const list: Ramp[] = [];
  let from = rate;
  let startMicros = 0;
  for (const { rate: to, durationMs } of stages) {
    list.push({ startMicros, lengthMicros: durationMs * 1_000, from, to });
    startMicros += durationMs * 1_000;
    from = to;
  }
  return [...list, { startMicros, lengthMicros: Infinity, from, to: from }];
}

function callsOn({ from, to, lengthMicros }: Ramp): number {
  return from + to === 0 ? 0 : ((from + to) / 2) * (lengthMicros / 1e6);
}

/**
 * After how many microseconds of a ramp so many calls were due: the root of from·t + (to − from)·t²/(2·length) = calls,
 * in the form that does not divide by a difference of rates (Numerical Recipes, 5.6).
 */
function timeOf({ from, to, lengthMicros }: Ramp, calls: number): number {
  if (calls === 0) return 0;
  const steepness = (to - from) / (lengthMicros / 1e6);
  return ((2 * calls) / (from + Math.sqrt(Math.max(0, from * from + 2 * steepness * calls)))) * 1e6;
}

function* wholeNumbers(): Generator<number, never, undefined> {
  for (let number = 0; ; number++) yield number;
}

function* poissonPoints(seed: number): Generator<number, never, undefined> {
  const random = mulberry32(seed ^ OWN_DRAWS);
  let point = 0;
  for (;;) yield (point -= Math.log(1 - random()));
}
