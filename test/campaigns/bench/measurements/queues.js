import { drainBossQueue } from '../competitors/boss-queue.js';
import { drainGraphileQueue } from '../competitors/graphile-queue.js';

/** Jobs that travel together. */
const TOGETHER = 500;

export const QUEUES = {
  graphile: `Graphile Worker, local queue of ${TOGETHER}`,
  boss: `pg-boss, batches of ${TOGETHER}`,
};

function queueMeasurement(series, drain) {
  const measure = async (bench) => ({ [series]: await drain(bench, TOGETHER) });
  return { unit: 'perSecond', series: [series], measure };
}

/** Job queues by their documented fast paths, with jobs that do nothing. */
export const queues = [
  queueMeasurement(QUEUES.graphile, drainGraphileQueue),
  queueMeasurement(QUEUES.boss, drainBossQueue),
];
