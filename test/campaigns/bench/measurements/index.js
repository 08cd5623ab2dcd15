import { bulks } from './bulk.js';
import { burst } from './burst.js';
import { claims } from './claims.js';
import { fillings } from './filling.js';
import { firstClaims } from './first-claim.js';
import { loops } from './loops.js';
import { pgbenchStrategies } from './pgbench-strategies.js';
import { queues } from './queues.js';
import { toolAdvisoryLocks, toolStrategies } from './tool-strategies.js';

/**
 * @typedef {object} Measurement
 * @property {string} unit of all its series: perSecond or micros
 * @property {string[]} series that one measurement adds a figure to
 * @property {(bench: import('../server.js').Bench, round: number) => Promise<Record<string, number>>} measure figures by
 * series; it throws when what it measured was not right
 * @property {number | undefined} [mostRounds] where it takes long
 */

/** All measurements, in the order of a round. @type {Measurement[]} */
export const MEASUREMENTS = [
  ...pgbenchStrategies,
  ...loops,
  ...toolStrategies,
  toolAdvisoryLocks,
  ...claims,
  ...bulks,
  ...queues,
  burst,
  ...fillings,
  ...firstClaims,
];
