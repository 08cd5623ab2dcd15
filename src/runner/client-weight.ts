import type { ClientCost, LagMicros } from '../domain/run-result.js';
import type { ClientWeight } from './messages.js';

/** From here on the one thread of a worker that runs JavaScript counts as never idle. */
const BUSY = 0.95;
/** In less time than this every worker may be busy throughout: a burst gives it all its calls at once. */
const SHORTEST_MS = 500;

const NO_LAG: LagMicros = { p50: NaN, p99: NaN, max: NaN };

/**
 * Adds the weight of worker processes up. The lag is that of the worker whose 99th percentile is the highest:
 * percentiles of several workers cannot be added.
 *
 * @param weights one for each process; undefined for one that was killed before it could tell
 * @returns figures of the processes that told; NaN where none did
 */
export function addUpWeights(weights: readonly (ClientWeight | undefined)[]): ClientCost {
  const known = weights.filter((weight) => weight !== undefined);
  const busiest = highest(known, (weight) => weight.utilization);
  const sum = (read: (weight: ClientWeight) => number) =>
    known.reduce((total, weight) => total + read(weight), 0);
  return {
    cpuMicrosPerCall: sum((weight) => weight.cpuMicros) / sum((weight) => weight.calls),
    eventLoopLagMicros: highest(known, (weight) => weight.lagMicros.p99)?.lagMicros ?? NO_LAG,
    busiestWorker: busiest?.utilization ?? NaN,
    busiestWorkerCpus: busiest === undefined ? NaN : busiest.cpuMicros / (busiest.elapsedMs * 1_000),
    saturated: isSaturated(known.filter((weight) => weight.elapsedMs >= SHORTEST_MS)),
  };
}

function isSaturated(weights: readonly ClientWeight[]): boolean | null {
  return weights.length === 0 ? null : weights.some((weight) => weight.utilization >= BUSY);
}

/** The weight with the highest figure; undefined where none has one. */
function highest(
  weights: readonly ClientWeight[],
  read: (weight: ClientWeight) => number,
): ClientWeight | undefined {
  const measured = weights.filter((weight) => !Number.isNaN(read(weight)));
  return measured.sort((a, b) => read(b) - read(a))[0];
}
